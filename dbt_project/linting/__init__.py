"""What sqlfluff renders models with: a stand-in for the warehouse, so that linting needs none.

Every query gives one row, in which the value of a column is the column's own name. Each loop over
the codebook then runs once, and the SQL that comes out of it is linted with the rest. The names are
those that dbt gives to Jinja. What does not belong here: dbt's own `ref`, `config` and the like,
which sqlfluff knows.
"""

from __future__ import annotations

from hashlib import md5
from types import SimpleNamespace


class Row(dict[str, str]):
    """A row of any columns."""

    def __missing__(self, column: str) -> str:
        return column

    def dict(self) -> Row:
        """The row itself, as agate's rows give themselves."""
        return self


def run_query(_: str) -> SimpleNamespace:
    """One row, whatever is asked."""
    return SimpleNamespace(rows=[Row()])


def relation(*, database: str, schema: str, identifier: str) -> str:
    """A table's name as it stands in SQL."""
    return f"{database}.{schema}.{identifier}"


def env_var(_: str, default: str = "") -> str:
    """As where nothing is set."""
    return default


def local_md5(text: str) -> str:
    """As dbt's: a hexadecimal number."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()


execute = True
target = SimpleNamespace(database="warehouse", schema="marts", type="duckdb")
api = SimpleNamespace(Relation=SimpleNamespace(create=relation))
