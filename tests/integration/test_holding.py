"""A correction that changes few people is held back until somebody releases it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration.deliveries.accepted import held_because, let_go, waiting_for
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.loading import load
from orchestration.dry_run import check_delivery
from orchestration.holding import hold
from orchestration.settings import Settings
from tests.builders import (
    CODEBOOK,
    ROLE,
    Table,
    good_table,
    settings_for,
    write_delivery,
    write_survey,
)

ROWS = 120
HOLDING = CODEBOOK["survey"].replace("false", "true")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A survey that holds corrections, its first wave loaded and published."""
    settings = settings_for(tmp_path, write_survey(tmp_path / "survey", survey=HOLDING))
    deliver(settings, tmp_path / "wave_2022.csv", good_table(ROWS))
    publish(settings, "2022")
    return settings


def publish(settings: Settings, *waves: str) -> None:
    """What a publication leaves behind, as far as holding looks at it."""
    settings.published.mkdir(exist_ok=True)
    listed = {"waves": [{"wave_id": wave} for wave in waves]}
    (settings.published / "manifest.json").write_text(json.dumps(listed), encoding="utf-8")


def deliver(settings: Settings, path: Path, table: Table) -> str | None:
    """Deliver a wave as every way in does; gives why it is held back, if it is."""
    accepted = accept(write_delivery(path, table), settings)
    reason = hold(settings, accepted.wave_id)
    load(settings, accepted.wave_id)
    return reason


def altered(rows: int) -> dict[str, list[str | None]]:
    """The wave with another answer of the first so many respondents."""
    table = good_table(ROWS)
    table["v1"] = [
        {"1": "2"}.get(code or "", "1") if row < rows else code
        for row, code in enumerate(table["v1"])
    ]
    return table


def revision(settings: Settings) -> int:
    return load(settings, "2022").wave.revision


def test_a_correction_of_one_answer_waits_and_says_why(settings: Settings, tmp_path: Path) -> None:
    reason = deliver(settings, tmp_path / "corrected_2022.csv", altered(1))
    assert reason is not None
    assert "'corrected_2022.csv' changes 1 of the respondents" in reason
    assert "fewer than 10" in reason
    assert held_because(settings.accepted, "2022") == reason
    assert revision(settings) == 1


def test_a_correction_is_loaded_once_it_is_released(settings: Settings, tmp_path: Path) -> None:
    deliver(settings, tmp_path / "corrected_2022.csv", altered(1))
    assert let_go(settings.accepted, "2022").file_name == "corrected_2022.csv"
    assert revision(settings) == 2
    with pytest.raises(DeliveryError, match="No delivery of wave 2022 is held"):
        let_go(settings.accepted, "2022")


def test_a_correction_of_many_in_every_group_is_not_held(
    settings: Settings, tmp_path: Path
) -> None:
    assert deliver(settings, tmp_path / "corrected_2022.csv", altered(ROWS)) is None
    assert revision(settings) == 2


def test_a_correction_of_many_is_held_for_the_one_group_of_which_it_changes_few(
    settings: Settings, tmp_path: Path
) -> None:
    table = altered(ROWS)
    given = good_table(ROWS)
    table["v1"] = [
        code if role == "L" and row > 20 else new
        for row, (code, new, role) in enumerate(
            zip(given["v1"], table["v1"], table[ROLE], strict=True)
        )
    ]
    reason = deliver(settings, tmp_path / "corrected_2022.csv", table)
    assert reason is not None
    assert "changes 6 of the respondents of a group" in reason


def test_newcomers_and_leavers_are_changed_respondents_too(
    settings: Settings, tmp_path: Path
) -> None:
    assert deliver(settings, tmp_path / "longer_2022.csv", good_table(ROWS + 2)) is not None
    shorter = {name: codes[:-3] for name, codes in good_table(ROWS).items()}
    assert deliver(settings, tmp_path / "shorter_2022.csv", shorter) is not None


def test_a_correction_that_comes_while_one_is_held_takes_its_place(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(settings, tmp_path / "corrected_2022.csv", altered(1))
    assert deliver(settings, tmp_path / "better_2022.csv", altered(ROWS)) is None
    assert revision(settings) == 2
    assert waiting_for(settings.accepted, "2022") is None
    assert held_because(settings.accepted, "2022") is None


def test_a_held_delivery_leaves_the_landing_folder(settings: Settings) -> None:
    settings.landing.mkdir(exist_ok=True)
    path = settings.landing / "corrected_2022.csv"
    assert deliver(settings, path, altered(1)) is not None
    assert not path.exists()


def test_a_check_says_beforehand_that_a_correction_would_be_held(
    settings: Settings, tmp_path: Path
) -> None:
    few = write_delivery(tmp_path / "corrected_2022.csv", altered(1))
    many = write_delivery(tmp_path / "other_2022.csv", altered(ROWS))
    told = check_delivery(few, settings).changes
    assert told[-1].startswith("It would be held back: 'corrected_2022.csv' changes 1 of")
    assert not any("held back" in line for line in check_delivery(many, settings).changes)
    assert waiting_for(settings.accepted, "2022") is None


def test_what_nobody_has_seen_is_not_held(settings: Settings, tmp_path: Path) -> None:
    publish(settings, "2024")
    assert deliver(settings, tmp_path / "corrected_2022.csv", altered(1)) is None


def test_a_survey_may_choose_to_publish_every_correction(
    settings: Settings, tmp_path: Path
) -> None:
    survey = settings.codebook / "survey.csv"
    survey.write_text(survey.read_text().replace("true", "false"))
    assert deliver(settings, tmp_path / "corrected_2022.csv", altered(1)) is None
