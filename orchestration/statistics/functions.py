"""Statistical functions that DuckDB lacks, registered on every connection that dbt opens.

A dbt-duckdb plugin: each function is scipy's or numpy's, takes and gives columns of doubles, and
gives NULL where an argument is NULL. What can be said in SQL stays in SQL.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection
from duckdb.sqltypes import DOUBLE, DuckDBPyType
from scipy.special import fdtrc, stdtr, stdtrit

from orchestration.statistics.raking import Margin, rake

DOUBLES = DuckDBPyType("double[]")
COVARIANCES = DuckDBPyType("struct(place bigint, other_place bigint, covariance double)[]")
CELLS = DuckDBPyType("varchar[][]")
TARGETS = DuckDBPyType('struct("position" bigint, group_code varchar, target double)[]')
RAKING = DuckDBPyType(
    "struct(weights double[], is_trimmed boolean[], cycles integer, largest_margin_error double, converged boolean)"
)
RAKING_TYPE = pa.struct(
    {
        "weights": pa.list_(pa.float64()),
        "is_trimmed": pa.list_(pa.bool_()),
        "cycles": pa.int32(),
        "largest_margin_error": pa.float64(),
        "converged": pa.bool_(),
    }
)


def student_t_quantile(probability: pa.Array, degrees_of_freedom: pa.Array) -> pa.Array:
    """The value that Student's t with these degrees of freedom stays below with this probability."""
    return pa.array(stdtrit(_doubles(degrees_of_freedom), _doubles(probability)))


def student_t_p(t: pa.Array, degrees_of_freedom: pa.Array) -> pa.Array:
    """The probability that Student's t lies as far from 0 as this, on either side."""
    return pa.array(2 * stdtr(_doubles(degrees_of_freedom), -np.abs(_doubles(t))))


def student_t_tail(t: pa.Array, degrees_of_freedom: pa.Array) -> pa.Array:
    """The probability that Student's t is above this."""
    return pa.array(stdtr(_doubles(degrees_of_freedom), -_doubles(t)))


def f_tail(f: pa.Array, numerator: pa.Array, denominator: pa.Array) -> pa.Array:
    """The probability that F with these degrees of freedom is above this."""
    return pa.array(fdtrc(_doubles(numerator), _doubles(denominator), _doubles(f)))


def wald_f(means: pa.Array, variances: pa.Array, covariances: pa.Array) -> pa.Array:
    """Wald's F that all means of a list are equal, given their variances and covariances.

    A covariance names two means by their places, from 1; two that no covariance names have none. NULL
    where the covariance of the differences is singular, as where no group varies.
    """
    means, variances, covariances = map(_one_chunk, (means, variances, covariances))
    groups = means.value_lengths().to_numpy()
    test = means.value_parent_indices().to_numpy()
    place = np.arange(len(test)) - np.repeat(np.cumsum(groups) - groups, groups)
    vectors = np.zeros((len(groups), groups.max(initial=0)))
    vectors[test, place] = _doubles(means.flatten())
    matrices = np.zeros((*vectors.shape, vectors.shape[1]))
    matrices[test, place, place] = _doubles(variances.flatten())
    test = covariances.value_parent_indices().to_numpy()
    own, other, covariance = map(_doubles, covariances.flatten().flatten())
    matrices[test, own - 1, other - 1] = matrices[test, other - 1, own - 1] = covariance
    found = np.full(len(groups), np.nan)
    for size in np.unique(groups):
        those = groups == size
        found[those] = _wald_f(vectors[those, :size], matrices[those, :size, :size])
    return pa.array(found, from_pandas=True)


def _wald_f(means: Any, covariances: Any) -> Any:
    """Of tests with as many groups each, one below the other: against the first group."""
    differences = means[:, 1:] - means[:, :1]
    covariance = (
        covariances[:, 1:, 1:]
        - covariances[:, 1:, :1]
        - covariances[:, :1, 1:]
        + covariances[:, :1, :1]
    )
    found = np.full(len(means), np.nan)
    regular = np.linalg.matrix_rank(covariance) == differences.shape[1]
    solved = np.linalg.solve(covariance[regular], differences[regular, :, None])[:, :, 0]
    found[regular] = (differences[regular] * solved).mean(axis=1)
    return found


def raked_weights(
    cells: pa.Array,
    respondents: pa.Array,
    targets: pa.Array,
    smallest_ratio: pa.Array,
    largest_ratio: pa.Array,
) -> pa.Array:
    """The weights of a list of cells that meet the targets, and how well; see `orchestration.statistics.raking`.

    A cell is the list of its groups, one for each margin; a target names a margin by its position in
    that list, from 1.
    """
    columns = (cells, respondents, targets, smallest_ratio, largest_ratio)
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return pa.array([_raked_weights(*row) for row in rows], RAKING_TYPE)


def _raked_weights(
    cells: list[list[str]],
    respondents: list[int],
    targets: list[dict[str, Any]],
    smallest_ratio: float,
    largest_ratio: float,
) -> dict[str, Any]:
    margins = [
        Margin(
            groups,
            {row["group_code"]: row["target"] for row in targets if row["position"] == position},
        )
        for position, groups in enumerate(zip(*cells, strict=True), 1)
    ]
    return asdict(rake(respondents, margins, smallest_ratio, largest_ratio))


def _one_chunk(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _doubles(column: pa.Array) -> Any:
    return column.to_numpy(zero_copy_only=False)


FUNCTIONS = (
    (student_t_quantile, [DOUBLE, DOUBLE], DOUBLE),
    (student_t_p, [DOUBLE, DOUBLE], DOUBLE),
    (student_t_tail, [DOUBLE, DOUBLE], DOUBLE),
    (f_tail, [DOUBLE, DOUBLE, DOUBLE], DOUBLE),
    (wald_f, [DOUBLES, DOUBLES, COVARIANCES], DOUBLE),
    (raked_weights, [CELLS, DuckDBPyType("bigint[]"), TARGETS, DOUBLE, DOUBLE], RAKING),
)

# Those that may give NULL though no argument is, which DuckDB wants to be told.
WITHOUT_ANSWER = (wald_f,)


def register(connection: DuckDBPyConnection) -> None:
    """Make the functions known to a connection, for as long as it is open."""
    for function, parameters, result in FUNCTIONS:
        # DuckDB's own stubs know functions of plain values only.
        connection.create_function(  # type: ignore[call-overload]
            function.__name__,
            function,
            parameters,
            result,
            type="arrow",
            null_handling="special" if function in WITHOUT_ANSWER else "default",
        )


class Plugin(BasePlugin):
    """Registers the functions; dbt-duckdb looks for a class of this name."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        register(conn)
