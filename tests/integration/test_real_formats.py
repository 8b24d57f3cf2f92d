"""What real files promise: loaded from what another program or library wrote, values and labels alike.

Each file is one that its own program's library writes, or that has the shape of a program's export;
the codebook is the tiny survey's, with the columns and codes of that export.
"""

from __future__ import annotations

import csv
import io
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlsxwriter

from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import database_of
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryRefused
from orchestration.deliveries.loading import load
from orchestration.deliveries.report import Kind
from orchestration.settings import Settings
from tests.builders import CODEBOOK, settings_for, write_ods, write_survey

# As a person would type them: ids with leading zeros, a decimal number, user-missing codes.
FRAME = pandas.DataFrame(
    {
        "nr": [f"{number:05d}" for number in range(1, 7)],
        "org": ["BZK", "FIN"] * 3,
        "rol": ["L", "M", "M", "L", "M", "L"],
        "gewicht": [1.0, 0.75, 2.5, 1.25, 0.1, 3.0],
        "v1": [1.0, 2.0, 3.0, 8.0, None, 1.0],
        "v2": [3.0, None, 2.0, 8.0, 1.0, 1.0],
        "v3": [1.0, 3.0, 1.0, 3.0, 2.0, 8.0],
        "synthetisch": ["ja"] * 6,
    }
)
TEXTS = {"v1": "Ik ken mijn vak", "v2": "Ik zie geen dilemma's", "v3": "Ik durf tegen te spreken"}
LABELS: dict[int | float, str] = {1: "oneens", 2: "neutraal", 3: "eens", 8: "weet niet"}
CELLS: dict[str, list[str | None]] = {
    "org": ["BZK", "FIN"] * 3,
    "rol": ["L", "M", "M", "L", "M", "L"],
    "gewicht": ["1", "0.75", "2.5", "1.25", "0.1", "3"],
    "v1": ["1", "2", "3", "8", None, "1"],
    "v2": ["3", None, "2", "8", "1", "1"],
    "v3": ["1", "3", "1", "3", "2", "8"],
    "synthetisch": ["ja"] * 6,
}


def written_sav(path: Path) -> None:
    pyreadstat.write_sav(
        FRAME,
        path,
        compress=path.suffix == ".zsav",
        column_labels=[TEXTS.get(str(name), "") for name in FRAME],
        variable_value_labels=dict.fromkeys(TEXTS, LABELS),
        missing_ranges={item: [{"lo": 7, "hi": 9}] for item in TEXTS},
    )


def written_dta(path: Path) -> None:
    pyreadstat.write_dta(
        FRAME,
        path,
        column_labels=[TEXTS.get(str(name), "") for name in FRAME],
        variable_value_labels=dict.fromkeys(TEXTS, LABELS),
    )


def written_csv(path: Path) -> None:
    packed = path.name.endswith((".gz", ".zip"))
    answers = FRAME.astype(dict.fromkeys(TEXTS, "Int64"))
    answers.to_csv(
        path,
        index=False,
        sep="\t" if ".tsv" in path.suffixes else ";",
        decimal=",",
        encoding="utf-8" if packed else "windows-1252",
    )


def written_xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Toelichting").write_string(0, 0, "Zie het blad Antwoorden")
        sheet = workbook.add_worksheet("Antwoorden")
        for row, cells in enumerate(rows_of(FRAME)):
            for column, cell in enumerate(cells):
                if cell is not None:
                    sheet.write(row, column, cell)
    (path.parent / "delivery.yml").write_text(
        f"wave: '2022'\nsheet: Antwoorden\nfiles:\n  - name: {path.name}\n"
    )


def written_ods(path: Path) -> None:
    write_ods(path, {"Antwoorden": rows_of(FRAME)})


def rows_of(frame: pandas.DataFrame) -> list[list[Any]]:
    cells = frame.astype(object).where(frame.notna(), None)
    return [list(frame), *cells.to_numpy().tolist()]


def written_parquet(path: Path) -> None:
    FRAME.to_parquet(path)


