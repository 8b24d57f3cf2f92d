"""What a simulated delivery promises: the wave's columns and codes in a file, and the same again.

What belongs here: files as `simulate_wave` writes them, the committed sample waves among them, and
what a reader finds in these. What does not: the model behind the answers (`test_simulation.py`).
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyreadstat
import pytest

from orchestration.codebook import Codebook
from orchestration.deliveries.formats import READERS
from orchestration.deliveries.formats.reading import Reading
from orchestration.settings import PROJECT
from orchestration.simulation import writing
from orchestration.simulation.options import format_of
from orchestration.simulation.parameters import Parameters, SimulationError
from orchestration.simulation.wave import simulate
from orchestration.simulation.writing import simulate_wave

CODEBOOK = Codebook(PROJECT / "seeds" / "codebook")
WAVES = PROJECT / "seeds" / "waves"
COMMANDS = re.findall(
    r"vakwerk simulate --wave (\S+) --respondents (\d+) --seed (\d+) --format (\S+) "
    r"--effects (\S+) --output seeds/waves",
    (PROJECT / "docs" / "simulation.md").read_text(encoding="utf-8"),
)
SAMPLES = sorted(WAVES.iterdir())

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)


def write(output: Path, **asked: Any) -> Path:
    chosen: dict[str, Any] = {
        "wave_id": "2022",
        "respondents": 200,
        "seed": 1,
        "format": "csv",
        "effects": "study",
    }
    return simulate_wave(CODEBOOK, output=output, **(chosen | asked))


def read(path: Path, folder: Path) -> Mapping[str, list[str | None]]:
    """The columns of a delivery as the door reads them."""
    with duckdb.connect() as connection:
        table = READERS[path.suffix](path, connection, folder, Reading())
        assert not table.problems
        rows = connection.execute("from delivered").fetchall()
    return {column.name: [row[place] for row in rows] for place, column in enumerate(table.columns)}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command[0]}.{command[3]}")
def test_a_sample_wave_is_remade_byte_for_byte(command: tuple[str, ...], tmp_path: Path) -> None:
    wave_id, respondents, seed, format, effects = command
    made = simulate_wave(CODEBOOK, wave_id, int(respondents), int(seed), format, effects, tmp_path)
    assert made.read_bytes() == (WAVES / made.name).read_bytes()


@pytest.mark.parametrize(
    ("output", "format"),
    [
        ("wave_2022.parquet", "parquet"),
        ("wave_2022.SAV", "sav"),
        ("waves", "csv"),
        ("wave_2022.ods", "ods"),
    ],
)
def test_the_ending_of_the_file_says_its_format(output: str, format: str) -> None:
    assert format_of(Path(output)) == format


def test_every_sample_wave_has_its_command() -> None:
    assert [sample.name for sample in SAMPLES] == [
        f"vakmanschap_{wave_id}.{format}" for wave_id, _, _, format, _ in COMMANDS
    ]


@every_sample
def test_a_sample_wave_is_named_for_its_wave_and_has_only_its_columns_and_codes(
    sample: Path, tmp_path: Path
) -> None:
    wave = CODEBOOK.wave_of(sample.name)
    assert wave is not None
    expected = CODEBOOK.columns(wave.wave_id)
    delivered = read(sample, tmp_path)
    assert delivered.keys() == expected.keys()
    for name, values in delivered.items():
        codes = expected[name].codes
        unknown = set(values) - {None} - codes if codes is not None else set()
        assert not unknown, name
    assert 3700 <= len(next(iter(delivered.values()))) <= 4000


@every_sample
def test_a_sample_wave_says_that_it_is_synthetic(sample: Path, tmp_path: Path) -> None:
    wave = CODEBOOK.wave_of(sample.name)
    assert wave is not None
    markers = [c.name for c in CODEBOOK.columns(wave.wave_id).values() if "raw_only" in c.kinds]
    delivered = read(sample, tmp_path)
    assert markers
    assert all(set(delivered[name]) == {"synthetisch"} for name in markers)


@pytest.mark.parametrize("wave_id", CODEBOOK.waves)
def test_every_code_of_a_wave_is_delivered(wave_id: str, tmp_path: Path) -> None:
    """Don't know, not applicable and refused come with the wave's own codes."""
    path = write(tmp_path, wave_id=wave_id, respondents=4000, format="parquet")
    delivered = read(path, tmp_path)
    found: defaultdict[str, set[str | None]] = defaultdict(set)
    for row in CODEBOOK.table("item_versions"):
        if row["wave_id"] == wave_id:
            found[row["code_list"]] |= set(delivered[row["source_column"]])
    for code_list, values in found.items():
        assert values == {None} | {
            row["code"] for row in CODEBOOK.table("answer_codes") if row["code_list"] == code_list
        }


def test_reversed_items_are_delivered_the_other_way(tmp_path: Path) -> None:
    parameters = Parameters.read(PROJECT / "seeds" / "simulation")
    answers = simulate(CODEBOOK, parameters, "2026", 200, 1).answers
    delivered = read(write(tmp_path, wave_id="2026"), tmp_path)
    reversed_items = [r for r in CODEBOOK.table("item_versions") if r["is_reversed"] == "true"]
    assert reversed_items
    for row in reversed_items:
        for answer, code in zip(
            answers[row["item_id"]], delivered[row["source_column"]], strict=True
        ):
            assert code == {-1: None, -2: "98", -3: "99"}.get(int(answer), str(6 - answer))


@pytest.mark.parametrize("format", ["xlsx", "parquet"])
def test_all_formats_carry_the_same_text(format: str, tmp_path: Path) -> None:
    for wave_id in CODEBOOK.waves:
        assert read(write(tmp_path, wave_id=wave_id, format=format), tmp_path) == read(
            write(tmp_path, wave_id=wave_id), tmp_path
        )


def test_a_sheet_is_whole_where_it_is_written_in_slices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "XLSX_SLICE", 64)
    assert read(write(tmp_path, format="xlsx"), tmp_path) == read(write(tmp_path), tmp_path)


def test_an_spss_file_carries_text_labels_wording_and_missing_codes(tmp_path: Path) -> None:
    path = write(tmp_path, wave_id="2024", format="sav")
    assert read(path, tmp_path) == read(write(tmp_path, wave_id="2024"), tmp_path)
    _, metadata = pyreadstat.read_sav(path, user_missing=True)
    assert metadata.column_names_to_labels["Q6_1"] == "Ik ervaar morele dilemma's in mijn werk"
    assert metadata.variable_value_labels["Q6_1"][5.0] == "helemaal mee eens"
    assert metadata.variable_value_labels["ORG"][16.0] == "Belastingdienst"
    missing = [{"lo": code, "hi": code} for code in (8.0, 9.0, 7.0)]
    assert metadata.missing_ranges["Q6_1"] == missing


def test_files_are_dated_on_the_last_day_of_the_fieldwork(tmp_path: Path) -> None:
    """A file that bore the time of its making would be another one every time."""
    _, metadata = pyreadstat.read_sav(
        write(tmp_path, wave_id="2024", format="sav"), metadataonly=True
    )
    assert f"{metadata.creation_time:%Y-%m-%d}" == CODEBOOK.waves["2024"].fieldwork_end
    with zipfile.ZipFile(write(tmp_path, wave_id="2026", format="xlsx")) as workbook:
        properties = workbook.read("docProps/core.xml").decode()
    assert CODEBOOK.waves["2026"].fieldwork_end in properties


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"format": "ods"}, "'ods' is no format: it is one of csv, sav, xlsx, parquet"),
        ({"effects": "all"}, "'all' is no kind of effects: it is one of study, none"),
        ({"wave_id": "2023"}, "no wave '2023'"),
        ({"wave_id": "2026", "format": "sav"}, "cannot hold columns named 'Respondent-id'"),
    ],
)
def test_what_cannot_be_written_is_said_and_leaves_nothing(
    asked: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SimulationError, match=message):
        write(tmp_path, **asked)
    assert not list(tmp_path.iterdir())


def test_a_sheet_is_refused_where_respondents_do_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "XLSX_RESPONDENTS", 199)
    with pytest.raises(SimulationError, match="A sheet holds 199 respondents, not 200"):
        write(tmp_path, format="xlsx")


def test_a_file_of_ones_own_name_is_written_where_it_is_asked(tmp_path: Path) -> None:
    asked = tmp_path / "new" / "folder" / "mine_2022.csv"
    assert write(asked) == asked
    assert [path.name for path in asked.parent.iterdir()] == ["mine_2022.csv"]
