"""What the door promises of a manifest: it is held against the file, and goes where the file goes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from orchestration.deliveries.accepted import waiting_for
from orchestration.deliveries.arriving import arrival_at
from orchestration.deliveries.door import accept, inspect, refuse
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.landing import STANDS_AFTER_SECONDS, pending
from orchestration.deliveries.loading import load
from orchestration.deliveries.manifest import Manifest
from orchestration.deliveries.manifest_reading import read_manifest
from orchestration.deliveries.report import Kind, Problem, Severity
from orchestration.deliveries.warehouse import state
from orchestration.refresh import take_in
from orchestration.settings import Settings
from tests.builders import WEIGHT, csv_text, good_table, settings_for, write_delivery

PAST = time.time() - STANDS_AFTER_SECONDS - 60


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def checksum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def write_manifest(folder: Path, file: Path | str = "wave_2022.csv", **said: object) -> Path:
    """Write `delivery.yml`; what it says of a file that is there is right unless it is given."""
    path = folder / "delivery.yml"
    entry: dict[str, object] = {"name": file if isinstance(file, str) else file.name}
    if isinstance(file, Path):
        entry |= {"sha256": checksum(file), "rows": 12}
    entry |= {key: said.pop(key) for key in ("sha256", "rows", "name") if key in said}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"wave": "2022", "files": [entry], **said}))
    return path


def folder_delivery(folder: Path, name: str = "wave_2022.csv", /, **said: object) -> Path:
    """A folder with a good file and its manifest; gives the file."""
    file = write_delivery(folder / name, good_table())
    write_manifest(folder, file, **said)
    return file


def refused(path: Path, settings: Settings, wave_id: str | None = None) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        accept(path, settings, wave_id)
    return caught.value


def only(problems: tuple[Problem, ...]) -> Problem:
    [problem] = problems
    return problem


@pytest.mark.parametrize("by_folder", [True, False])
def test_a_delivery_that_keeps_its_manifest_is_accepted(
    by_folder: bool, settings: Settings, tmp_path: Path
) -> None:
    file = folder_delivery(tmp_path / "sent", "levering.csv", purpose="first")
    taken = accept(file.parent if by_folder else file, settings)
    assert taken.wave_id == "2022", "the manifest alone tells the wave"
    assert taken.report.problems == ()
    waiting = waiting_for(settings.accepted, "2022")
    assert waiting is not None
    assert (waiting.file_name, waiting.purpose) == ("levering.csv", "first")


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        ({"rows": 13}, Kind.OTHER_ROW_COUNT, "The manifest declares 13 rows, the file has 12."),
        ({"rows": 0}, Kind.OTHER_ROW_COUNT, "The manifest declares 0 rows, the file has 12."),
        ({"sha256": "0" * 64}, Kind.OTHER_CHECKSUM, f"The manifest declares the sha256 {'0' * 64}"),
        (
            {"wave": "2024"},
            Kind.OTHER_WAVE,
            "The manifest says wave '2024', the name of the file '2022'.",
        ),
    ],
)
def test_a_manifest_that_the_file_contradicts_is_refused(
    said: dict[str, object], kind: Kind, message: str, settings: Settings, tmp_path: Path
) -> None:
    file = folder_delivery(tmp_path / "sent", **said)
    problem = only(refused(file, settings).report.problems)
    assert problem.kind is kind
    assert problem.message.startswith(message)
    assert "manifest" in problem.remedy


def test_the_wave_that_is_given_must_be_that_of_the_manifest(
    settings: Settings, tmp_path: Path
) -> None:
    file = folder_delivery(tmp_path / "sent", "levering.csv")
    problem = only(refused(file, settings, "2024").report.problems)
    assert problem.kind is Kind.OTHER_WAVE
    assert problem.message == "The manifest says wave '2022', you said '2024'."


def test_a_wave_that_the_codebook_lacks_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = folder_delivery(tmp_path / "sent", "levering.csv", wave="2031")
    problem = only(refused(file, settings).report.problems)
    assert problem.kind is Kind.UNKNOWN_WAVE
    assert problem.message == "Wave '2031' is not in waves.csv, which has 2022, 2024."


def test_a_file_cut_between_two_rows_is_found_by_the_rows_of_its_manifest(
    settings: Settings, tmp_path: Path
) -> None:
    file = write_delivery(tmp_path / "wave_2022.csv", good_table())
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-3]))
    assert not inspect(file, settings).problems, "nothing else can tell"
    write_manifest(tmp_path, rows=12)
    problem = only(inspect(file, settings).problems)
    assert problem.message == "The manifest declares 12 rows, the file has 9."
    assert "whether the export is complete" in problem.remedy


def test_a_doubtful_end_says_how_a_manifest_would_end_the_doubt(
    settings: Settings, tmp_path: Path
) -> None:
    file = write_delivery(tmp_path / "wave_2022.csv", good_table())
    file.write_bytes(file.read_bytes().removesuffix(b"\n"))
    assert "declares `rows`" in only(inspect(file, settings).problems).remedy
    write_manifest(tmp_path, rows=12)
    assert "declares `rows`" not in only(inspect(file, settings).problems).remedy


def test_a_partial_delivery_is_accepted_with_a_warning(settings: Settings, tmp_path: Path) -> None:
    taken = accept(folder_delivery(tmp_path / "sent", purpose="partial"), settings)
    problem = only(taken.report.problems)
    assert (problem.kind, problem.severity) == (Kind.PARTIAL, Severity.WARN)
    assert problem.message == "Field work goes on: the wave is loaded as interim."
    assert load(settings, "2022").wave.purpose == "partial"


def test_a_manifest_that_cannot_be_used_is_refused_with_its_faults_alone(
    settings: Settings, tmp_path: Path
) -> None:
    file = folder_delivery(tmp_path / "sent", wavy=1, purpose="final")
    report = refused(file, settings).report
    assert [(p.kind, p.message.partition(": ")[2]) for p in report.problems] == [
        (
            Kind.BAD_MANIFEST,
            "`purpose` has to be first, correction (of what was delivered for the wave before) or "
            "partial (field work goes on).",
        ),
        (Kind.BAD_MANIFEST, "`wavy` is no key of a manifest: is `wave` meant?"),
    ]
    assert report.file_name == "wave_2022.csv"


def test_a_manifest_that_is_no_yaml_belongs_to_the_file_that_it_mentions(
    settings: Settings, tmp_path: Path
) -> None:
    for name in ("wave_2022.csv", "wave_2024.csv"):
        write_delivery(tmp_path / name, good_table())
    (tmp_path / "delivery.yml").write_text("wave: [\nfiles: wave_2024.csv")
    assert inspect(tmp_path / "wave_2022.csv", settings).problems == ()
    assert only(inspect(tmp_path / "wave_2024.csv", settings).problems).kind is Kind.BAD_MANIFEST


@pytest.mark.parametrize("by", ["folder", "manifest"])
def test_a_manifest_whose_file_is_not_there_is_told(
    by: str, settings: Settings, tmp_path: Path
) -> None:
    write_delivery(tmp_path / "wave_2024.csv", good_table())
    manifest = write_manifest(tmp_path, "wave_2022.csv")
    problem = only(inspect(tmp_path if by == "folder" else manifest, settings).problems)
    assert problem.kind is Kind.OTHER_FILE
    assert problem.message == (
        "The manifest names 'wave_2022.csv', which is not beside it: there is 'wave_2024.csv'."
    )


def test_a_folder_without_a_manifest_is_no_delivery(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "sent"
    write_delivery(folder / "wave_2022.csv", good_table())
    with pytest.raises(DeliveryError, match=r"a folder is a delivery when it has delivery\.yml"):
        accept(folder, settings)


def test_the_same_file_again_with_a_manifest_that_contradicts_it_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    file = folder_delivery(tmp_path / "sent")
    accept(file, settings)
    load(settings, "2022")
    assert accept(file, settings).database is None
    write_manifest(file.parent, file, sha256="0" * 64)
    assert only(refused(file, settings).report.problems).kind is Kind.OTHER_CHECKSUM


def test_a_decimal_comma_is_read_as_declared_or_found_and_stated(
    settings: Settings, tmp_path: Path
) -> None:
    table = good_table()
    table[WEIGHT] = [None if w is None else w.replace(".", ",") for w in table[WEIGHT]]
    file = tmp_path / "wave_2022.csv"
    file.write_text(csv_text(table))
    report = inspect(file, settings)
    assert report.problems == ()
    assert report.stated[f"decimal sign of {WEIGHT}"] == ", (detected)"
    write_manifest(tmp_path, decimal=",")
    report = inspect(file, settings)
    assert report.problems == ()
    assert report.stated[f"decimal sign of {WEIGHT}"] == ", (declared)"
    write_manifest(tmp_path, decimal=".")
    assert only(inspect(file, settings).problems).kind is Kind.INVALID_WEIGHT


def test_an_archived_delivery_is_taken_in_again_by_its_path_alone(
    settings: Settings, tmp_path: Path
) -> None:
    table = good_table()
    table[WEIGHT] = ["1,5"] * 12
    file = tmp_path / "levering.csv"
    file.write_text(csv_text(table))
    write_manifest(tmp_path, file, decimal=",", sender="bureau", received="2022-07-20")
    accept(file, settings)
    load(settings, "2022")
    archived = settings.archive / "2022" / f"{checksum(file)}.csv"
    said = read_manifest(archived.with_suffix(".delivery.yml"))
    assert isinstance(said, Manifest)
    assert (said.file.name, said.file.sha256, said.file.rows) == (
        "levering.csv",
        checksum(file),
        12,
    )
    assert (said.wave, said.decimal, said.sender) == ("2022", ",", "bureau")
    other = Settings(**{**vars(settings), "home": tmp_path / "other"})
    taken = accept(archived, other)
    assert (taken.wave_id, taken.report.file_name, taken.report.problems) == (
        "2022",
        "levering.csv",
        (),
    )
    assert load(other, "2022").wave.file_name == "levering.csv"


def landed(settings: Settings) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            str(p.path.relative_to(settings.landing)),
            p.wave.wave_id if p.wave else None,
            p.waits_for,
        )
        for p in pending(settings)
    ]


def test_a_folder_waits_until_its_manifest_and_file_are_there(settings: Settings) -> None:
    folder = settings.landing / "levering"
    folder.mkdir(parents=True)
    no_manifest = "the folder has no delivery.yml that names a file in it"
    assert landed(settings) == [("levering", None, no_manifest)]
    write_delivery(folder / "data.csv", good_table())
    assert landed(settings) == [("levering", None, no_manifest)]
    write_manifest(folder, "other.csv")
    missing = "its manifest names 'other.csv', which is not there yet"
    assert landed(settings) == [("levering/delivery.yml", "2022", missing)]
    write_manifest(folder, folder / "data.csv")
    assert landed(settings) == [("levering/data.csv", "2022", None)]


def test_a_file_waits_until_it_has_the_checksum_of_its_manifest_but_not_for_ever(
    settings: Settings,
) -> None:
    file = folder_delivery(settings.landing / "levering")
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    not_yet = "its sha256 is not yet that of its manifest"
    assert landed(settings) == [("levering/wave_2022.csv", "2022", not_yet)]
    os.utime(file, (PAST, PAST))
    assert landed(settings) == [("levering/wave_2022.csv", "2022", None)], "to be refused"
    file.write_bytes(whole)
    assert landed(settings) == [("levering/wave_2022.csv", "2022", None)]


def test_a_manifest_in_the_landing_folder_speaks_of_the_file_that_it_names(
    settings: Settings,
) -> None:
    write_delivery(settings.landing / "data.csv", good_table())
    write_delivery(settings.landing / "wave_2024.csv", good_table())
    write_manifest(settings.landing, "data.csv")
    assert sorted(landed(settings)) == [
        ("data.csv", "2022", None),
        ("wave_2024.csv", "2024", None),
    ]


def test_a_manifest_for_each_file_may_lie_in_the_landing_folder(settings: Settings) -> None:
    for wave_id in ("2022", "2024"):
        write_delivery(settings.landing / f"data_{wave_id[2:]}.csv", good_table())
        manifest = write_manifest(settings.landing, f"data_{wave_id[2:]}.csv", wave=wave_id)
        manifest.rename(settings.landing / f"data_{wave_id[2:]}.delivery.yml")
    assert sorted(landed(settings)) == [
        ("data_22.csv", "2022", None),
        ("data_24.csv", "2024", None),
    ]
    for delivery in pending(settings):
        load(settings, accept(delivery.path, settings).wave_id)
    assert sorted(state(settings)) == ["2022", "2024"]
    assert not any(settings.landing.iterdir())


def test_a_manifest_in_the_landing_folder_that_names_no_file_is_refused_if_it_is_none(
    settings: Settings,
) -> None:
    settings.landing.mkdir(parents=True)
    (settings.landing / "delivery.yml").write_text("wave: [")
    assert landed(settings) == [("delivery.yml", None, None)]
    refusal = refused(settings.landing / "delivery.yml", settings)
    assert only(refusal.report.problems).kind is Kind.BAD_MANIFEST
    assert (refusal.folder / "delivery.yml").read_text() == "wave: ["
    assert landed(settings) == []


def test_a_folder_leaves_the_landing_folder_when_all_of_it_was_taken(settings: Settings) -> None:
    file = folder_delivery(settings.landing / "levering")
    accept(file, settings)
    assert file.exists(), "not before it is loaded"
    load(settings, "2022")
    assert not any(settings.landing.iterdir())


def test_a_manifest_leaves_the_landing_folder_with_its_file(settings: Settings) -> None:
    file = folder_delivery(settings.landing)
    accept(file, settings)
    load(settings, "2022")
    assert not any(settings.landing.iterdir())


def test_what_else_lies_in_a_folder_is_told_and_stays(settings: Settings) -> None:
    file = folder_delivery(settings.landing / "levering")
    (file.parent / "notes.txt").write_text("for you")
    problem = only(accept(file, settings).report.problems)
    assert (problem.kind, problem.severity) == (Kind.UNREAD_FILE, Severity.WARN)
    assert (
        problem.message
        == "The folder of the delivery has more than the manifest names: 'notes.txt'."
    )
    load(settings, "2022")
    assert [path.name for path in file.parent.iterdir()] == ["notes.txt"]
    assert [name for name, _, _ in landed(settings)] == ["levering"]


def refuse_at_the_door(file: Path, settings: Settings) -> DeliveryRefused:
    write_manifest(file.parent, file, rows=13)
    return refused(file, settings)


def refuse_for_its_answers(file: Path, settings: Settings) -> DeliveryRefused:
    accept(file, settings)
    return refuse(settings, "2022", [Problem(Kind.IMPLAUSIBLE, "All alike.", "Ask.")])


@pytest.mark.parametrize("way", [refuse_at_the_door, refuse_for_its_answers])
def test_a_refused_delivery_keeps_its_manifest_beside_the_file(
    way: Callable[[Path, Settings], DeliveryRefused], settings: Settings
) -> None:
    file = folder_delivery(settings.landing / "levering")
    folder = way(file, settings).folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "delivery.yml",
        "report.html",
        "report.json",
        "report.txt",
        "wave_2022.csv",
    ]
    again = arrival_at(folder)
    assert again.file == folder / "wave_2022.csv"
    assert again.manifest is not None
    assert not any(settings.landing.iterdir())


def test_a_file_that_is_called_like_a_report_does_not_take_its_place(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "report.txt"
    file.write_text("mine")
    folder = refused(file, settings).folder
    assert "report.txt: refused" in (folder / "report.txt").read_text()
    assert (folder / "report.txt.delivered").read_text() == "mine"


def test_a_folder_that_is_named_is_one_delivery_or_holds_several(
    settings: Settings, tmp_path: Path
) -> None:
    folder = folder_delivery(tmp_path / "sent", "levering.csv").parent
    (folder / "notes.txt").write_text("for you")
    taken = take_in(settings, [folder])
    assert (taken.waves, taken.refusals) == (("2022",), ())
    several = tmp_path / "several"
    write_delivery(several / "data.csv", good_table(rows=20))
    write_manifest(several, "data.csv", wave="2024").rename(several / "data.delivery.yml")
    write_delivery(several / "corrected_2022.csv", good_table(rows=20))
    taken = take_in(settings, [several])
    assert taken.waves == ("2022", "2024")
    assert [refusal.report.problems[0].kind for refusal in taken.refusals] == []
