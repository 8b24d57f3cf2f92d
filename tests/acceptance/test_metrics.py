"""What MetricFlow answers is, figure by figure, what is published, or nothing.

What belongs here: the metrics, asked as people ask them. What does not: whether the marts are right.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import PROJECT, Settings
from tests.acceptance.conftest import VAKWERK, Warehouse

pytestmark = pytest.mark.slow

# Asks one question after the other in one process: importing takes longer than answering.
ASK = """
import json, os, sys
from pathlib import Path
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from orchestration.metrics import command_line, write_project
from orchestration.settings import PROJECT, Settings

folder = Path(sys.argv[1])
os.environ.update(write_project(Settings.from_environment(), folder))
configuration = CLIConfiguration()
for name, arguments in json.loads((folder / "questions.json").read_text()).items():
    file = str(folder / f"{name}.csv")
    command_line().main(
        ["query", "--quiet", *arguments, "--csv", file], standalone_mode=False, obj=configuration
    )
"""
# Loaded by every Python that is started with its folder on the path: whoever calls out is told of.
NO_NETWORK = """
import socket
def refuse(*arguments, **_):
    with open({told!r}, "a") as file:
        print(arguments, file=file)
    raise OSError("no network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""

GROUPS = "dim_groups as groups using (breakdown, group_code)"
ITEM_FIGURES = {
    "mean": "mean",
    "mean_ci_low": "ci_low",
    "mean_ci_high": "ci_high",
    "favourable_share": "favourable_share",
    "favourable_ci_low": "favourable_ci_low",
    "favourable_ci_high": "favourable_ci_high",
    "respondents": "respondents",
}
THEME_FIGURES = {
    "theme_mean": "mean",
    "theme_ci_low": "ci_low",
    "theme_ci_high": "ci_high",
    "theme_favourable_share": "favourable_share",
    "theme_respondents": "respondents",
}
RESPONSE_FIGURES = {
    name: name
    for name in (
        *("invited", "returned", "usable", "response_rate"),
        *("item_nonresponse_share", "headcount", "coverage"),
    )
}


@dataclass(frozen=True)
class Question:
    """Metrics by what, which rows of the marts answer it, and how many figures that ought to be."""

    metrics: Mapping[str, str]
    by: Mapping[str, str]
    table: str
    where: str = ""
    rows: str = "true"

    @property
    def arguments(self) -> Sequence[str]:
        """How MetricFlow is asked."""
        asked = ["--metrics", ",".join(self.metrics), "--group-by", ",".join(self.by)]
        return [*asked, "--where", self.where] if self.where else asked

    @property
    def sql(self) -> str:
        """How the marts are asked for the same."""
        names = {**self.by, **self.metrics}
        columns = ", ".join(f'{column} as "{name}"' for name, column in names.items())
        return f"select {columns} from {self.table} where {self.rows}"


def of_breakdown(name: str) -> str:
    return f"{{{{ Dimension('survey_group__breakdown') }}}} = '{name}'"


ONE_ITEM = of_breakdown("role") + " and {{ Entity('item') }} = 'V01'"
LABELS = {"wave": "wave_id", "item": "item_id", "survey_group__label_en": "groups.label_en"}
SCORES = {name: ITEM_FIGURES[name] for name in ("mean", "favourable_share", "respondents")}
QUESTIONS = {
    **{
        f"items_by_{name}": Question(
            SCORES,
            LABELS,
            f"item_results join {GROUPS}",
            of_breakdown(name),
            f"breakdown = '{name}'",
        )
        for name in ("role", "domain", "ministry", "role_x_domain", "gender")
    },
    "all_items": Question(
        ITEM_FIGURES,
        {
            "wave": "wave_id",
            "theme": "theme_id",
            "item": "item_id",
            "survey_group__breakdown": "breakdown",
            "survey_group__code": "group_code",
        },
        "item_results",
        "{{ Dimension('wave__label_en') }} like '2024%'",
        "wave_id = '2024'",
    ),
    "all_themes": Question(
        THEME_FIGURES,
        {
            "wave": "wave_id",
            "theme": "theme_id",
            "survey_group": "concat_ws(':', breakdown, group_code)",
        },
        "theme_results",
    ),
    "themes_by_label": Question(
        {"theme_mean": "mean", "theme_favourable_share": "favourable_share"},
        {"wave__label_nl": "waves.label_nl", "theme__label_nl": "themes.label_nl"},
        "theme_results join dim_waves as waves using (wave_id) join dim_themes as themes using (theme_id)",
        of_breakdown("total"),
        "breakdown = 'total'",
    ),
    "an_item_over_the_years": Question(
        SCORES,
        {
            "metric_time__year": "date_trunc('year', fieldwork_start)::date",
            "survey_group__label_nl": "groups.label_nl",
        },
        "item_results join (select wave_id, fieldwork_start from dim_waves) using (wave_id)"
        f" join {GROUPS}",
        ONE_ITEM,
        "breakdown = 'role' and item_id = 'V01'",
    ),
    "all_response": Question(
        RESPONSE_FIGURES,
        {"wave": "wave_id", "survey_group": "concat_ws(':', breakdown, group_code)"},
        "response",
    ),
    "response_rate_by_wave": Question(
        {"response_rate": "response_rate", "coverage": "coverage"},
        {"wave__label_en": "waves.label_en"},
        "response join dim_waves as waves using (wave_id)",
        of_breakdown("total"),
        "breakdown = 'total'",
    ),
}
# Of several break-downs, of several waves, of several items.
SEVERAL = {
    name: ["--metrics", ",".join((*SCORES, "item_rows")), "--group-by", by, *where]
    for name, by, *where in (
        ("several_breakdowns", "wave,item"),
        ("several_waves", "item,survey_group", "--where", ONE_ITEM),
        ("several_items", "wave,survey_group", "--where", of_breakdown("total")),
        ("everything", "metric_time"),
    )
}


@dataclass(frozen=True)
class Answers:
    """What was answered to each question: rows by the names of their columns."""

    rows: Mapping[str, list[dict[str, str]]]
    calls: str


def environment(home: Path, survey: Path) -> dict[str, str]:
    return os.environ | {"VAKWERK_HOME": str(home), "VAKWERK_SURVEY": str(survey)}


def ask(warehouse: Warehouse, folder: Path, questions: Mapping[str, Sequence[str]]) -> Answers:
    """Ask all of a home that holds only what is published and what dbt said of the models."""
    home = folder / "home"
    for part in ("published", "dbt"):
        shutil.copytree(warehouse.home / part, home / part, symlinks=True)
    asked, offline, told = folder / "asked", folder / "offline", folder / "called.txt"
    for made in (asked, offline):
        made.mkdir()
    told.touch()
    (offline / "sitecustomize.py").write_text(NO_NETWORK.format(told=str(told)), encoding="utf-8")
    (asked / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-c", ASK, asked],
        env=environment(home, warehouse.survey) | {"PYTHONPATH": str(offline)},
        check=True,
    )
    return Answers(
        {
            name: list(csv.DictReader((asked / f"{name}.csv").read_text("utf-8").splitlines()))
            for name in questions
        },
        told.read_text(encoding="utf-8"),
    )


def cell(value: object) -> str:
    """A key as text, however it was written: MetricFlow takes a word of digits for a number."""
    return str(value).removesuffix("T00:00:00").removesuffix(" 00:00:00")


def answered(question: Question, rows: list[dict[str, str]]) -> dict[tuple[str, ...], list[Any]]:
    """The figures by their keys, as MetricFlow wrote them."""
    return {
        tuple(cell(row[key]) for key in question.by): [
            float(row[metric]) if row[metric] else None for metric in question.metrics
        ]
        for row in rows
    }


def published(question: Question, warehouse: Warehouse) -> dict[tuple[str, ...], list[Any]]:
    """The same figures, from the marts."""
    with warehouse.published() as marts:
        found = marts.execute(question.sql).fetchall()
    keys = len(question.by)
    figures = {tuple(map(cell, row[:keys])): list(row[keys:]) for row in found}
    assert len(figures) == len(found)
    return figures


@pytest.fixture(scope="module")
def answers(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    asked = {name: question.arguments for name, question in QUESTIONS.items()} | SEVERAL
    return ask(sample, tmp_path_factory.mktemp("metrics"), asked)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_figure_is_the_one_that_is_published(
    sample: Warehouse, answers: Answers, name: str
) -> None:
    question = QUESTIONS[name]
    expected = published(question, sample)
    assert expected
    assert len(answers.rows[name]) == len(expected)
    assert answered(question, answers.rows[name]) == expected


def test_every_metric_but_its_helpers_is_asked_for(sample: Warehouse) -> None:
    settings = Settings.from_environment({"VAKWERK_HOME": str(sample.home)})
    semantics = json.loads((settings.dbt_artifacts / "semantic_manifest.json").read_text("utf-8"))
    asked = {metric for question in QUESTIONS.values() for metric in question.metrics}
    assert asked == {
        metric["name"] for metric in semantics["metrics"] if metric["type"] == "derived"
    }


@pytest.mark.parametrize("name", SEVERAL)
def test_what_would_mix_groups_waves_or_items_has_no_figure(answers: Answers, name: str) -> None:
    """Break-downs overlap and means do not add up, so an answer is one published row, or none."""
    rows = answers.rows[name]
    assert rows
    assert all(float(row["item_rows"]) > 1 for row in rows)
    assert {row[metric] for row in rows for metric in SCORES} == {""}


def test_what_is_hidden_has_no_figure_and_a_reason(sample: Warehouse, answers: Answers) -> None:
    hidden = "from item_results where is_suppressed and wave_id = '2024'"
    with sample.published() as marts:
        found = marts.execute(f"select breakdown, group_code, item_id {hidden}").fetchall()
    assert found
    rows = {
        (row["survey_group__breakdown"], row["survey_group__code"], row["item"]): row
        for row in answers.rows["all_items"]
    }
    assert {rows[key][metric] for key in found for metric in ITEM_FIGURES} == {""}


def test_nothing_calls_out_and_nothing_but_what_is_published_is_read(answers: Answers) -> None:
    """The answers came from a home without a warehouse, of a process that may not connect."""
    assert answers.calls == ""


def test_metricflow_finds_no_fault_in_the_metrics(sample: Warehouse) -> None:
    done = sample.vakwerk("metrics", "validate-configs", "--show-all")
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout + done.stderr
    assert said.count("ERRORS: 0, FUTURE_ERRORS: 0, WARNINGS: 0") == 6, said


def test_the_question_of_the_guide_is_answered(sample: Warehouse) -> None:
    guide = (PROJECT / "docs" / "metrics.md").read_text(encoding="utf-8")
    asked = re.search(r"```sh\nvakwerk (.*?)```", guide, re.DOTALL)
    assert asked is not None
    done = sample.vakwerk(*shlex.split(asked[1].replace("\\\n", " ")))
    assert done.returncode == 0, done.stdout + done.stderr
    with sample.published() as marts:
        expected = marts.execute(
            "select mean from item_results where item_id = 'V01' and breakdown = 'role'"
        ).fetchall()
    assert len(expected) == 6
    for (mean,) in expected:
        # As MetricFlow prints a number of the screen.
        assert f"{mean:g}" in done.stdout


def test_without_a_publication_it_is_told_what_to_do(tmp_path: Path, sample: Warehouse) -> None:
    done = subprocess.run(
        [VAKWERK, "metrics", "list", "metrics"],
        env=environment(tmp_path, sample.survey),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "nothing is published yet; run `vakwerk run`" in done.stderr
    assert not any(tmp_path.iterdir())


def test_another_survey_has_the_same_metrics(small: Warehouse, tmp_path: Path) -> None:
    questions = {name: QUESTIONS[name] for name in ("all_themes", "all_response")}
    answers = ask(small, tmp_path, {name: one.arguments for name, one in questions.items()})
    for name, question in questions.items():
        expected = published(question, small)
        assert expected
        assert answered(question, answers.rows[name]) == expected
