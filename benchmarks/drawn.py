"""A home whose cells are drawn, as if each wave had so many times its respondents; nobody is simulated.

What belongs here: the tables of cells, their columns, and what else says how many people there are. What does not: the
draw itself (`drawing.py`), and building sums and marts of it, which dbt does as ever.

Profiles, strata and headcounts grow by the same factor, so weights stay what they are; they must come from the
population, as those of the study do, for then cells hold no sums of weights. Each table is drawn by itself: the people
of a profile are the same in all, but an item by role and by age band adds up to the same only nearly.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.drawing import Numbers, draw, draw_sums


@dataclass(frozen=True)
class Cells:
    """A table of cells: what is drawn by itself, the places where people are, and what they fall in.

    Columns of one axis are drawn as they go together; those of two as if they had nothing to do with each other.
    """

    table: str
    subject: tuple[str, ...]
    place: tuple[str, ...]
    axes: tuple[tuple[str, ...], ...]


PROFILE = ("profile_id",)
STRATUM = ("stratum", "post_stratum")
THEMES = ("pressure_theme_id", "craft_theme_id")
SCORE = ("score_sum", "items_answered")
COUNTED = (
    Cells("answer_cells", ("item_id",), PROFILE, (("answer",),)),
    Cells("respondent_cells", ("items_asked",), PROFILE, (("items_answered",),)),
    Cells("theme_cells", ("theme_id",), PROFILE, ((*SCORE, "favourable_answered"),)),
    Cells("trend_cells", ("trend_wave_id", "theme_id"), PROFILE, (SCORE,)),
    Cells("relation_cells", THEMES, STRATUM, (("pressure_score",), ("craft_score",))),
)
# Its axes are the codes in its lists; a stratum has codes of its own, so each is drawn by itself.
DRIVERS = Cells("driver_cells", ("theme_id", *STRATUM), (), ())

# What else says how many people there are, or sums over them.
GROWN = {
    "intermediate.finding_cells": (
        "respondents", "value_sum", "value_square_sum", "weight_sum", "weighted_value_sum",
        "weighted_value_square_sum", "weight_square_sum", "weight_square_value_sum", "weight_square_value_square_sum",
    ),
    "intermediate.reliability_cells": ("respondents",),
    "staging.stg_post_strata": ("respondents", "stratum_respondents", "stratum_headcount"),
    "staging.stg_weightings": ("respondents",),
    "staging.stg_waves": ("row_count",),
    "codebook.population": ("headcount",),
    "codebook.waves": ("invited",),
}  # fmt: skip


WEIGHTED_PEOPLE = "from staging.stg_weightings where weighting in ('delivered', 'margins')"


def draw_home(source: Path, home: Path, factor: int) -> None:
    """A copy of a built home's warehouse, with drawn cells; its sums and marts are still the old ones.

    Raises SystemExit where people have weights of their own.
    """
    home.mkdir(parents=True)
    shutil.copy(source / "warehouse.duckdb", home / "warehouse.duckdb")
    chance = np.random.default_rng(1)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        if connection.execute(WEIGHTED_PEOPLE).fetchone():
            raise SystemExit(
                f"{source}: cells hold sums of people's own weights, which are not drawn"
            )
        connection.begin()
        for cells in COUNTED:
            _replace(connection, cells, _counted(connection, cells, factor, chance))
        _replace(connection, DRIVERS, _drivers(connection, factor, chance))
        # More people than a seed has room for.
        connection.execute("alter table codebook.population alter headcount type bigint")
        for table, columns in GROWN.items():
            grown = ", ".join(f"{column} = {column} * {factor}" for column in columns)
            connection.execute(f"update {table} set {grown}")
        connection.commit()


def _replace(
    connection: duckdb.DuckDBPyConnection, cells: Cells, parts: Iterator[pd.DataFrame]
) -> None:
    """Put drawn rows in the place of the counted ones; by parts, as all of them may be many."""
    name = f"intermediate.{cells.table}"
    connection.execute(f"create or replace temp table drawn as from {name} limit 0")
    for part in parts:  # noqa: B007
        connection.execute("insert into drawn by name from part")
    connection.execute(f"delete from {name}; insert into {name} from drawn; drop table drawn")


def _subjects(
    connection: duckdb.DuckDBPyConnection, cells: Cells
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """What all rows of a wave and subject have in common, and these rows."""
    table = connection.table(f"intermediate.{cells.table}")
    told = [name for name in ("wave_version", "counted_by") if name in table.columns]
    subject = ["wave_id", *told, *cells.subject]
    for values in table.project(", ".join(subject)).distinct().order("all").fetchall():
        named = dict(zip(subject, values, strict=True))
        condition = " and ".join(f"{name} = '{value}'" for name, value in named.items())
        yield named, table.filter(condition).df()


def _counted(
    connection: duckdb.DuckDBPyConnection, cells: Cells, factor: int, chance: np.random.Generator
) -> Iterator[pd.DataFrame]:
    for named, rows in _subjects(connection, cells):
        yield _drawn(rows, (cells.place, *cells.axes), factor, chance).assign(**named)


def _drivers(
    connection: duckdb.DuckDBPyConnection, factor: int, chance: np.random.Generator
) -> Iterator[pd.DataFrame]:
    """Cells of driver models: combinations of codes, with sums of a score."""
    for named, rows in _subjects(connection, DRIVERS):
        codes = pd.DataFrame(rows["group_codes"].tolist()).add_prefix("code_")
        counted = codes.assign(respondents=rows["respondents"])
        axes = tuple((str(code),) for code in codes)
        drawn = _drawn(counted, ((), *axes), factor, chance)
        sums = _sums(rows, drawn["respondents"].to_numpy(), chance)
        sums["group_codes"] = pd.Series(drawn[list(codes)].to_numpy().tolist())
        yield sums.assign(**named)


def _drawn(
    rows: pd.DataFrame,
    axes: tuple[tuple[str, ...], ...],
    factor: int,
    chance: np.random.Generator,
) -> pd.DataFrame:
    """Cells that were drawn, by the columns of the axes; the first axis is the place."""
    numbers, values = zip(*(_numbered(rows, axis) for axis in axes), strict=True)
    counts = np.zeros([len(each) for each in values], dtype=np.int64)
    counts[numbers] = rows["respondents"]
    drawn = draw(counts, factor, chance)
    found = drawn.nonzero()
    columns = [each.iloc[at].reset_index(drop=True) for each, at in zip(values, found, strict=True)]
    cells: pd.DataFrame = pd.concat(columns, axis=1)
    return cells.assign(respondents=drawn[found])


def _numbered(rows: pd.DataFrame, columns: tuple[str, ...]) -> tuple[Numbers, pd.DataFrame]:
    """Each row's number among the distinct values of columns, and these values; of no column, all are one."""
    if not columns:
        return np.zeros(len(rows), dtype=np.int64), pd.DataFrame(index=[0])
    groups = rows.groupby(list(columns), dropna=False)
    return groups.ngroup().to_numpy().astype(np.int64), groups.size().reset_index()[list(columns)]


def _sums(rows: pd.DataFrame, people: Numbers, chance: np.random.Generator) -> pd.DataFrame:
    """The sums of drawn cells of a post-stratum, whose people have one weight, and scores spread as its own."""
    total = rows.sum(numeric_only=True)
    weight = total["weight_sum"] / total["respondents"]
    mean = total["weighted_value_sum"] / total["weight_sum"]
    variance = total["weighted_value_square_sum"] / total["weight_sum"] - mean**2
    values, squares = draw_sums(people, mean, max(variance, 0.0) ** 0.5, chance)
    return pd.DataFrame(
        {
            "respondents": people,
            "weight_sum": people * weight,
            "weight_square_sum": people * weight**2,
            "weighted_value_sum": values * weight,
            "weighted_value_square_sum": squares * weight,
            "weight_square_value_sum": values * weight**2,
            "weight_square_value_square_sum": squares * weight**2,
        }
    )
