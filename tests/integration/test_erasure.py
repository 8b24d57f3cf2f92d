"""What forgetting promises for deliveries, archive and raw waves: nothing of the person remains.

What belongs here: the small survey without its marts. What does not: what was counted with the
person, which `acceptance/test_forgetting` holds against a warehouse that never had them.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.analysis.log import Copy, copies, note
from orchestration.deliveries.accepted import database_of, waiting_for
from orchestration.deliveries.door import accept, refuse
from orchestration.deliveries.erasure import forgetting
from orchestration.deliveries.erasure.certificate import Certificate, Removal, certificate_of
from orchestration.deliveries.erasure.forgetting import bury, forget
from orchestration.deliveries.erasure.person import ErasureError, Person, hidden_id
from orchestration.deliveries.erasure.traces import traces
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.formats import FORMATS, READERS
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.history import revisions
from orchestration.deliveries.loading import load
from orchestration.deliveries.manifest import Manifest
from orchestration.deliveries.report import Kind, Problem
from orchestration.deliveries.restoring import restore
from orchestration.deliveries.rewriting import rewritten
from orchestration.deliveries.tombstones import tombstones_file
from orchestration.deliveries.warehouse import connected, state
from orchestration.settings import Settings
from tests.builders import RESPONDENT, good_table, settings_for, write_delivery

ROWS = 12
WHO = "person-7f3a91c2-whom-nobody-knows"
WAVE = "2022"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def table_with(person: str = WHO, rows: int = ROWS) -> dict[str, list[str | None]]:
    table = good_table(rows)
    table[RESPONDENT][4] = person
    return table


def load_file(path: Path, settings: Settings) -> None:
    load(settings, accept(path, settings, WAVE).wave_id)


def hashed(settings: Settings, respondent_id: str = WHO) -> str:
    return hidden_id(settings, Person(WAVE, respondent_id, RESPONDENT))


def holding(settings: Settings) -> list[str]:
    """Every file of the home, the tombstone's apart, that holds the id or the hash in any table or byte."""
    hidden = hashed(settings)
    sought = [WHO.encode(), hidden.encode(), bytes.fromhex(hidden)]
    found = []
    for path in settings.home.rglob("*"):
        if not path.is_file() or path == tombstones_file(settings):
            continue
        cells = set(_cells(path))
        if cells & {WHO, hidden} or any(each in path.read_bytes() for each in sought):
            found.append(path.relative_to(settings.home).as_posix())
    return sorted(found)


def _cells(path: Path) -> Iterator[object]:
    """The values that a file holds in its tables, however it packs them."""
    suffix = next((each for each in READERS if path.name.endswith(each)), None)
    with duckdb.connect(path if path.suffix == ".duckdb" else ":memory:") as connection:
        if path.suffix != ".duckdb":
            if suffix is None:
                return
            READERS[suffix](path, connection, path.parent, Reading())
        tables = connection.execute(
            'select format(\'"{}"."{}"\', schema_name, table_name) from duckdb_tables()'
        ).fetchall()
        for (table,) in tables:
            for row in connection.execute(f"from {table}").fetchall():
                yield from map(str, row)


