"""What the door promises of any delivery at all: refused or accepted whole, and never a trace.

The deliveries are made at random: any bytes under any ending, good files that were damaged anywhere,
columns in any order, and any mix of the faults in `tests.bad_deliveries`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from orchestration.deliveries.door import Accepted, accept
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.formats import FORMATS
from orchestration.deliveries.loading import load
from orchestration.deliveries.report import Kind
from orchestration.settings import Settings
from tests.bad_deliveries import columns, values
from tests.bad_deliveries.cases import BadDelivery
from tests.builders import csv_text, good_table, write_delivery
from tests.standing import tables

SUFFIXES = (*FORMATS, ".csv.gz", ".zip")
LONG = 100_000

# The warehouse that the examples of one test share is looked at after each of them.
within = limits(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12
)


def about(case: BadDelivery) -> set[str]:
    """The columns that a fault is about, capitals or not."""
    return {problem.column.casefold() for problem in case.expected if problem.column is not None}


# Of these any may be in one file, as long as no two are about the same column; one without a name is
# called by its place, which the others change.
MIXABLE = [
    case
    for case in (*columns.CASES, *values.CASES)
    if case.is_made_by_table and len(case.expected) <= 4 and "column8" not in about(case)
]
ROWS: Mapping[str, bytes] = {
    "more cells": b"r9991,BZK,L,1,1,1,1,ja,too,many,cells,by,far,whatever,there,is\n",
    "fewer cells": b"r9992\n",
    "text behind a quote": b'r9993,"BZK"x,L,1,1,1,1,ja\n',
}


def standing(settings: Settings) -> Mapping[str, bytes]:
    """The bytes of all that a delivery may not touch before it is loaded."""
    return {
        str(path): path.read_bytes()
        for path in settings.home.rglob("*")
        if path.is_file() and not {settings.rejected, settings.accepted} & set(path.parents)
    }


def at_the_door(path: Path, settings: Settings) -> Accepted | None:
    """What is accepted of a file; None where it is refused. Nothing else may come of it."""
    before = standing(settings)
    try:
        return accept(path, settings, "2022")
    except DeliveryError:
        return None
    # Libraries in other languages raise what is no Exception when they give up.
    except BaseException as error:
        raise AssertionError(f"{type(error).__name__} instead of a refusal") from error
    finally:
        assert standing(settings) == before


def is_whole(accepted: Accepted) -> bool:
    """Whether all rows of an accepted delivery are there that its report counts."""
    assert accepted.database is not None
    with duckdb.connect(accepted.database, read_only=True) as connection:
        counted = connection.execute("select count(*) from delivered").fetchone()
    return counted == (accepted.report.row_count,)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes with pieces of them replaced, taken out or put in, or without their end."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 8)))
        content = content[:start] + draw(st.binary(max_size=8)) + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_any_bytes_are_refused_or_accepted_whole(
    suffix: str, loaded: Settings, loaded_tables: Mapping[str, str], tmp_path: Path
) -> None:
    path = tmp_path / f"any_2022{suffix}"

    @limits(within, max_examples=6)
    @given(st.binary(max_size=300))
    def anything(content: bytes) -> None:
        path.write_bytes(content)
        accepted = at_the_door(path, loaded)
        assert accepted is None or is_whole(accepted)

    anything()
    assert tables(loaded.warehouse) == loaded_tables


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_good_file_that_is_damaged_anywhere_is_refused_or_accepted_whole(
    suffix: str, loaded: Settings, loaded_tables: Mapping[str, str], tmp_path: Path
) -> None:
    path = write_delivery(tmp_path / f"damaged_2022{suffix}", good_table(rows=11))

    @within
    @given(damaged(path.read_bytes()))
    def anything(content: bytes) -> None:
        path.write_bytes(content)
        accepted = at_the_door(path, loaded)
        assert accepted is None or is_whole(accepted)

    anything()
    assert tables(loaded.warehouse) == loaded_tables


def wide_number(content: bytes) -> bytes:
    """An SPSS file in whose dictionary a number is as wide as a long text."""
    # A variable's record has its width 20 bytes before its name.
    place = content.index(b"V3      ") - 20
    return content[:place] + b"\xfd" + content[place + 1 :]


def no_text(content: bytes) -> bytes:
    """A zip file that says that the name in it is UTF-8, which it is not."""
    for start, flags, name in ((b"PK\x03\x04", 7, 30), (b"PK\x01\x02", 9, 46)):
        place = content.index(start)
        content = content[: place + flags] + b"\x08" + content[place + flags + 1 :]
        content = content[: place + name] + b"\x8e" + content[place + name + 1 :]
    return content


def other_packing(content: bytes) -> bytes:
    """A workbook of which a part is packed in a way that nobody knows."""
    place = content.index(b"PK\x01\x02") + 10
    return content[:place] + b"\x55" + content[place + 1 :]


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [(".sav", wide_number), (".zsav", wide_number), (".zip", no_text), (".ods", other_packing)],
)
def test_damage_that_libraries_do_not_survive_is_refused(
    suffix: str, damage: Callable[[bytes], bytes], loaded: Settings, tmp_path: Path
) -> None:
    path = write_delivery(tmp_path / f"damaged_2022{suffix}", good_table(rows=11))
    path.write_bytes(damage(path.read_bytes()))
    # Some of them end the process that they are in.
    process = get_context("spawn").Process(target=must_be_refused, args=(path, loaded))
    process.start()
    process.join()
    assert process.exitcode == 0


def must_be_refused(path: Path, settings: Settings) -> None:
    """Let a file be refused."""
    assert at_the_door(path, settings) is None


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_in_any_order_are_loaded_by_their_names(
    suffix: str, loaded: Settings, tmp_path: Path
) -> None:
    table = good_table(rows=7)
    names = ", ".join(table)

    def loaded_from(order: Sequence[str]) -> list[tuple[object, ...]]:
        path = tmp_path / f"{'_'.join(order)}_2022{suffix}"
        write_delivery(path, {name: table[name] for name in order})
        accept(path, loaded, "2022")
        load(loaded, "2022")
        with duckdb.connect(loaded.warehouse, read_only=True) as connection:
            return connection.execute(f"select {names} from raw.wave_2022").fetchall()

    expected = loaded_from(list(table))

    @limits(within, max_examples=4)
    @given(st.permutations(list(table)))
    def in_any_order(order: Sequence[str]) -> None:
        assert loaded_from(order) == expected

    in_any_order()


@st.composite
def mixtures(draw: st.DrawFn) -> list[BadDelivery]:
    """Faults of which no two are about the same column."""
    mixed: list[BadDelivery] = []
    for case in draw(st.lists(st.sampled_from(MIXABLE), min_size=1, max_size=8)):
        if not any(about(case) & about(other) for other in mixed):
            mixed.append(case)
    return mixed


def test_any_mix_of_faults_is_refused_with_every_one_of_them(
    loaded: Settings, loaded_tables: Mapping[str, str], tmp_path: Path
) -> None:
    @limits(within, max_examples=25)
    @given(mixtures(), st.sets(st.sampled_from(sorted(ROWS))), st.booleans(), st.booleans())
    def any_mix(mixed: list[BadDelivery], rows: set[str], cut: bool, gzipped: bool) -> None:
        table = good_table()
        for case in mixed:
            case.table(table)
        content = csv_text(table).encode() + b"".join(ROWS[row] for row in sorted(rows))
        content = content + b"r9999,BZ" if cut else content
        path = tmp_path / ("mixed_2022.csv.gz" if gzipped else "mixed_2022.csv")
        path.write_bytes(gzip.compress(content) if gzipped else content)
        before = standing(loaded)
        with pytest.raises(DeliveryRefused) as caught:
            accept(path, loaded)
        found = {(problem.kind, problem.column) for problem in caught.value.report.problems}
        expected = {(each.kind, each.column) for case in mixed for each in case.expected}
        expected |= {(Kind.UNREADABLE, None)} if rows else set()
        expected |= {(Kind.TRUNCATED, None)} if cut else set()
        assert found == expected
        assert standing(loaded) == before
        assert not list(loaded.accepted.glob("2022*"))

    any_mix()
    assert tables(loaded.warehouse) == loaded_tables


def torn_quote(path: Path) -> None:
    """A last row whose quote is not closed, in a csv file."""
    with path.open("ab") as file:
        file.write(b'r9999999,BZK,L,"1\n')


def no_checksum(path: Path) -> None:
    """A file without its last bytes."""
    path.write_bytes(path.read_bytes()[:-8])


def last_pages(path: Path) -> None:
    """Bytes of the last pages of a Parquet file's data changed."""
    import pyarrow.parquet as pq

    groups = pq.read_metadata(path)
    column = groups.row_group(groups.num_row_groups - 1).column(0)
    place = (column.dictionary_page_offset or column.data_page_offset) + 40
    content = bytearray(path.read_bytes())
    content[place : place + 40] = b"\xff" * 40
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("suffix", "damage"),
    [
        (".csv", torn_quote),
        (".csv.gz", no_checksum),
        (".sav", no_checksum),
        (".parquet", last_pages),
    ],
)
def test_a_corrupt_tail_is_refused_whole_however_good_the_rest(
    suffix: str, damage: Callable[[Path], None], loaded: Settings, tmp_path: Path
) -> None:
    path = write_delivery(tmp_path / f"long_2022{suffix}", good_table(rows=LONG))
    damage(path)
    before = standing(loaded)
    with pytest.raises(DeliveryRefused) as caught:
        accept(path, loaded)
    kinds = {problem.kind for problem in caught.value.report.problems}
    assert kinds <= {Kind.UNREADABLE, Kind.TRUNCATED}
    assert standing(loaded) == before
    assert not list(loaded.accepted.glob("2022*"))


def test_a_wrong_code_in_the_last_row_is_refused_whole(loaded: Settings, tmp_path: Path) -> None:
    table = good_table(rows=LONG)
    table["v1"][-1] = "9"
    with pytest.raises(DeliveryRefused) as caught:
        accept(write_delivery(tmp_path / "long_2022.csv", table), loaded)
    [problem] = caught.value.report.problems
    assert (problem.kind, problem.first_rows[0].row) == (Kind.OUTSIDE_SCALE, LONG + 1)
