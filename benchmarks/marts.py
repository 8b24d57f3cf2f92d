"""All marts from the cells, at ever more respondents, and beside queries that compute nothing but means.

What belongs here: the sizes, the means, and the turns. What does not: running the models (`modelled.py`), and the
count of the cells (`heavy_pass.py`).

The sums of a wave, with its relations and driver models, are made once, when its cells are; all marts are made of
sums on every run, with disclosure control. The civil service grows with its respondents, so that there are errors to
estimate at every size.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.homes import built, grown
from benchmarks.measuring import Reading, in_turns, timed
from benchmarks.modelled import Modelled
from benchmarks.parts import Part, Row

WAVES = ("2022", "2024", "2026")
SUMS, MARTS = "sums from cells", "marts from sums"
OF_CELLS_WAY, OF_ANSWERS_WAY = "means from cells", "means from answers"
# Models in the layers that marts are made of.
CELLS = ("answer_cells", "theme_cells", "respondent_cells", "relation_cells", "driver_cells")

# What is left out where only means are computed: errors, tests, shares, distributions, suppression.
OF_CELLS = """
    create or replace temp table means as
    with weighted as (
        select cells.*,
            coalesce(cells.respondents * groups.population_weight, cells.weight_sum / groups.weight_scale) as weight,
            groups.breakdown, groups.group_code
        from intermediate.answer_cells as cells
        join intermediate.int_profile_groups as groups using (wave_id, profile_id)
        where cells.answer > 0
    )
    select wave_id, item_id, breakdown, group_code, sum(weight * answer) / sum(weight) as mean
    from weighted
    group by all
"""

OF_ANSWERS = """
    create or replace temp table means as
    select answers.wave_id, item_id, {breakdown} as breakdown, {group} as group_code,
        sum(weight * score) / sum(weight) as mean
    from staging.stg_answers as answers
    join staging.stg_respondents using (wave_id, respondent_key)
    where score is not null and group_code is not null
    group by all
"""


def measure(folder: Path, *, is_trial: bool) -> Part:
    """Readings at each size, and how they grow from the first to the last."""
    sizes = (900, 1_800) if is_trial else (4_000, 400_000, 4_000_000)
    readings: list[Row] = []
    figures: dict[str, float] = {}
    for respondents in sizes:
        place = folder / str(respondents)
        place.mkdir()
        survey = grown(place / "survey", respondents // sizes[0])
        waves = dict.fromkeys(WAVES, respondents // len(WAVES))
        home = built(place / "home", waves, survey=survey).home
        modelled = Modelled(home, place / "copy")
        ways = {SUMS: modelled.make_sums, MARTS: modelled.make_marts}
        if respondents == sizes[0]:
            ways |= {
                OF_CELLS_WAY: partial(average_cells, modelled),
                OF_ANSWERS_WAY: partial(average_answers, modelled),
            }
        turns = {name: partial(timed, way) for name, way in ways.items()}
        found = in_turns(turns, 1 if is_trial else 5)
        readings += [Row.of(name, name, respondents, each) for name, each in found.items()]
        figures[f"cells_at_{respondents}"] = sum(
            modelled.count(f"intermediate.{table}") for table in CELLS
        )
        if respondents == sizes[0]:
            figures |= _beside_means(found)
        modelled.connection.close()
    return Part(readings, figures | _growth(readings, sizes))


def average_cells(modelled: Modelled) -> None:
    """Only the means, from the same cells."""
    modelled.connection.execute(OF_CELLS)


def average_answers(modelled: Modelled) -> None:
    """Only the means, from the answers: a query for each break-down."""
    for breakdown, *attributes in modelled.connection.execute(
        "select breakdown, attribute_1, attribute_2 from codebook.breakdowns"
    ).fetchall():
        codes = [f'"{attribute}"' for attribute in attributes if attribute]
        group = " || '|' || ".join(codes) or "'all'"
        modelled.connection.execute(OF_ANSWERS.format(breakdown=f"'{breakdown}'", group=group))


def _beside_means(found: Mapping[str, Reading]) -> dict[str, float]:
    both = found[SUMS].cpu + found[MARTS].cpu
    return {
        "all_to_means_of_answers": both / found[OF_ANSWERS_WAY].cpu,
        "all_to_means_of_cells": both / found[OF_CELLS_WAY].cpu,
    }


def _growth(readings: list[Row], sizes: tuple[int, ...]) -> dict[str, float]:
    cpu = {(row.series, row.x): row.cpu or 0 for row in readings}
    first, middle, last = sizes[0], sizes[-2], sizes[-1]
    return {
        "marts_growth_of_large": cpu[MARTS, last] / cpu[MARTS, middle],
        "marts_growth": cpu[MARTS, last] / cpu[MARTS, first],
        "sums_growth": cpu[SUMS, last] / cpu[SUMS, first],
    }
