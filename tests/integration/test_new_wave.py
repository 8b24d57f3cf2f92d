"""A new wave the whole way: from a file that no codebook knows to a file that the door accepts.

What belongs here: a file of the study's next wave with everything that waves bring, its proposal
compared row by row, and the command line. What does not: single rules of the proposal, which
`unit/test_new_wave` holds. The study's codebook is copied first; nothing is written into it.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb
import pyreadstat
import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.codebook import Codebook
from orchestration.codebook_rules import broken_rules
from orchestration.deliveries.formats import READERS
from orchestration.deliveries.formats.reading import Reading
from orchestration.settings import PROJECT

SEEDS = PROJECT / "seeds"
STUDY = Codebook(SEEDS / "codebook")
RESPONDENTS = 400

REUSED = "Ik word betaald naar wat ik doe"
REWORDED = "Ambtelijk vakmanschap vraagt vooral om kunde en ervaring in de praktijk"
NEW = "Op mijn werkplek wordt over dilemma's gelachen"
ATTRIBUTES = {
    "Respondent-id": ("RESPONDENT", "Respondentnummer"),
    "Jaren bij het Rijk": ("DIENSTJAREN", ""),
    "Lagen tot de top": ("LAGEN", "Afstand tot de top"),
}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The next wave's file: the last wave's answers in SPSS, with what is new about it."""
    folder = tmp_path_factory.mktemp("delivery")
    with duckdb.connect() as connection:
        READERS[".xlsx"](SEEDS / "waves" / "vakmanschap_2026.xlsx", connection, folder, Reading())
        answers = connection.execute(f"from delivered limit {RESPONDENTS}").df()
    versions = {r["source_column"]: r for r in rows(SEEDS / "codebook", "item_versions", "2026")}
    texts = {name: row["wording"] for name, row in versions.items()}
    labels = {name: labels_of(row) for name, row in versions.items()}
    for name in versions:
        answers[name] = answers[name].astype(float)

    texts["S2_03"] = REUSED
    texts["S2_04"] = REWORDED
    del answers["S2_05"]
    labels["S2_06"] = labels_of(versions["S3a_01"])
    labels["S5_01"] = labels_of(versions["S2_01"])
    for name in [name for name in versions if name.startswith("S4a")]:
        answers[name] = answers[name].replace(98.0, 88.0)
        labels[name] = {
            88.0 if code == 98.0 else code: label for code, label in labels[name].items()
        }
    answers = answers.rename(columns={"S2_02": "N2_02"})
    texts["N2_02"], labels["N2_02"] = texts.pop("S2_02"), labels.pop("S2_02")
    answers["S6_14"], texts["S6_14"] = answers["S6_13"], NEW
    labels["S6_14"] = labels["S6_13"]
    answers.loc[:40, "Rol"] = "ST"
    answers["MAILADRES"] = [f"persoon{n}@voorbeeld.nl" for n in range(len(answers))]
    for old, (new, text) in ATTRIBUTES.items():
        answers = answers.rename(columns={old: new})
        texts[new] = text

    path = folder / "vakmanschap_2028.sav"
    pyreadstat.write_sav(
        answers,
        path,
        column_labels={name: texts.get(name, "") for name in answers.columns},
        variable_value_labels={name: labels[name] for name in answers.columns if name in labels},
    )
    return path


def labels_of(version: Mapping[str, str]) -> dict[float, str]:
    """The value labels of an item's codes: those of its scores run down where it is reversed."""
    codes = {
        row["code"]: int(row["answer"])
        for row in STUDY.table("answer_codes")
        if row["code_list"] == version["code_list"]
    }
    scale = next(
        row["scale_id"]
        for row in STUDY.table("answer_codes")
        if row["code_list"] == version["code_list"]
    )
    named = {
        int(row["answer"]): row["label_nl"]
        for row in STUDY.table("scales")
        if row["scale_id"] == scale
    }
    turned = version["is_reversed"] == "true"
    return {
        float(code): named[6 - answer if turned and answer > 0 else answer]
        for code, answer in codes.items()
    }


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """The study's survey in a folder of its own."""
    return Path(shutil.copytree(SEEDS, tmp_path / "survey"))


