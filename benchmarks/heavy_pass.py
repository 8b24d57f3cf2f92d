"""The heavy pass: counting every answer of a wave, beside a scan of the same columns and beside other libraries.

What belongs here: the waves, the turns, and that all ways give the same cells. What does not: the ways
(`counting.py`, `peers.py`).

Each way is a process of its own, with its data in memory (a frame) or at hand (a file) before the clock starts,
and counts once before it is timed. Two counts: by the main profile, of which role, domain and ministry are
roll-ups, and by all profiles. Two results: respondents alone, which is all that a wave with weights of the
population needs, and the sums of weights as well, which delivered weights need.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb

from benchmarks import counting, peers
from benchmarks.alone import alone
from benchmarks.counting import KEYS, RESPONSES, SUMS, Prepare, Task
from benchmarks.homes import built, compiled
from benchmarks.measuring import Reading, in_turns, peak_megabytes, timed
from benchmarks.parts import Part, Row

# The one with the most items: 93.
WAVE = "2024"
MAIN, ALL = "main groups", "all break-downs"
WITH_WEIGHTS = "with weights"
# One item of 93, by one of all break-downs.
IN_R, OF_R = "means with errors of one item by role", "R, survey"

LIMIT, OURS = "scan", "vakwerk"
DUCKDB: dict[str, Prepare] = {LIMIT: counting.scan, OURS: counting.model}
BEST: dict[str, Prepare] = {
    "Polars, column by column": peers.polars_columns,
    "pandas, column by column": peers.pandas_columns,
    "pandas, key by hand": peers.pandas_key,
    "NumPy, key by hand": peers.numpy_columns,
}
# They hold the answers one a row: 93 million rows and up to 14 GB for a million respondents.
LONG: dict[str, Prepare] = {
    "DuckDB, long table": counting.duckdb_long,
    "Polars, unpivot": peers.polars_unpivot,
    "pandas, melt": peers.pandas_melt,
}


def measure(folder: Path, *, is_trial: bool) -> Part:
    """Readings by way and respondents, and the figures of the goals."""
    sizes = (2_000,) if is_trial else (10_000, 100_000, 1_000_000, 5_000_000)
    at_goal = sizes[-2:][0]
    rounds = 1 if is_trial else 3
    readings: list[Row] = []
    for respondents in sizes:
        place = folder / str(respondents)
        place.mkdir()
        whole = task_of(place, respondents)
        main = replace(whole, profiles=whole.profiles[:1])
        long = LONG if respondents == at_goal else {}
        for name, task, ways in (
            (f"{MAIN}, {WITH_WEIGHTS}", _weighted(main), DUCKDB | BEST | long),
            (MAIN, main, DUCKDB | (BEST if respondents == at_goal else {})),
            (f"{ALL}, {WITH_WEIGHTS}", _weighted(whole), DUCKDB),
            (ALL, whole, DUCKDB),
        ):
            found = in_turns(
                {way: partial(counted, prepare, task) for way, prepare in ways.items()},
                rounds,
                warm_up=0,
            )
            readings += [Row.of(name, way, respondents, each) for way, each in found.items()]
        if respondents <= at_goal:
            readings += [Row.of(IN_R, OF_R, respondents, each) for each in in_r(main)]
    return Part(readings, _figures(readings, at_goal, sizes[-1]))


def task_of(folder: Path, respondents: int) -> Task:
    """A simulated wave, loaded and staged by the project itself, and its columns for the others as Parquet."""
    home = built(folder / "home", {WAVE: respondents}, "stg_responses")
    (folder / "warehouse.duckdb").symlink_to(home.warehouse)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        cubes = connection.execute(
            "select cube from codebook.breakdowns group by all order by min(position)"
        )
        profiles = tuple(f"profile_{cube}" for (cube,) in cubes.fetchall())
        asked = connection.execute(
            "select lower(item_id) from codebook.item_versions where wave_id = ? order by 1", [WAVE]
        )
        items = tuple(item for (item,) in asked.fetchall())
        columns = ", ".join([*profiles, *SUMS.values(), *items])
        connection.execute(
            f"copy (select {columns} from staging.stg_responses) to '{folder / RESPONSES}' (format parquet)"
        )
    return Task(folder, profiles, items, False, compiled(home, "answer_cells"))


def counted(prepare: Prepare, task: Task) -> Reading:
    """One way in a new process: counted once, and again by the clock; its cells held against those of the first.

    Raises CalledProcessError where they differ.
    """
    return alone(_counted, prepare, _only(task))


def _counted(prepare: Prepare, task: Task) -> Reading:
    count = prepare(task)
    count()
    reading = replace(timed(count), megabytes=peak_megabytes())
    if prepare is not counting.scan:
        _compare(count(), task)
    return reading


def in_r(task: Task) -> list[Reading]:
    """What R's `survey` takes for the part that it is given: one item, by role. Empty where R is not here."""
    program = Path(__file__).with_name("survey.R")
    if not has_survey():
        print("R with its package survey is not here (Debian: r-cran-survey): not measured.")
        return []
    file = task.folder / "respondents.csv"
    with duckdb.connect(str(task.folder / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute(
            f"copy (select post_stratum, weight, role, nullif(greatest({task.items[0]}, 0), 0) as item "
            f"from staging.stg_responses) to '{file}'"
        )
    said = subprocess.run(["Rscript", program, file], check=True, capture_output=True, text=True)
    seconds, megabytes = map(float, said.stdout.split())
    return [Reading(seconds, seconds, megabytes)]


def has_survey() -> bool:
    """Whether R and its package survey are installed."""
    asked = ["Rscript", "-e", "library(survey)"]
    return (
        bool(shutil.which("Rscript"))
        and not subprocess.run(asked, capture_output=True, check=False).returncode
    )


def _compare(cells: object, task: Task) -> None:
    kept = task.folder / f"cells_{len(task.profiles)}_{task.has_weights}.parquet"
    figures = ["respondents", *(SUMS if task.has_weights else [])]
    with duckdb.connect() as connection:
        if isinstance(cells, duckdb.DuckDBPyRelation):
            cells = cells.to_arrow_table()
        elif hasattr(cells, "to_arrow"):
            cells = cells.to_arrow()
        connection.register("found", cells)
        query = (
            f"select lower(item_id) as item_id, profile_id::int as profile_id, answer::int as answer, "
            f"{', '.join(f'{each}::double as {each}' for each in figures)} from found"
        )
        if not kept.exists():
            connection.execute(f"copy ({query}) to '{kept}' (format parquet)")
        other = " or ".join(f"abs(a.{each} - b.{each}) > 1e-9 * b.{each}" for each in figures)
        (unlike,) = connection.execute(
            f"select count(*) from ({query}) as a full join '{kept}' as b using ({', '.join(KEYS)}) "
            f"where a.respondents is null or b.respondents is null or {other}"
        ).fetchone() or (1,)
    if unlike:
        raise SystemExit(f"{unlike} cells are not those of the first way, {task.columns[:3]}")


def _only(task: Task) -> Task:
    """The same with the SQL of its own profiles."""
    counts = re.split(r"\bunion all\b", task.sql)
    own = [each for each in counts if any(f"{profile})" in each for profile in task.profiles)]
    return replace(task, sql=" union all ".join(own or counts))


def _weighted(task: Task) -> Task:
    """The same with both sums of weights, as the model has them where weights are delivered."""
    sql = task.sql
    for name, column in SUMS.items():
        sql = sql.replace(f"null::bigint as {name}", f"sum({column})::bigint as {name}")
    return replace(task, has_weights=True, sql=sql)


def _figures(readings: list[Row], respondents: int, most: int) -> dict[str, float]:
    """Ratios of seconds at the size of the goals, and memory."""
    wall = {(row.series, row.way): row.wall for row in readings if row.x == respondents}
    memory = {(row.series, row.x): row.megabytes or 0 for row in readings if row.way == OURS}
    weighted = f"{MAIN}, {WITH_WEIGHTS}"
    peer = {way: wall[weighted, way] / wall[weighted, OURS] for way in BEST}
    return {
        "main_groups_to_scan": wall[MAIN, OURS] / wall[MAIN, LIMIT],
        "main_groups_with_weights_to_scan": wall[weighted, OURS] / wall[weighted, LIMIT],
        "all_breakdowns_to_scan": wall[ALL, OURS] / wall[ALL, LIMIT],
        "all_breakdowns_with_weights_to_scan": wall[f"{ALL}, {WITH_WEIGHTS}", OURS]
        / wall[f"{ALL}, {WITH_WEIGHTS}", LIMIT],
        "polars_to_vakwerk": peer["Polars, column by column"],
        "pandas_columns_to_vakwerk": peer["pandas, column by column"],
        "pandas_to_vakwerk": min(value for way, value in peer.items() if way.startswith("pandas")),
        "numpy_to_vakwerk": peer["NumPy, key by hand"],
        "megabytes_at_1_million": memory[ALL, respondents],
        "megabytes_at_5_million": memory[ALL, most],
    }
