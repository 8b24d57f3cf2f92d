"""What settings promise: a place for everything, never guessed, and the same for all of its tools."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from orchestration.settings import PROJECT, TARGETS, Settings, SettingsError, Target
from tests.builders import write_survey

STUDY = PROJECT / "seeds"


def folders(settings: Settings) -> set[Path]:
    return {
        settings.landing,
        settings.accepted,
        settings.archive,
        settings.rejected,
        settings.warehouse,
        settings.published,
        settings.quality,
        settings.dagster_home,
        settings.dbt_artifacts,
        settings.key_file,
        settings.spark,
        settings.counted,
    }


def test_without_an_environment_a_checkout_holds_its_own_development_warehouse() -> None:
    settings = Settings.from_environment({})

    assert (settings.target, settings.home, settings.survey) == ("dev", PROJECT / "data", STUDY)


@pytest.mark.parametrize("target", ["staging", "DEV", " dev", "production"])
def test_an_unknown_target_is_an_error_that_names_the_targets(target: str) -> None:
    with pytest.raises(SettingsError, match=r"VAKWERK_TARGET.*dev, ci, prod") as error:
        Settings.from_environment({"VAKWERK_TARGET": target})

    assert repr(target) in str(error.value)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("VAKWERK_SURVEY", "o'brien"),
        ("VAKWERK_SURVEY", "x'; drop schema marts; --"),
        ("VAKWERK_SURVEY", "a\nb"),
        ("VAKWERK_HOME", "a\nb"),
        ("VAKWERK_HOME", "a\x1b[31m"),
    ],
)
def test_a_path_that_dbt_could_not_quote_is_refused(tmp_path: Path, name: str, folder: str) -> None:
    write_survey(tmp_path / folder)
    with pytest.raises(SettingsError, match="without an apostrophe") as error:
        Settings.from_environment({name: str(tmp_path / folder)})

    assert str(error.value).isprintable()


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "soon", "²"])
@pytest.mark.parametrize("name", ["VAKWERK_SENSOR_SECONDS", "VAKWERK_SETTLED_SECONDS"])
def test_seconds_are_whole_and_one_or_more(name: str, given: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}.*whole number"):
        Settings.from_environment({name: given})


def test_the_landing_folder_is_looked_at_as_often_as_is_asked() -> None:
    settings = Settings.from_environment(
        {"VAKWERK_SENSOR_SECONDS": "60", "VAKWERK_SETTLED_SECONDS": "5"}
    )

    assert (settings.sensor_seconds, settings.settled_seconds) == (60, 5)
    assert Settings.from_environment(settings.environment) == settings


@pytest.mark.parametrize("engine", ["Spark", " duckdb", "pandas"])
def test_an_unknown_engine_is_an_error_that_names_the_engines(engine: str) -> None:
    with pytest.raises(SettingsError, match=r"VAKWERK_ENGINE.*duckdb, spark") as error:
        Settings.from_environment({"VAKWERK_ENGINE": engine})

    assert repr(engine) in str(error.value)


def test_dbt_takes_cells_over_only_where_spark_counts_them(tmp_path: Path) -> None:
    home = {"VAKWERK_HOME": str(tmp_path)}
    settings = Settings.from_environment(
        home | {"VAKWERK_ENGINE": "spark", "VAKWERK_SPARK_MASTER": "spark://cluster:7077"}
    )

    assert settings.environment["VAKWERK_COUNTED"] == str(settings.counted)
    assert settings.spark_master == "spark://cluster:7077"
    assert Settings.from_environment(settings.environment) == settings
    assert Settings.from_environment(home).environment["VAKWERK_COUNTED"] == ""


@pytest.mark.parametrize(
    "name",
    [
        "VAKWERK_TARGET",
        "VAKWERK_HOME",
        "VAKWERK_SURVEY",
        "VAKWERK_SENSOR_SECONDS",
        "VAKWERK_ENGINE",
        "VAKWERK_SPARK_MASTER",
    ],
)
def test_an_empty_setting_is_one_that_is_not_made(name: str) -> None:
    assert Settings.from_environment({name: ""}) == Settings.from_environment({})


def test_targets_differ_by_home_and_threads_only(tmp_path: Path) -> None:
    assert {field.name for field in fields(Target)} == {"home", "threads"}

    homes = {
        target: Settings.from_environment(
            {"VAKWERK_TARGET": target, "VAKWERK_HOME": str(tmp_path)}
        ).environment
        for target in TARGETS
    }
    for environment in homes.values():
        del environment["VAKWERK_TARGET"], environment["VAKWERK_THREADS"]
    assert homes["dev"] == homes["ci"] == homes["prod"]


def test_dbt_knows_the_same_targets_and_no_difference_between_them() -> None:
    profiles = yaml.safe_load((PROJECT / "dbt_project" / "profiles.yml").read_text("utf-8"))
    outputs = profiles["vakwerk"]["outputs"]

    # Spark's is no place to run, and only some models run on it.
    spark = outputs.pop("spark")
    assert spark["type"] == "spark"
    assert set(outputs) == set(TARGETS)
    assert all(output == outputs["dev"] for output in outputs.values())


def test_targets_of_one_checkout_keep_out_of_each_others_home() -> None:
    homes = [target.home for target in TARGETS.values() if target.home]

    assert len(set(homes)) == len(homes) == 2


def test_production_never_lands_in_a_checkout_by_accident(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set VAKWERK_HOME"):
        Settings.from_environment({"VAKWERK_TARGET": "prod"})

    named = Settings.from_environment({"VAKWERK_TARGET": "prod", "VAKWERK_HOME": str(tmp_path)})
    assert named.home == tmp_path


def test_all_state_lies_below_the_home(tmp_path: Path) -> None:
    settings = Settings.from_environment({"VAKWERK_HOME": str(tmp_path)})

    assert all(path.is_relative_to(tmp_path) for path in folders(settings))
    assert len(folders(settings)) == 12


def test_the_key_may_lie_elsewhere(tmp_path: Path) -> None:
    key = tmp_path / "vault" / "respondent.key"
    settings = Settings.from_environment({"VAKWERK_KEY_FILE": str(key)})

    assert settings.key_file == key
    assert settings.environment["VAKWERK_KEY_FILE"] == str(key)


def test_relative_paths_are_of_the_folder_of_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_survey(tmp_path / "survey")
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_environment(
        {"VAKWERK_HOME": "home", "VAKWERK_SURVEY": "survey", "VAKWERK_KEY_FILE": "key"}
    )

    assert settings.home == tmp_path / "home"
    assert settings.survey == tmp_path / "survey"
    assert settings.key_file == tmp_path / "key"


def test_a_folder_without_a_codebook_is_no_survey(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"VAKWERK_SURVEY.*codebook/survey\.csv") as error:
        Settings.from_environment({"VAKWERK_SURVEY": str(tmp_path)})

    assert str(tmp_path) in str(error.value)


def test_the_environment_names_the_survey_by_its_own_id(tmp_path: Path) -> None:
    survey = write_survey(tmp_path / "survey")

    assert Settings.from_environment({}).environment["VAKWERK_SURVEY_ID"] == "vakmanschap"
    assert (
        Settings.from_environment({"VAKWERK_SURVEY": str(survey)}).environment["VAKWERK_SURVEY_ID"]
        == "tiny"
    )


def test_settings_survive_their_own_environment(tmp_path: Path) -> None:
    """Dagster and dbt run in processes of their own and read there what was meant here."""
    settings = Settings.from_environment(
        {
            "VAKWERK_TARGET": "prod",
            "VAKWERK_HOME": str(tmp_path / "home"),
            "VAKWERK_SURVEY": str(write_survey(tmp_path / "survey")),
            "VAKWERK_KEY_FILE": str(tmp_path / "key"),
        }
    )

    assert Settings.from_environment(settings.environment) == settings


def test_no_tool_is_let_to_report_its_use() -> None:
    environment = Settings.from_environment({}).environment

    assert environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert environment["DBT_VERSION_CHECK"] == "false"
    assert environment["GX_ANALYTICS_ENABLED"] == "false"
    assert environment["DAGSTER_DISABLE_TELEMETRY"] == "true"


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_what_dbt_ran_of_a_seed_stays_within_the_home(tmp_path: Path, depth: int) -> None:
    """dbt writes it to `run/<project>/<path of the seed>`, however many steps up that path goes."""
    survey = write_survey(tmp_path.joinpath("survey", *["deeper"] * depth))
    home = tmp_path / "home"
    for folder in (survey, STUDY):
        settings = Settings.from_environment(
            {"VAKWERK_HOME": str(home), "VAKWERK_SURVEY": str(folder)}
        )
        seed = settings.environment["VAKWERK_CODEBOOK"]
        written = settings.dbt_artifacts / "run" / "vakwerk" / seed / "waves.csv"

        assert not Path(seed).is_absolute()
        assert (settings.dbt_project / seed).resolve() == folder / "codebook"
        assert Path(os.path.normpath(written)).is_relative_to(home / "dbt")