WRITERS: Mapping[str, Callable[[Path], None]] = {
    ".csv": written_csv,
    ".csv.gz": written_csv,
    ".tsv": written_csv,
    ".zip": written_csv,
    ".sav": written_sav,
    ".zsav": written_sav,
    ".dta": written_dta,
    ".xlsx": written_xlsx,
    ".ods": written_ods,
    ".parquet": written_parquet,
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def loaded(settings: Settings) -> dict[str, list[str | None]]:
    """The wave as it is loaded, by column, the tiny survey's pseudonyms left out."""
    with duckdb.connect(settings.warehouse, read_only=True) as connection:
        found = connection.execute("from raw.wave_2022")
        names = [column[0] for column in found.description]
        columns = list(zip(*found.fetchall(), strict=True))
    return {name: list(cells) for name, cells in zip(names, columns, strict=True) if name != "nr"}


def labels_in(database: Path) -> dict[str, dict[str, str]]:
    """The value labels of an accepted delivery, by column."""
    labels: dict[str, dict[str, str]] = {}
    with duckdb.connect(database, read_only=True) as connection:
        for column, code, label in connection.execute("from value_labels").fetchall():
            labels.setdefault(column, {})[code] = label
    return labels


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_file_that_another_library_wrote_is_loaded_value_by_value(
    suffix: str, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "sent"
    folder.mkdir()
    path = folder / f"wave_2022.csv{suffix}" if suffix == ".zip" else folder / f"wave_2022{suffix}"
    WRITERS[suffix](path)
    accept(path, settings)
    if suffix in (".sav", ".zsav", ".dta"):
        known = {str(code): label for code, label in LABELS.items()}
        database = database_of(settings.accepted, "2022")
        assert labels_in(database) == dict.fromkeys(TEXTS, known)
    load(settings, "2022")
    # Text stays as it was written; numbers of the other formats have no form of their own.
    is_text = suffix in (".csv", ".csv.gz", ".tsv", ".zip")
    weights = ["1.0", "0.75", "2.5", "1.25", "0.1", "3.0"] if is_text else CELLS["gewicht"]
    assert loaded(settings) == {**CELLS, "gewicht": weights}


def test_ids_with_leading_zeros_stay_apart(settings: Settings, tmp_path: Path) -> None:
    frame = FRAME.assign(nr=["1", "01", "001", "1.0", "1e0", "0001"])
    path = tmp_path / "wave_2022.csv"
    frame.astype(dict.fromkeys(TEXTS, "Int64")).to_csv(path, index=False)
    assert accept(path, settings).report.problems == ()


def test_multiple_response_sets_are_refused_by_name(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "wave_2022.sav"
    written_sav(path)
    content = path.read_bytes()
    sets = b"$gekozen=D1 1 5 Wat?? v1 v2\n$soorten=C 3 Wat v2 v3\n"
    # An extension record (type 7) of sets (subtype 7), before the record that ends the dictionary.
    record = struct.pack("<iiii", 7, 7, 1, len(sets)) + sets
    end = content.index(struct.pack("<ii", 999, 0))
    path.write_bytes(content[:end] + record + content[end:])
    with pytest.raises(DeliveryRefused) as refusal:
        accept(path, settings)
    [problem] = refusal.value.report.problems
    assert problem.kind is Kind.UNSUPPORTED_FORMAT
    assert problem.message.endswith("'gekozen' of v1, v2; 'soorten' of v2, v3.")
    assert "Define Multiple Response Sets" in problem.remedy


OWN = ["submitdate", "lastpage", "startlanguage"]
LIMESURVEY = ["id", *OWN, "org", "rol", "Q1[SQ001]", "Q1[SQ002]", "Q2"]
QUESTIONS = {
    "id": "Response ID",
    "submitdate": "Date submitted",
    "lastpage": "Last page",
    "startlanguage": "Start language",
    "org": "Waar werkt u?",
    "rol": "Geeft u leiding?",
    "Q1[SQ001]": "In hoeverre bent u het eens? [Ik ken mijn vak]",
    "Q1[SQ002]": "In hoeverre bent u het eens? [Ik zie geen dilemma's]",
    "Q2": "Ik durf tegen te spreken",
}
BOTH_LANGUAGES = [
    ["1", "2022-05-02 10:00:00", "5", "nl", "BZK", "Ja", "Eens", "Oneens", "Neutraal"],
    ["2", "2022-05-03 11:30:00", "5", "en", "FIN", "Yes", "Agree", "Disagree", "Neutral"],
    ["3", "", "2", "nl", "BZK", "Nee", "Weet niet", "", ""],
    ["4", "2022-05-04 09:00:00", "5", "en", "FIN", "No", "Don't know", "Agree", "Disagree"],
]
ANSWERS = {"Oneens": 1, "Neutraal": 2, "Eens": 3, "Weet niet": -2}
IN_ENGLISH = {"Disagree": 1, "Neutral": 2, "Agree": 3, "Don't know": -2}
AS_CODES = {"Oneens": "A1", "Neutraal": "A2", "Eens": "A3", "Weet niet": "A4"}


def survey_for(folder: Path, columns: Mapping[str, str], codes: Mapping[str, int]) -> Settings:
    """Settings for the tiny survey with an export's columns of items and its codes."""
    names = ["v1", "v2", "v3"]
    versions = CODEBOOK["item_versions"]
    for name, column in zip(names, columns["items"].split(), strict=True):
        versions = versions.replace(f"2022,{name},", f"2022,{column},")
    own = "\n".join(f"2022,synthetic_marker_{name},{name}" for name in columns["own"].split())
    added = "\n".join(
        f"synthetic_marker_{name},raw_only,{name},{name}" for name in columns["own"].split()
    )
    attributes = CODEBOOK["attribute_columns"]
    for line in (
        "2022,respondent_id,nr",
        "2022,weight,gewicht",
        "2022,synthetic_marker,synthetisch",
    ):
        attributes = attributes.replace(line, "")
    attributes = "\n".join(line for line in attributes.splitlines() if line.strip())
    group_codes = CODEBOOK["attribute_codes"]
    for code, group in {"Ja": "LG", "Yes": "LG", "Nee": "MW", "No": "MW"}.items():
        group_codes += f"2022,role,{code},{group}\n"
    answer_codes = CODEBOOK["answer_codes"] + "".join(
        f"agreement,{code},agreement,{answer}\n" for code, answer in codes.items()
    )
    survey = write_survey(
        folder / "export",
        item_versions=versions,
        attributes=CODEBOOK["attributes"].rstrip() + f"\n{added}\n",
        attribute_columns=f"{attributes}\n2022,respondent_id,{columns['id']}\n{own}\n",
        attribute_codes=group_codes,
        answer_codes=answer_codes,
    )
    return settings_for(folder, survey)


def answers_of(settings: Settings, items: Sequence[str]) -> list[tuple[int | None, ...]]:
    """The loaded answers of a wave as the codebook's answers, row by row."""
    known = {
        row["code"]: int(row["answer"]) for row in Codebook(settings.codebook).table("answer_codes")
    }
    cells = loaded(settings)
    return [
        tuple(known[code] if code else None for code in row)
        for row in zip(*(cells[item] for item in items), strict=True)
    ]


def text_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    return buffer.getvalue()


EXPECTED = [(3, 1, 2), (3, 1, 2), (-2, None, None), (-2, 3, 1)]
ITEMS = ["Q1[SQ001]", "Q1[SQ002]", "Q2"]
EXPORT = {"id": "id", "own": " ".join(OWN), "items": " ".join(ITEMS)}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_limesurvey_export_of_texts_counts_both_languages_as_one(
    delimiter: str, tmp_path: Path
) -> None:
    settings = survey_for(tmp_path, EXPORT, {**ANSWERS, **IN_ENGLISH})
    path = tmp_path / "results-survey_2022.csv"
    header = [f"{name}. {QUESTIONS[name]}" for name in LIMESURVEY]
    path.write_text("\ufeff" + text_of([header, *BOTH_LANGUAGES], delimiter), encoding="utf-8")
    report = accept(path, settings).report
    assert report.problems == ()
    assert report.stated["header"] == "LimeSurvey (code and text)"
    load(settings, "2022")
    assert list(loaded(settings)) == LIMESURVEY
    assert answers_of(settings, ITEMS) == EXPECTED
    assert loaded(settings)["rol"] == ["Ja", "Yes", "Nee", "No"]


def test_a_limesurvey_export_of_codes_has_the_names_as_they_are(tmp_path: Path) -> None:
    codes = {code: ANSWERS[text] for text, code in AS_CODES.items()}
    settings = survey_for(tmp_path, EXPORT, codes)
    english = {
        text: AS_CODES[nl]
        for nl in ANSWERS
        for text in IN_ENGLISH
        if IN_ENGLISH[text] == ANSWERS[nl]
    }
    rows = [[AS_CODES.get(cell, english.get(cell, cell)) for cell in row] for row in BOTH_LANGUAGES]
    path = tmp_path / "results-survey_2022.csv"
    path.write_text(text_of([LIMESURVEY, *rows]), encoding="utf-8")
    assert accept(path, settings).report.problems == ()
    load(settings, "2022")
    assert answers_of(settings, ITEMS) == EXPECTED


def test_a_limesurvey_question_that_is_worded_otherwise_is_refused(tmp_path: Path) -> None:
    settings = survey_for(tmp_path, EXPORT, {**ANSWERS, **IN_ENGLISH})
    texts = {**QUESTIONS, "Q1[SQ001]": "In hoeverre bent u het eens? [Ik ken mijn vak niet]"}
    path = tmp_path / "results-survey_2022.csv"
    header = [f"{name}. {texts[name]}" for name in LIMESURVEY]
    path.write_text(text_of([header, *BOTH_LANGUAGES]), encoding="utf-8")
    with pytest.raises(DeliveryRefused) as refusal:
        accept(path, settings)
    [problem] = refusal.value.report.problems
    assert (problem.kind, problem.column) == (Kind.OTHER_QUESTION, "Q1[SQ001]")


QUALTRICS = ["StartDate", "ResponseId", "org", "rol", "Q1_1", "Q1_2", "Q2"]
QUALTRICS_TEXTS = {
    "StartDate": "Start Date",
    "ResponseId": "Response ID",
    "org": "Waar werkt u?",
    "rol": "Geeft u\nleiding?",
    "Q1_1": "In hoeverre bent u het eens? - Ik ken mijn vak",
    "Q1_2": "In hoeverre bent u het eens? - Ik zie geen dilemma's",
    "Q2": "Ik durf tegen te spreken",
}


def qualtrics_rows(suffix: str = ".csv") -> list[list[str]]:
    ids = [json.dumps({"ImportId": f"QID{place}"}) for place in range(len(QUALTRICS))]
    answers = [[row[1], f"R_{row[0]}{suffix}", *row[4:]] for row in BOTH_LANGUAGES]
    return [QUALTRICS, list(QUALTRICS_TEXTS.values()), ids, *answers]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_qualtrics_export_has_three_header_rows(suffix: str, tmp_path: Path) -> None:
    export = {"id": "ResponseId", "own": "StartDate", "items": "Q1_1 Q1_2 Q2"}
    settings = survey_for(tmp_path, export, {**ANSWERS, **IN_ENGLISH})
    path = tmp_path / f"survey_2022{suffix}"
    rows = qualtrics_rows()
    if suffix == ".csv":
        path.write_text(text_of(rows), encoding="utf-8")
    else:
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    report = accept(path, settings).report
    assert report.problems == ()
    assert report.row_count == 4
    assert report.stated["header"] == "Qualtrics (three rows)"
    load(settings, "2022")
    assert answers_of(settings, ["Q1_1", "Q1_2", "Q2"]) == EXPECTED


def test_rows_of_a_qualtrics_export_are_counted_from_the_fourth(tmp_path: Path) -> None:
    export = {"id": "ResponseId", "own": "StartDate", "items": "Q1_1 Q1_2 Q2"}
    settings = survey_for(tmp_path, export, {**ANSWERS, **IN_ENGLISH})
    rows = qualtrics_rows()
    rows[4][-1] = "Misschien"
    rows.insert(4, ["te", "weinig"])
    path = tmp_path / "survey_2022.csv"
    path.write_text(text_of(rows), encoding="utf-8")
    with pytest.raises(DeliveryRefused) as refusal:
        accept(path, settings)
    found = {problem.kind: problem.first_rows[0].row for problem in refusal.value.report.problems}
    assert found == {Kind.UNREADABLE: 5, Kind.OUTSIDE_SCALE: 6}


def test_parquet_of_another_writer_with_typed_columns_is_read(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    path = tmp_path / "wave_2022.parquet"
    table = pa.Table.from_pandas(FRAME).set_column(
        4, "v1", pa.array([1, 2, 3, 8, None, 1], pa.int8())
    )
    pq.write_table(table, path)
    accept(path, settings)
    load(settings, "2022")
    assert loaded(settings) == CELLS