@pytest.fixture
def vakwerk(survey: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line on that survey; a `VakwerkError` is the result's exception."""
    monkeypatch.setenv("VAKWERK_SURVEY", str(survey))
    monkeypatch.setenv("VAKWERK_HOME", str(tmp_path / "home"))
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows(folder: Path, table: str, wave_id: str | None = None) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return [row for row in found if wave_id is None or row["wave_id"] == wave_id]


def rewrite(folder: Path, table: str, changed: Iterable[Mapping[str, str]]) -> None:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(changed)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_new_waves_rows_are_those_that_its_texts_and_labels_prove(
    vakwerk: Callable[..., Result], survey: Path, delivery: Path
) -> None:
    result = vakwerk("new-wave", "2028", "--from", delivery)
    assert result.exit_code == 0, result.output
    folder = survey / "proposals" / "2028"
    before = {row["item_id"]: row for row in rows(survey / "codebook", "item_versions", "2026")}
    proposed = {row["source_column"]: row for row in rows(folder, "item_versions")}

    assert len(proposed) == 95
    for name in ("S2_03", "S2_04", "S6_14"):
        assert proposed[name]["item_id"] == "", name
    known = {name: row for name, row in proposed.items() if row["item_id"]}
    assert {row["item_id"] for row in known.values()} == set(before) - {"G03", "G04", "G05"}
    for name, row in known.items():
        was = before[row["item_id"]]
        assert name == {"S2_02": "N2_02"}.get(was["source_column"], was["source_column"])
        assert row["wording"] == was["wording"]
        code_list, is_reversed = was["code_list"], was["is_reversed"]
        comparability, note = "identical", ""
        if name.startswith("S4a"):
            code_list = "pressure_2028"
        if name == "S5_01":
            is_reversed = "false"
        if name == "S2_06":
            code_list, comparability = "importance_2026", "rescaled"
            note = "Scale importance instead of agreement"
        assert (row["code_list"], row["is_reversed"]) == (code_list, is_reversed), name
        assert (row["comparability"], row["comparability_note"]) == (comparability, note), name
    assert {(row["code"], row["answer"]) for row in rows(folder, "answer_codes")} == {
        *((str(answer), str(answer)) for answer in range(1, 6)),
        ("88", "-2"),
        ("99", "-3"),
    }
    assert rows(folder, "items") == [
        dict.fromkeys(rows(SEEDS / "codebook", "items")[0], "")
        | {"label_nl": NEW, "in_study": "proposed"}
    ]

    columns = {
        row["attribute_id"]: row["source_column"] for row in rows(folder, "attribute_columns")
    }
    assert columns == {
        row["attribute_id"]: ATTRIBUTES.get(row["source_column"], (row["source_column"],))[0]
        for row in rows(survey / "codebook", "attribute_columns", "2026")
    }
    codes = {
        (r["attribute_id"], r["code"]): r["group_code"] for r in rows(folder, "attribute_codes")
    }
    assert codes.pop(("role", "ST")) == ""
    usual = {
        (row["attribute_id"], row["code"]): row["group_code"]
        for row in rows(survey / "codebook", "attribute_codes", "2026")
    }
    assert codes.items() <= usual.items()
    strata = {row["stratum"] for row in rows(folder, "population")}
    assert strata == {group for (name, _), group in codes.items() if name == "stratum"}

    asked = [(row["table"], row["column"], row["question"]) for row in rows(folder, "questions")]
    assert [question for question in asked if "may these codes" not in question[2]] == [
        ("waves", "", "When was the fieldwork, who was invited, and where is that from?"),
        (
            "waves",
            "",
            "Are these answers of real people, or synthetic? And what is the wave called?",
        ),
        ("attribute_columns", "RESPONDENT", "Does this column hold respondent_id?"),
        ("attribute_codes", "Rol", "role: Which groups do these codes mean?"),
        ("attribute_columns", "DIENSTJAREN", "Does this column hold tenure_band?"),
        ("attribute_columns", "LAGEN", "Does this column hold distance_to_top?"),
        ("item_versions", "S2_03", "The column was another question before: which item is this?"),
        ("item_versions", "S2_04", "Is this the same question in other words, or another one?"),
        ("item_versions", "S6_14", "Is this a new item?"),
        ("item_versions", "MAILADRES", "What is this column?"),
        ("item_versions", "", "Are these items no longer asked: G03, G05?"),
        (
            "item_versions",
            "S5_01",
            "Do the codes of these columns run the other way than in the wave before?",
        ),
        ("population", "", "How many people does each stratum stand for?"),
    ]
    seen = {row["column"]: row["seen"] for row in rows(folder, "questions")}
    before_04 = before["G04"]["wording"]
    assert seen["S2_04"] == f"The file asks {REWORDED!r}; like G04, {before_04!r}."
    assert REUSED in seen["S2_03"]
    assert before["G03"]["wording"] in seen["S2_03"]
    assert "e-mail addresses" in seen["MAILADRES"]
    assert "voorbeeld.nl" not in "".join(path.read_text() for path in folder.iterdir())


def test_a_reviewed_proposal_becomes_the_codebook_and_the_door_accepts_the_file(
    vakwerk: Callable[..., Result], survey: Path, delivery: Path, tmp_path: Path
) -> None:
    vakwerk("new-wave", "2028", "--from", delivery)
    folder, codebook = survey / "proposals" / "2028", survey / "codebook"
    untouched = contents(codebook)

    refused = vakwerk("new-wave", "2028", "--accept")
    assert "question 1, 2, 3" in str(refused.exception)
    assert contents(codebook) == untouched

    answered = [{**row, "answer": "decided"} for row in rows(folder, "questions")]
    rewrite(folder, "questions", answered)
    incomplete = vakwerk("new-wave", "2028", "--accept")
    assert "waves.csv row 5: fieldwork_start has to be a date" in str(incomplete.exception)
    assert contents(codebook) == untouched

    review(folder)
    accepted = vakwerk("new-wave", "2028", "--accept")
    assert accepted.exit_code == 0, accepted.exception
    assert broken_rules(Codebook(codebook)) == []
    for name, before in untouched.items():
        kept = set(before.decode().splitlines())
        assert kept <= set((codebook / name).read_text(encoding="utf-8").splitlines()), name
    items = [row["item_id"] for row in rows(codebook, "items")]
    assert items[items.index("D14") - 1] == "D13"
    assert not list(survey.glob(".codebook-*"))

    without_mail = tmp_path / "vakmanschap_2028.sav"
    answers, metadata = pyreadstat.read_sav(delivery)
    pyreadstat.write_sav(
        answers.drop(columns=["MAILADRES"]),
        without_mail,
        column_labels={
            name: text
            for name, text in metadata.column_names_to_labels.items()
            if name != "MAILADRES"
        },
        variable_value_labels=metadata.variable_value_labels,
    )
    checked = vakwerk("check", without_mail)
    assert checked.exit_code in {0, 1}, checked.output
    again = vakwerk("new-wave", "2028", "--accept")
    assert "taken over before" in str(again.exception)

    compared = vakwerk("compare-waves", "2026", "2028", "--json")
    items_now = json.loads(compared.output)["items"]
    changes = {item["item_id"]: item["change"] for item in items_now}
    assert {item: change for item, change in changes.items() if change != "same"} == {
        "G04": "reworded",
        "G06": "rescaled",
        "G03": "gone",
        "G05": "gone",
        "G09": "new",
        "D14": "new",
    }


def review(folder: Path) -> None:
    """What a reviewer decides on the proposal."""
    (wave,) = rows(folder, "waves")
    wave |= {"label_nl": "2028 (synthetisch)", "label_en": "2028 (synthetic)"}
    wave |= {"fieldwork_start": "2028-05-01", "fieldwork_end": "2028-06-30"}
    rewrite(folder, "waves", [wave | {"is_synthetic": "true", "source": "tests"}])
    decided = {
        "S2_03": {"item_id": "G09", "comparability": "new"},
        "S2_04": {"item_id": "G04", "comparability": "reworded", "comparability_note": "plainer"},
        "S6_14": {"item_id": "D14"},
    }
    versions = rows(folder, "item_versions")
    rewrite(folder, "item_versions", [r | decided.get(r["source_column"], {}) for r in versions])
    (item,) = rows(folder, "items")
    new = item | {"item_id": "D14", "theme_id": "6", "label_en": "Laughing", "position": "14"}
    reused = {"item_id": "G09", "theme_id": "2", "label_nl": REUSED, "label_en": "Paid"}
    more = {"valence": "", "in_study": "proposed", "basis": "", "position": "9"}
    rewrite(folder, "items", [new, reused | more])
    coded = rows(folder, "attribute_codes")
    rewrite(folder, "attribute_codes", [r | {"group_code": r["group_code"] or "MW"} for r in coded])
    people = rows(folder, "population")
    rewrite(folder, "population", [r | {"headcount": "100", "source": "tests"} for r in people])


def test_a_proposal_under_review_is_not_written_over(
    vakwerk: Callable[..., Result], survey: Path, delivery: Path
) -> None:
    vakwerk("new-wave", "2028", "--from", delivery)
    before = contents(survey / "proposals" / "2028")
    again = vakwerk("new-wave", "2028", "--from", delivery)
    assert again.exit_code == 1
    assert "exists" in str(again.exception)
    assert contents(survey / "proposals" / "2028") == before


def test_nothing_of_the_file_stays_in_the_home_of_the_warehouse(
    vakwerk: Callable[..., Result], tmp_path: Path, delivery: Path
) -> None:
    vakwerk("new-wave", "2028", "--from", delivery)
    left = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert [path.name for path in left] == [".lock"]


def test_the_rules_of_the_codebook_can_be_checked_by_hand(
    vakwerk: Callable[..., Result], survey: Path
) -> None:
    assert vakwerk("check-codebook").exit_code == 0
    path = survey / "codebook" / "themes.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",7,", ",8,"), encoding="utf-8")
    broken = vakwerk("check-codebook")
    assert broken.exit_code == 1
    assert "themes.csv: the positions have to be 1 to 7" in broken.output


def test_two_waves_are_compared_on_the_terminal(vakwerk: Callable[..., Result]) -> None:
    shown = vakwerk("compare-waves", "2024", "2026")
    assert shown.exit_code == 0
    for word in ("reworded", "G01", "O15", "agreement_2026", "LEIDING"):
        assert word in shown.output, word


@pytest.mark.parametrize("arguments", [(), ("--accept", "--from")])
def test_a_new_wave_is_either_proposed_or_accepted(
    vakwerk: Callable[..., Result], delivery: Path, arguments: tuple[str, ...]
) -> None:
    given = [*arguments, delivery] if arguments else []
    assert vakwerk("new-wave", "2028", *given).exit_code == 2