def query(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with connected(settings, read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("suffix", [*FORMATS, ".csv.gz", ".zip"])
def test_a_respondent_leaves_every_file_of_a_delivery_in_any_format(
    tmp_path: Path, settings: Settings, suffix: str
) -> None:
    load_file(write_delivery(tmp_path / f"wave{suffix}", table_with()), settings)
    assert len(holding(settings)) == 2
    everyone = query(settings, "from raw.wave_2022")

    certificate = forget(settings, WAVE, WHO)
    rewritten(settings.warehouse)

    assert holding(settings) == []
    assert traces(settings, WAVE, WHO) == []
    hidden = hashed(settings)
    assert query(settings, "from raw.wave_2022") == [row for row in everyone if hidden not in row]
    assert not certificate.by_hand
    archive = [path.name for path in (settings.archive / WAVE).iterdir()]
    assert f"{state(settings)[WAVE].sha256}.redacted.parquet" in archive
    assert not any(name.endswith(suffix) and "redacted" not in name for name in archive)


def test_an_erasure_is_a_revision_of_the_wave(tmp_path: Path, settings: Settings) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    before = state(settings)[WAVE]
    with connected(settings) as connection:
        connection.execute(
            "insert into raw.figures_before values ('2022', 1, 'C1', 'total', '', 1, 1), ('2024', 1, 'C1', 'total', '', 1, 1)"
        )
    certificate = forget(settings, WAVE, WHO)
    now = state(settings)[WAVE]
    assert (now.revision, now.purpose, now.row_count) == (2, "erasure", ROWS - 1)
    assert (now.sha256, now.format) == (before.sha256, "redacted.parquet")
    assert query(settings, "select distinct format from raw.deliveries") == [("redacted.parquet",)]
    assert (certificate.revision_before, certificate.revision_after) == (1, 2)
    difference = (
        "select revision, rows_in, rows_out, rows_altered from raw.differences where revision = 2"
    )
    assert query(settings, difference) == [(2, 0, 1, 0)]
    assert query(settings, "select wave_id from raw.figures_before") == [("2024",)]


def test_every_revision_in_the_archive_is_redacted_that_holds_the_person(
    tmp_path: Path, settings: Settings
) -> None:
    load_file(write_delivery(tmp_path / "1.csv", table_with()), settings)
    load_file(write_delivery(tmp_path / "2.csv", table_with(rows=14)), settings)
    load_file(write_delivery(tmp_path / "3.csv", good_table(16)), settings)
    forget(settings, WAVE, WHO)
    rewritten(settings.warehouse)
    assert holding(settings) == []
    assert state(settings)[WAVE].revision == 3, "the loaded revision never had the person"
    formats = "select format from raw.deliveries order by revision"
    assert query(settings, formats) == [("redacted.parquet",), ("redacted.parquet",), ("csv",)]


def test_the_manifest_of_a_redacted_file_fits_it(tmp_path: Path, settings: Settings) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    archive = settings.archive / WAVE
    checksum = state(settings)[WAVE].sha256
    said = {"wave": WAVE, "files": [{"name": "wave.csv", "sha256": checksum, "rows": ROWS}]}
    said |= {"delimiter": ",", "encoding": "utf-8", "sender": "field work", "purpose": "first"}
    place = archive / f"{checksum}.delivery.yml"
    place.write_text(yaml.safe_dump(said), encoding="utf-8")
    forget(settings, WAVE, WHO)
    manifest = Manifest.model_validate(yaml.safe_load(place.read_text(encoding="utf-8")))
    redacted = archive / manifest.file.name
    assert manifest.file.sha256 == sha256(redacted.read_bytes()).hexdigest()
    assert (manifest.file.rows, manifest.encoding, manifest.delimiter) == (ROWS - 1, None, None)
    assert (manifest.sender, manifest.purpose) == ("field work", "first")


def test_a_second_respondent_leaves_a_file_that_was_redacted_before(
    tmp_path: Path, settings: Settings
) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    forget(settings, WAVE, "r0001")
    forget(settings, WAVE, WHO)
    rewritten(settings.warehouse)
    assert holding(settings) == []
    assert state(settings)[WAVE].row_count == ROWS - 2
    assert len(list(settings.erasures.glob("*.json"))) == 2


def test_a_delivery_that_waits_to_be_loaded_is_loaded_without_the_person(
    tmp_path: Path, settings: Settings
) -> None:
    accept(write_delivery(tmp_path / "wave.xlsx", table_with()), settings, WAVE)
    certificate = forget(settings, WAVE, WHO)
    assert holding(settings) == []
    waiting = waiting_for(settings.accepted, WAVE)
    assert waiting
    assert (waiting.row_count, waiting.format) == (ROWS - 1, "redacted.parquet")
    assert Removal("accepted/2022.duckdb", "deleted", "delivered", 1) in certificate.removed
    load(settings, WAVE)
    rewritten(settings.warehouse)
    assert holding(settings) == []
    assert state(settings)[WAVE].row_count == ROWS - 1


def test_a_delivery_of_nobody_else_is_not_loaded_at_all(tmp_path: Path, settings: Settings) -> None:
    alone = {name: values[4:5] for name, values in table_with().items()}
    accept(write_delivery(tmp_path / "wave.csv", alone), settings, WAVE)
    forget(settings, WAVE, WHO)
    assert holding(settings) == []
    assert waiting_for(settings.accepted, WAVE) is None


def test_rejected_deliveries_that_may_hold_the_person_are_removed_and_no_others(
    tmp_path: Path, settings: Settings
) -> None:
    broken = table_with() | {"v1": ["7"] * ROWS}
    doubled = table_with() | {RESPONDENT: [WHO] * ROWS}
    harmless = good_table() | {"v1": ["7"] * ROWS}
    deliveries = [
        (write_delivery(tmp_path / "broken.csv", broken), WAVE),
        (write_delivery(tmp_path / "doubled.sav", doubled), WAVE),
        (write_delivery(tmp_path / "nobody's.csv", table_with()), None),
        (write_delivery(tmp_path / "harmless.csv", harmless), WAVE),
        (
            write_delivery(tmp_path / "other.csv", broken | {RESPONDENT: good_table()[RESPONDENT]}),
            "2024",
        ),
    ]
    cut = write_delivery(tmp_path / "cut.parquet", table_with())
    cut.write_bytes(cut.read_bytes()[:-20])
    deliveries.append((cut, WAVE))
    for path, wave_id in deliveries:
        with pytest.raises(DeliveryRefused):
            accept(path, settings, wave_id)
    accept(write_delivery(tmp_path / "set_aside.csv", table_with()), settings, WAVE)
    refuse(settings, WAVE, [Problem(Kind.IMPLAUSIBLE, "Odd.", "Ask.")])

    certificate = forget(settings, WAVE, WHO)

    assert holding(settings) == []
    kept = sorted(path.name.partition("_")[2] for path in settings.rejected.iterdir())
    assert kept == ["harmless.csv", "other.csv"]
    assert len([told for told in certificate.removed if told.file.startswith("rejected/")]) == 5


def test_pages_and_reports_about_the_wave_are_removed(settings: Settings) -> None:
    for place in ("quality/delivery_2022.html", "quality/delivery_2024.html", "quality/marts.json"):
        (settings.home / place).parent.mkdir(parents=True, exist_ok=True)
        (settings.home / place).write_text("{}", encoding="utf-8")
    for name, wave_id in (("a", "2022"), ("b", "2024"), ("c", None)):
        (settings.checked / name).mkdir(parents=True)
        report = json.dumps({"wave_id": wave_id})
        (settings.checked / name / "report.json").write_text(report, encoding="utf-8")
    forget(settings, WAVE, WHO)
    assert sorted(path.name for path in settings.quality.iterdir()) == [
        "delivery_2024.html",
        "marts.json",
    ]
    assert [path.name for path in settings.checked.iterdir()] == ["b"]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """The certificate of a call that nothing kept from its end."""
    folder = tmp_path_factory.mktemp("at_once")
    settings = settings_for(folder)
    everything_at_once(folder, settings)
    return forget(settings, WAVE, WHO)


@pytest.mark.parametrize(
    ("when", "step"),
    [
        ("after its first word", "erase_waiting"),
        ("after it", "erase_waiting"),
        ("after its first word", "erase_archived"),
        ("after it", "erase_reported"),
        ("after its first word", "erase_rows"),
        ("after it", "erase_rows"),
    ],
)
def test_a_call_that_was_killed_is_finished_by_the_next(
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    at_once: Certificate,
    step: str,
    when: str,
) -> None:
    everything_at_once(tmp_path, settings)
    with monkeypatch.context() as patch:
        patch.setattr(forgetting, step, killed(getattr(forgetting, step), when))
        with pytest.raises(KeyboardInterrupt):
            forget(settings, WAVE, WHO)
    certificate = forget(settings, WAVE, WHO)
    rewritten(settings.warehouse)

    assert holding(settings) == []
    assert state(settings)[WAVE].revision == 2
    assert told(certificate) == told(at_once)


def everything_at_once(folder: Path, settings: Settings) -> None:
    """A person who is loaded, archived, rejected, and in a delivery that waits."""
    load_file(write_delivery(folder / "wave.csv", table_with()), settings)
    with pytest.raises(DeliveryRefused):
        accept(
            write_delivery(folder / "bad.csv", table_with() | {"v1": ["7"] * ROWS}), settings, WAVE
        )
    accept(write_delivery(folder / "wave.sav", table_with()), settings, WAVE)
    settings.quality.mkdir(exist_ok=True)
    (settings.quality / f"delivery_{WAVE}.json").write_text("{}", encoding="utf-8")


def killed(
    step: Callable[..., Iterator[Removal | str]], when: str
) -> Callable[..., Iterator[Removal | str]]:
    def run(*arguments: object) -> Iterator[Removal | str]:
        for word in step(*arguments):
            yield word
            if when == "after its first word":
                raise KeyboardInterrupt
        raise KeyboardInterrupt

    return run


def told(certificate: Certificate) -> set[tuple[str, str | None, int | None]]:
    """What a certificate says was removed, but for the moments in the names of folders."""
    return {
        (removal.file.partition("_")[0][:9], removal.table, removal.rows)
        for removal in certificate.removed
    }


def test_somebody_who_was_never_delivered_is_kept_out_of_what_comes(
    tmp_path: Path, settings: Settings
) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", good_table()), settings)
    certificate = forget(settings, WAVE, WHO)
    assert certificate.removed == []
    assert "Nothing of this respondent was found" in certificate.as_text()
    assert state(settings)[WAVE].revision == 1
    load_file(write_delivery(tmp_path / "again.csv", table_with(rows=14)), settings)
    rewritten(settings.warehouse)
    assert holding(settings) == []
    assert state(settings)[WAVE].row_count == 13


@pytest.mark.parametrize("suffix", [".csv", ".sav"])
def test_a_delivery_that_still_has_the_person_is_loaded_without_them(
    tmp_path: Path, settings: Settings, suffix: str
) -> None:
    original = write_delivery(tmp_path / f"wave{suffix}", table_with())
    load_file(original, settings)
    forget(settings, WAVE, WHO)
    outcome = accept(original, settings, WAVE)
    assert outcome.database is None, "this very file is loaded already"
    load_file(write_delivery(tmp_path / f"corrected{suffix}", table_with(rows=14)), settings)
    rewritten(settings.warehouse)
    assert holding(settings) == []
    now = state(settings)[WAVE]
    assert (now.revision, now.purpose, now.row_count) == (3, "correction", 13)


def test_a_faulty_delivery_that_still_has_the_person_is_refused_and_not_kept(
    tmp_path: Path, settings: Settings
) -> None:
    forget(settings, WAVE, WHO)
    faulty = table_with() | {"v1": ["7"] * ROWS}
    with pytest.raises(DeliveryRefused):
        accept(write_delivery(tmp_path / "wave.csv", faulty), settings, WAVE)
    assert holding(settings) == []


def test_the_same_id_in_another_wave_is_another_person(tmp_path: Path, settings: Settings) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    path = write_delivery(tmp_path / "other.csv", table_with())
    load(settings, accept(path, settings, "2024").wave_id)
    forget(settings, WAVE, WHO)
    assert state(settings)["2024"].row_count == ROWS
    assert [
        path.suffix for path in (settings.archive / "2024").iterdir() if "yml" not in path.name
    ] == [".csv"]


def test_an_id_is_the_text_that_was_delivered(tmp_path: Path, settings: Settings) -> None:
    table = table_with("00123")
    table[RESPONDENT][5] = "123"
    load_file(write_delivery(tmp_path / "wave.csv", table), settings)
    forget(settings, WAVE, "123")
    assert query(
        settings, f"select count(*) from raw.wave_2022 where nr = '{hashed(settings, '00123')}'"
    ) == [(1,)]
    assert query(
        settings, f"select count(*) from raw.wave_2022 where nr = '{hashed(settings, '123')}'"
    ) == [(0,)]


def test_an_archived_file_that_cannot_be_read_is_left_to_a_person(
    tmp_path: Path, settings: Settings
) -> None:
    load_file(write_delivery(tmp_path / "wave.parquet", table_with()), settings)
    archived = next((settings.archive / WAVE).glob("*.parquet"))
    archived.write_bytes(archived.read_bytes()[:-20])
    certificate = forget(settings, WAVE, WHO)
    assert len(certificate.by_hand) == 1
    assert f"archive/2022/{archived.name} cannot be read" in certificate.by_hand[0]
    archived.unlink()
    assert forget(settings, WAVE, WHO).by_hand == []


def test_a_certificate_tells_what_was_removed_and_not_from_whom(
    tmp_path: Path, settings: Settings
) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    certificate = forget(settings, WAVE, WHO)
    assert certificate_of(settings, WAVE, certificate.erased_at) == certificate
    for suffix in (".json", ".txt"):
        place = settings.erasures / f"{certificate.name}{suffix}"
        text = place.read_text(encoding="utf-8")
        assert "raw.wave_2022" in text
        assert f"{state(settings)[WAVE].sha256}.csv" in text
        assert WHO not in text
        assert hashed(settings) not in text
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert "not finished yet" in certificate.as_text()
    assert "- warehouse.duckdb, table raw.wave_2022: deleted (1 row)" in certificate.as_text()


def test_a_wave_that_is_not_known_forgets_nobody(settings: Settings) -> None:
    with pytest.raises(ErasureError, match=r"'1999' is not in waves.csv, which has 2022, 2024"):
        bury(settings, "1999", WHO)
    with pytest.raises(ErasureError, match="No respondent was named"):
        bury(settings, WAVE, "")
    assert not settings.erasures.exists()


def test_without_its_key_nobody_is_forgotten_by_halves(tmp_path: Path, settings: Settings) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    settings.key_file.unlink()
    with pytest.raises(DeliveryError, match="restore it from its backup"):
        forget(settings, WAVE, WHO)
    assert state(settings)[WAVE].row_count == ROWS
    assert database_of(settings.accepted, WAVE).exists() is False


def test_an_earlier_revision_comes_back_without_the_person(
    settings: Settings, tmp_path: Path
) -> None:
    load_file(write_delivery(tmp_path / "first.csv", table_with()), settings)
    corrected = table_with()
    corrected["v1"][0] = "2" if corrected["v1"][0] != "2" else "3"
    load_file(write_delivery(tmp_path / "second.csv", corrected), settings)
    bury(settings, WAVE, WHO)
    forget(settings, WAVE, WHO)
    rewritten(settings.warehouse)
    restore(settings, WAVE, revision=1)
    load(settings, WAVE)
    history = [(each.wave.purpose, each.wave.row_count) for each in revisions(settings, WAVE)]
    assert history == [
        ("first", ROWS),
        ("correction", ROWS),
        ("erasure", ROWS - 1),
        ("restored", ROWS - 1),
    ]
    with connected(settings, read_only=True) as connection:
        found = connection.execute("select v1 from raw.wave_2022").fetchall()
    first = table_with()["v1"]
    assert [value for (value,) in found] == [*first[:4], *first[5:]]
    assert traces(settings, WAVE, WHO) == []


# Analysts' copies


def copied(settings: Settings, path: Path, *waves: str) -> Copy:
    """A copy of these waves as the log has it, and a file in its place."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"answers")
    copy = Copy(
        "2024-01-01T00:00:00+00:00", "anna", "sudo", dict.fromkeys(waves, 1), 1, 1, str(path), ""
    )
    note(settings, copy)
    return copy


def test_every_copy_of_the_wave_is_removed_and_no_other(tmp_path: Path, settings: Settings) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    inside, outside, other = (
        copied(settings, folder / "copy" / "answers.duckdb", *waves)
        for folder, waves in (
            (settings.home / "analysis", [WAVE, "2024"]),
            (tmp_path / "elsewhere", [WAVE]),
            (tmp_path / "other", ["2024"]),
        )
    )
    killed = settings.home / "analysis" / ".copying_x"
    killed.mkdir()
    certificate = forget(settings, WAVE, WHO)

    assert not killed.exists()
    assert [copy.path for copy in copies(settings)] == [other.path]
    assert not Path(inside.path).parent.exists()
    assert not Path(outside.path).parent.exists()
    assert Path(other.path).exists()
    told = {removal.file for removal in certificate.removed}
    assert {"analysis/copy/answers.duckdb", outside.path} <= told
    assert not certificate.elsewhere
    assert not certificate.by_hand


def test_a_copy_that_is_gone_is_named_and_stops_nothing(tmp_path: Path, settings: Settings) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    gone, kept = (
        copied(settings, tmp_path / name / "answers.duckdb", WAVE) for name in ("gone", "kept")
    )
    Path(gone.path).unlink()
    beside = Path(kept.path).with_name("my_tables.csv")
    beside.touch()
    certificate = forget(settings, WAVE, WHO)

    assert len(certificate.elsewhere) == 2
    assert certificate.elsewhere[0].startswith(f"the analyst's copy {gone.path}, made 2024")
    assert certificate.elsewhere[0].endswith("by anna for sudo")
    assert str(kept.path) in certificate.elsewhere[1]
    assert beside.exists()
    assert not Path(kept.path).exists()
    assert not certificate.by_hand
    assert gone.path in certificate.as_text()


def test_a_copy_that_cannot_be_looked_for_or_removed_is_left_to_a_person(
    tmp_path: Path, settings: Settings
) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    stuck = copied(settings, tmp_path / "stuck" / "answers.duckdb", WAVE)
    # A folder cannot be unlinked, and a name so long not be looked for, by root either.
    Path(stuck.path).unlink()
    Path(stuck.path).mkdir()
    unseen = replace(stuck, path=str(tmp_path / ("x" * 300)))
    note(settings, unseen)
    certificate = forget(settings, WAVE, WHO)

    assert [
        path in told
        for path, told in zip((stuck.path, unseen.path), certificate.by_hand, strict=True)
    ] == [True, True]
    assert all(told.endswith("remove it.") for told in certificate.by_hand)
    assert copies(settings) == [stuck, unseen]


def test_a_log_of_copies_that_cannot_be_read_is_told_and_stops_nothing(
    tmp_path: Path, settings: Settings
) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", table_with()), settings)
    copied(settings, tmp_path / "copy" / "answers.duckdb", WAVE)
    with (settings.home / "analysis" / "copies.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"copy": "ma')
    certificate = forget(settings, WAVE, WHO)

    (told,) = certificate.by_hand
    assert "copies.jsonl cannot be read" in told
    assert state(settings)[WAVE].row_count == ROWS - 1


def test_copies_stay_where_nobody_of_that_id_was_loaded(tmp_path: Path, settings: Settings) -> None:
    load_file(write_delivery(tmp_path / "wave.csv", good_table()), settings)
    copy = copied(settings, tmp_path / "copy" / "answers.duckdb", WAVE)
    forget(settings, WAVE, "nobody-has-this-id")

    assert copies(settings) == [copy]
    assert Path(copy.path).exists()
