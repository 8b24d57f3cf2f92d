"""What a manifest promises: what is written is what is read, and faults are told in plain words."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.manifest import (
    SCHEMA,
    DeliveredFile,
    Manifest,
    json_schema,
    manifest_of,
    name_for_manifest,
)
from orchestration.deliveries.manifest_reading import read_manifest
from orchestration.deliveries.report import Kind
from orchestration.settings import PROJECT

WHOLE = f"""
# A sender's own words.
wave: 2022
files:
  - name: wave_2022.csv
    sha256: {"AB" * 32}
    rows: 3700
encoding: windows-1252
delimiter: ;
quote: "'"
decimal: ","
sheet: 2022
sender: field work agency
received: 2022-07-20
purpose: correction
"""
SHORT = "wave: 2022\nfiles:\n  - name: a.csv\n"


def read(folder: Path, text: str | bytes) -> Manifest | list[str]:
    """The manifest with this text, or the messages of what is wrong with it."""
    path = folder / "delivery.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = read_manifest(path)
    if isinstance(said, Manifest):
        return said
    assert {problem.kind for problem in said} == {Kind.BAD_MANIFEST}
    assert all(problem.remedy for problem in said)
    return [problem.message for problem in said]


def test_every_key_is_read(tmp_path: Path) -> None:
    said = read(tmp_path, WHOLE)
    assert isinstance(said, Manifest)
    assert said.wave == "2022"
    assert said.file == DeliveredFile(name="wave_2022.csv", sha256="ab" * 32, rows=3700)
    assert said.reading == Reading("windows-1252", ";", "'", ",", "2022")
    assert (said.sender, said.received) == ("field work agency", date(2022, 7, 20))
    assert said.purpose == "correction"


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("wave: 2022", "wave", "2022"),
        ("wave: 0x10", "wave", "0x10"),
        ("wave: 022", "wave", "022"),
        ("wave: no", "wave", "no"),
        ("wave: 1e3", "wave", "1e3"),
        ("wave: '2022'", "wave", "2022"),
        ("wave: 2022 # the first", "wave", "2022"),
        ("sheet: 2022-07-20", "sheet", "2022-07-20"),
        ("sheet: 'null'", "sheet", "null"),
        ("sender: null", "sender", None),
        ("sender:", "sender", None),
        ("sender: ~", "sender", None),
        ("delimiter: tab", "delimiter", "tab"),
        (r"delimiter: \t", "delimiter", r"\t"),
        (r'delimiter: "\t"', "delimiter", "\t"),
        ("delimiter: '|'", "delimiter", "|"),
        ("quote: none", "quote", "none"),
        ("quote: '\"'", "quote", '"'),
        ("received: 2022-07-20T09:30:00", "received", datetime(2022, 7, 20, 9, 30)),
        ("received: 2022-07-20 09:30:00", "received", datetime(2022, 7, 20, 9, 30)),
        ("decimal: .", "decimal", "."),
    ],
)
def test_yaml_sets_no_traps(line: str, key: str, value: object, tmp_path: Path) -> None:
    text = line + "\nfiles: [{name: a.csv}]\n" + ("" if key == "wave" else "wave: x\n")
    said = read(tmp_path, text)
    assert isinstance(said, Manifest)
    assert getattr(said, key) == value


def test_a_checksum_of_digits_alone_stays_text(tmp_path: Path) -> None:
    said = read(tmp_path, SHORT + f"    sha256: {'0' * 63}1\n")
    assert isinstance(said, Manifest)
    assert said.file.sha256 == "0" * 63 + "1"


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    said = read(tmp_path, b"\xef\xbb\xbf" + SHORT.replace("\n", "\r\n").encode())
    assert isinstance(said, Manifest)
    assert (said.wave, said.file.name) == ("2022", "a.csv")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["The manifest is empty."]),
        ("# nothing\n", ["The manifest is empty."]),
        ("- 2022\n", ["Line 1: the manifest is no list of keys such as `wave: 2022`."]),
        ("wave: 1\nwave: 2\n", ["Line 2: `wave` is there twice."]),
        (
            "wave: &x 1\nfiles: *x\n",
            ["Line 1: an anchor (&) is used again (*): write the value out."],
        ),
        (
            "wave: 1\n\tfiles: x\n",
            [
                "Line 2: this is no YAML: found character '\\t' that cannot start any token.",
            ],
        ),
        ("wave: 1\n---\nwave: 2\n", ["Line 2: this is no YAML: but found another document."]),
        (b"wave: \xff\n", ["The manifest is not UTF-8 text."]),
        ("wave: \x07\n", ["The manifest has characters or brackets that YAML cannot have."]),
        ("[" * 5000, ["The manifest has characters or brackets that YAML cannot have."]),
        (b"#" * 70_000, ["The manifest is longer than 65536 bytes, so it is none."]),
        ("? [a]\n: b\n", ["Line 1: a key is no word."]),
        (
            "files: [{name: a.csv}]\n",
            ["Line 1: `wave` is missing: the wave, as its wave_id in waves.csv."],
        ),
        (
            "wave: 2022\n",
            [
                "Line 1: `files` is missing: a list of just one file, with its `name` and, if you "
                "can, `sha256` and `rows`."
            ],
        ),
        (
            "wave: 1\nfiles: []\n",
            [
                "Line 2: `files` has to be a list of just one file, with its `name` and, if you "
                "can, `sha256` and `rows`."
            ],
        ),
        (
            "wave: 1\nfiles: [{name: a}, {name: b}]\n",
            [
                "Line 2: `files` has to be a list of just one file, with its `name` and, if you "
                "can, `sha256` and `rows`."
            ],
        ),
        (
            "wave: 1\nfiles:\n  - name: ../a.csv\n",
            ["Line 3: `files.name` has to be the name of the file, without a folder."],
        ),
        (
            SHORT + "    sha256: deadbeef\n",
            ["Line 4: `files.sha256` has to be the sha256 of the file: 64 hexadecimal digits."],
        ),
        (
            SHORT + "    rows: many\n",
            [
                "Line 4: `files.rows` has to be how many respondents the file has: a whole number, "
                "the header not counted."
            ],
        ),
        (
            SHORT + "    rows: -1\n    size: 3\n",
            [
                "Line 4: `files.rows` has to be how many respondents the file has: a whole number, "
                "the header not counted.",
                "Line 5: `files.size` is no key of a manifest; the keys are name, sha256, rows.",
            ],
        ),
        (
            SHORT + "purpose: final\nrecieved: 2022-01-01\n",
            [
                "Line 4: `purpose` has to be first, correction (of what was delivered for the wave "
                "before) or partial (field work goes on).",
                "Line 5: `recieved` is no key of a manifest: is `received` meant?",
            ],
        ),
        (
            SHORT + "received: 2022\n",
            [
                "Line 4: `received` has to be when it was received: a date such as 2026-11-24, or "
                "2026-11-24T09:30:00."
            ],
        ),
        (
            SHORT + "received: 2022-02-30\n",
            [
                "Line 4: `received` has to be when it was received: a date such as 2026-11-24, or "
                "2026-11-24T09:30:00."
            ],
        ),
        (
            SHORT + "encoding: utf-9\n",
            [
                "Line 4: `encoding` has to be the encoding of a text file, such as utf-8, "
                "windows-1252 or iso-8859-1."
            ],
        ),
        (
            SHORT + "delimiter: ;;\n",
            [
                "Line 4: `delimiter` has to be the one character between cells of a text file; "
                "`tab` for a tab."
            ],
        ),
        (
            SHORT + "delimiter: '|'\nquote: '|'\n",
            ["Line 1: `delimiter` and `quote` are the same character."],
        ),
    ],
)
def test_a_fault_is_told_by_line_and_key(
    text: str | bytes, messages: list[str], tmp_path: Path
) -> None:
    assert read(tmp_path, text) == messages


def test_a_hostile_key_cannot_break_the_lines_of_a_report(tmp_path: Path) -> None:
    messages = read(tmp_path, SHORT + '"x\\n\\e[31m9. all is well": 1\n')
    assert isinstance(messages, list)
    assert all(message.isprintable() for message in messages)


def test_a_manifest_that_is_not_there_is_a_problem_and_no_trace(tmp_path: Path) -> None:
    said = read_manifest(tmp_path / "delivery.yml")
    assert isinstance(said, tuple)
    assert "cannot be opened (No such file or directory)" in said[0].message


@given(st.binary(max_size=300))
def test_any_bytes_are_a_manifest_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.delivery.yml"
    path.write_bytes(content)
    said = read_manifest(path)
    assert isinstance(said, Manifest) or said


printable = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1)


@given(
    wave=printable.map(lambda text: text[:200]),
    name=printable,
    rows=st.none() | st.integers(0, 10**9),
    delimiter=st.sampled_from([None, ";", "\t", "|", ","]),
    sheet=st.none() | printable.map(lambda text: text[:200]),
    received=st.none() | st.dates() | st.datetimes(),
)
def test_a_manifest_that_is_written_is_read_again_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    wave: str,
    name: str,
    rows: int | None,
    delimiter: str | None,
    sheet: str | None,
    received: date | None,
) -> None:
    said = Manifest.model_validate(
        {"wave": "x", "files": [{"name": "x"}], "sender": "~", "received": received}
    )
    written = manifest_of(
        wave,
        DeliveredFile(name=name_for_manifest(name), sha256="0" * 64, rows=rows),
        Reading(delimiter=delimiter, sheet=sheet, decimal=","),
        said,
    )
    path = tmp_path_factory.getbasetemp() / "round.delivery.yml"
    path.write_text(written.as_yaml(), encoding="utf-8")
    assert read_manifest(path) == written


def test_the_schema_for_editors_is_the_one_of_the_model() -> None:
    assert SCHEMA.read_text("utf-8") == json_schema(), "write json_schema() to the file again"


def test_the_schema_takes_what_is_read_and_refuses_what_is_not() -> None:
    validator = Draft202012Validator(json.loads(json_schema()))
    # An editor reads YAML as YAML 1.2 has it: dates are text.
    good = {**yaml.safe_load(WHOLE), "received": "2022-07-20"}
    assert not list(validator.iter_errors(good))
    for key, value in {"wavy": 1, "purpose": "final", "delimiter": ";;", "files": []}.items():
        assert list(validator.iter_errors({**good, key: value})), key
    assert list(validator.iter_errors({"wave": 2022}))


def test_the_example_in_the_guide_is_a_manifest(tmp_path: Path) -> None:
    guide = (PROJECT / "docs" / "deliveries.md").read_text("utf-8")
    example = guide.split("```yaml\n", 1)[1].split("```", 1)[0]
    said = read(tmp_path, example)
    assert isinstance(said, Manifest)
    assert set(said.model_fields_set) == set(Manifest.model_fields), "it shows every key"


def test_the_guide_lists_every_kind_of_problem() -> None:
    guide = (PROJECT / "docs" / "deliveries.md").read_text("utf-8")
    missing = [kind for kind in Kind if f"| `{kind}` |" not in guide]
    assert not missing
