"""Bad deliveries whose manifest cannot be read, or says what no manifest can say."""

from __future__ import annotations

from tests.bad_deliveries.cases import BadDelivery
from tests.bad_deliveries.expected import bad_manifest

FILE = "wave: 2022\nfiles:\n- name: bad_2022.csv\n"


def saying(text: str, file: str = FILE) -> bytes:
    """A manifest of the file that says something more."""
    return f"{file}{text}\n".encode()


def of_file(text: str) -> bytes:
    """A manifest that says something more of the file itself."""
    return saying(f"  {text}")


CASES = (
    BadDelivery("manifest that is empty", (bad_manifest("The manifest is empty."),), manifest=b""),
    BadDelivery(
        "manifest that is no YAML",
        (bad_manifest("Line 2: this is no YAML: expected ',' or ']', but got '<stream end>'."),),
        manifest=b"wave: [2022\n",
    ),
    BadDelivery(
        "manifest that is no UTF-8",
        (bad_manifest("The manifest is not UTF-8 text."),),
        manifest=saying("sender: Andr\u00e9").decode().encode("cp1252"),
    ),
    BadDelivery(
        "manifest with a zero byte",
        (bad_manifest("The manifest has characters or brackets that YAML cannot have."),),
        manifest=saying("sender: \0"),
    ),
    BadDelivery(
        "manifest that is a list",
        (bad_manifest("Line 1: the manifest is no list of keys such as `wave: 2022`."),),
        manifest=b"- wave: 2022\n",
    ),
    BadDelivery(
        "manifest that is a word",
        (bad_manifest("Line 1: the manifest is no list of keys such as `wave: 2022`."),),
        manifest=b"2022\n",
    ),
    BadDelivery(
        "manifest longer than any",
        (bad_manifest("The manifest is longer than 65536 bytes, so it is none."),),
        manifest=saying("# " + "x" * 70_000),
    ),
    BadDelivery(
        "manifest with an anchor",
        (bad_manifest("Line 4: an anchor (&) is used again (*): write the value out."),),
        manifest=saying("sender: &a x\ndelimiter: *a"),
    ),
    BadDelivery(
        "manifest in brackets without an end",
        (bad_manifest("The manifest has characters or brackets that YAML cannot have."),),
        manifest=b"[" * 5000,
    ),
    BadDelivery(
        "manifest with a key twice",
        (bad_manifest("Line 4: `wave` is there twice."),),
        manifest=saying("wave: 2024"),
    ),
    BadDelivery(
        "manifest with an unknown key",
        (bad_manifest("Line 4: `encodign` is no key of a manifest: is `encoding` meant?"),),
        manifest=saying("encodign: utf-8"),
    ),
    BadDelivery(
        "manifest without a wave",
        (bad_manifest("Line 1: `wave` is missing: the wave, as its wave_id in waves.csv."),),
        manifest=b"files:\n- name: bad_2022.csv\n",
    ),
    BadDelivery(
        "manifest without a file",
        (
            bad_manifest(
                "Line 1: `files` is missing: a list of just one file, with its `name` and, if you can, `sha256` and `rows`."
            ),
        ),
        manifest=b"wave: 2022\n",
    ),
    BadDelivery(
        "manifest of two files",
        (
            bad_manifest(
                "Line 2: `files` has to be a list of just one file, with its `name` and, if you can, `sha256` and `rows`."
            ),
        ),
        manifest=saying("- name: second_2022.csv"),
    ),
    BadDelivery(
        "manifest of a file elsewhere",
        (bad_manifest("Line 3: `files.name` has to be the name of the file, without a folder."),),
        manifest=b"wave: 2022\nfiles:\n- name: ../home/warehouse.duckdb\n",
    ),
    BadDelivery(
        "checksum that is none",
        (
            bad_manifest(
                "Line 4: `files.sha256` has to be the sha256 of the file: 64 hexadecimal digits."
            ),
        ),
        manifest=of_file("sha256: abc"),
    ),
    BadDelivery(
        "number of rows that is none",
        (
            bad_manifest(
                "Line 4: `files.rows` has to be how many respondents the file has: a whole number, the header not counted."
            ),
        ),
        manifest=of_file("rows: many"),
    ),
    BadDelivery(
        "number of rows below zero",
        (
            bad_manifest(
                "Line 4: `files.rows` has to be how many respondents the file has: a whole number, the header not counted."
            ),
        ),
        manifest=of_file("rows: -1"),
    ),
    BadDelivery(
        "encoding of no name",
        (
            bad_manifest(
                "Line 4: `encoding` has to be the encoding of a text file, such as utf-8, windows-1252 or iso-8859-1."
            ),
        ),
        manifest=saying("encoding: utf-9"),
    ),
    BadDelivery(
        "delimiter of two characters",
        (
            bad_manifest(
                "Line 4: `delimiter` has to be the one character between cells of a text file; `tab` for a tab."
            ),
        ),
        manifest=saying("delimiter: ', '"),
    ),
    BadDelivery(
        "quote that is the delimiter",
        (bad_manifest("Line 1: `delimiter` and `quote` are the same character."),),
        manifest=saying("delimiter: ','\nquote: ','"),
    ),
    BadDelivery(
        "decimal sign that is none",
        (
            bad_manifest(
                "Line 4: `decimal` has to be the decimal sign of weights and durations: '.' or ','."
            ),
        ),
        manifest=saying("decimal: x"),
    ),
    BadDelivery(
        "purpose that is none",
        (
            bad_manifest(
                "Line 4: `purpose` has to be first, correction (of what was delivered for the wave before) or partial (field work goes on)."
            ),
        ),
        manifest=saying("purpose: second"),
    ),
    BadDelivery(
        "date that is none",
        (
            bad_manifest(
                "Line 4: `received` has to be when it was received: a date such as 2026-11-24, or 2026-11-24T09:30:00."
            ),
        ),
        manifest=saying("received: yesterday"),
    ),
    BadDelivery(
        "three faults in one manifest",
        (
            bad_manifest("Line 4: `files.sha` is no key of a manifest: is `sha256` meant?"),
            bad_manifest(
                "Line 5: `files.rows` has to be how many respondents the file has: a whole number, the header not counted."
            ),
            bad_manifest(
                "Line 6: `purpose` has to be first, correction (of what was delivered for the wave before) or partial (field work goes on)."
            ),
        ),
        manifest=b"wave: 2022\nfiles:\n- name: bad_2022.csv\n  sha: x\n  rows: all\npurpose: last\n",
    ),
)
