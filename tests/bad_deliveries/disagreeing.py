"""Bad deliveries of which the manifest says what is not so."""

from __future__ import annotations

from hashlib import sha256

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import BadDelivery, followed_by, put
from tests.bad_deliveries.expected import NO_WEIGHT, Expected, no_code, no_group, warned
from tests.bad_deliveries.manifests import of_file, saying
from tests.builders import ROLE, csv_text, good_table

CHECKSUM = sha256(csv_text(good_table()).encode()).hexdigest()
OTHER_CHECKSUM = sha256(b"another file").hexdigest()


CASES = (
    BadDelivery(
        "manifest of another file",
        (
            Expected(
                Kind.OTHER_FILE,
                "The manifest names 'good_2022.csv', which is not beside it: there is 'bad_2022.csv'.",
            ),
        ),
        manifest=b"wave: 2022\nfiles:\n- name: good_2022.csv\n",
    ),
    BadDelivery(
        "manifest with others beside its file",
        (
            warned(
                Kind.UNREAD_FILE,
                "The folder of the delivery has more than the manifest names: 'notes.txt', 'second_2022.csv'.",
                count=2,
            ),
        ),
        manifest=saying("sender: tests"),
        others=("notes.txt", "second_2022.csv"),
        table=put("v1", {2: "2"}),
    ),
    BadDelivery(
        "checksum of another file",
        (
            Expected(
                Kind.OTHER_CHECKSUM,
                f"The manifest declares the sha256 {OTHER_CHECKSUM}, the file has {CHECKSUM}.",
            ),
        ),
        manifest=of_file(f"sha256: {OTHER_CHECKSUM}"),
    ),
    BadDelivery(
        "fewer rows than declared",
        (Expected(Kind.OTHER_ROW_COUNT, "The manifest declares 13 rows, the file has 12."),),
        manifest=of_file("rows: 13"),
        table=put("v1", {2: "2"}),
    ),
    BadDelivery(
        "more rows than declared",
        (Expected(Kind.OTHER_ROW_COUNT, "The manifest declares 11 rows, the file has 12."),),
        manifest=of_file("rows: 11"),
        table=put("v1", {2: "2"}),
    ),
    BadDelivery(
        "encoding that is not read",
        (Expected(Kind.WRONG_ENCODING, "The declared encoding 'utf-16' is none that is read."),),
        manifest=saying("encoding: utf-16"),
        content=followed_by(b"r0013,BZK,L,1,1,3,1,ja\n"),
    ),
    BadDelivery(
        "UTF-8 declared for windows-1252",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "Rows are not UTF-8: in row 5, the first, byte 11 is 0xE9 ('é' if the file is windows-1252).",
                rows=(5,),
            ),
        ),
        manifest=saying("encoding: utf-8"),
        table=put(ROLE, {5: "één"}),
        content=lambda content: content.decode().encode("cp1252"),
    ),
    BadDelivery(
        "ISO-8859-1 declared for windows-1252",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "Rows are not iso-8859-1: in row 5, the first, byte 14 is 0x80 ('€' if the file is windows-1252).",
                rows=(5,),
            ),
            no_group("rol", (5,), {"10 \x80": 1}),
        ),
        manifest=saying("encoding: iso-8859-1"),
        table=put(ROLE, {5: "10 €"}),
        content=lambda content: content.decode().encode("cp1252"),
    ),
    BadDelivery(
        "delimiter that is not read",
        (Expected(Kind.UNREADABLE, "The declared delimiter '#' is none that is read: , ; tab |."),),
        manifest=saying("delimiter: '#'"),
        table=put("v1", {2: "2"}),
    ),
    BadDelivery(
        "delimiter that the file does not have",
        (Expected(Kind.UNREADABLE, "The cells are separated by commas, not by semicolons."),),
        manifest=saying("delimiter: ;"),
        table=put("v1", {2: "2"}),
    ),
    BadDelivery(
        "quote that is not read",
        (Expected(Kind.UNREADABLE, "The declared quote '#' is none that is read: \" ' none."),),
        manifest=saying("quote: '#'"),
        table=put("v1", {2: "2"}),
    ),
    BadDelivery(
        "decimal point declared for commas",
        (
            Expected(
                Kind.INVALID_WEIGHT,
                NO_WEIGHT,
                "gewicht",
                2,
                rows=(2, 3),
                values={"0,75": 1, "1,5": 1},
            ),
        ),
        manifest=saying("decimal: '.'"),
        table=put("gewicht", {2: "1,5", 3: "0,75"}),
    ),
    BadDelivery(
        "sheet that the workbook does not have",
        (Expected(Kind.UNREADABLE, "The workbook has no sheet 'antwoorden'; it has 'data'."),),
        file_name="bad_2022.xlsx",
        manifest=b"wave: 2022\nfiles:\n- name: bad_2022.xlsx\nsheet: antwoorden\n",
    ),
    BadDelivery(
        "delivery while field work goes on",
        (warned(Kind.PARTIAL, "Field work goes on: the wave is loaded as interim."),),
        manifest=saying("purpose: partial"),
        table=put("v1", {2: "2"}),
    ),
    BadDelivery(
        "wave that the codebook lacks, in the manifest",
        (Expected(Kind.UNKNOWN_WAVE, "Wave '2031' is not in waves.csv, which has 2022, 2024."),),
        manifest=b"wave: 2031\nfiles:\n- name: bad.csv\n",
        file_name="bad.csv",
    ),
    BadDelivery(
        "wave that is not that of the file name",
        (Expected(Kind.OTHER_WAVE, "The manifest says wave '2024', the name of the file '2022'."),),
        manifest=b"wave: 2024\nfiles:\n- name: bad_2022.csv\n",
    ),
    BadDelivery(
        "wave that is not the one given",
        (Expected(Kind.OTHER_WAVE, "The manifest says wave '2022', you said '2024'."),),
        manifest=saying("sender: tests"),
        wave_id="2024",
    ),
    BadDelivery(
        "manifest and file both at fault",
        (
            warned(Kind.PARTIAL, "Field work goes on: the wave is loaded as interim."),
            Expected(Kind.OTHER_ROW_COUNT, "The manifest declares 20 rows, the file has 12."),
            no_code("v1", (3,), {"9": 1}),
        ),
        manifest=of_file("rows: 20\npurpose: partial"),
        table=put("v1", {3: "9"}),
    ),
)
