"""Statistical functions that DuckDB lacks, registered on every connection that dbt opens.

A dbt-duckdb plugin: each function is scipy's, takes and gives columns of doubles, and gives NULL
where an argument is NULL. What can be said in SQL stays in SQL.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection
from duckdb.sqltypes import DOUBLE
from scipy.special import stdtrit


def student_t_quantile(probability: pa.Array, degrees_of_freedom: pa.Array) -> pa.Array:
    """The value that Student's t with these degrees of freedom stays below with this probability."""
    return pa.array(stdtrit(_doubles(degrees_of_freedom), _doubles(probability)))


def _doubles(column: pa.Array) -> Any:
    return column.to_numpy(zero_copy_only=False)


class Plugin(BasePlugin):
    """Registers the functions; dbt-duckdb looks for a class of this name."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        # DuckDB's own stubs know functions of plain values only.
        conn.create_function(  # type: ignore[call-overload]
            "student_t_quantile", student_t_quantile, [DOUBLE, DOUBLE], DOUBLE, type="arrow"
        )
