"""Bad deliveries whose name or giver says no wave that can be loaded, or no format that can be read."""

from __future__ import annotations

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import BadDelivery
from tests.bad_deliveries.expected import Expected

CASES = (
    BadDelivery(
        "name of no wave",
        (
            Expected(
                Kind.UNKNOWN_WAVE,
                "The name of the file fits the pattern of no wave, or of several (2022: *2022*, 2024: *2024*).",
            ),
        ),
        file_name="wave.csv",
    ),
    BadDelivery(
        "name of two waves",
        (
            Expected(
                Kind.UNKNOWN_WAVE,
                "The name of the file fits the pattern of no wave, or of several (2022: *2022*, 2024: *2024*).",
            ),
        ),
        file_name="2022_and_2024.csv",
    ),
    BadDelivery(
        "wave that the codebook lacks",
        (Expected(Kind.UNKNOWN_WAVE, "Wave '2031' is not in waves.csv, which has 2022, 2024."),),
        wave_id="2031",
    ),
    BadDelivery(
        "wave that is a path",
        (Expected(Kind.UNKNOWN_WAVE, "Wave '../2022' is not in waves.csv, which has 2022, 2024."),),
        wave_id="../2022",
    ),
    BadDelivery(
        "wave that is a line of SQL",
        (
            Expected(
                Kind.UNKNOWN_WAVE,
                "Wave '2022; drop table raw.waves' is not in waves.csv, which has 2022, 2024.",
            ),
        ),
        wave_id="2022; drop table raw.waves",
    ),
    BadDelivery(
        "wave without a name",
        (Expected(Kind.UNKNOWN_WAVE, "Wave '' is not in waves.csv, which has 2022, 2024."),),
        wave_id="",
    ),
    BadDelivery(
        "document",
        (Expected(Kind.UNSUPPORTED_FORMAT, "There is no reader for files that end in '.docx'."),),
        file_name="bad_2022.docx",
        write=lambda path: path.write_bytes(b"PK\x03\x04"),
    ),
    BadDelivery(
        "file without an ending",
        (Expected(Kind.UNSUPPORTED_FORMAT, "There is no reader for files that end in ''."),),
        file_name="bad_2022",
        write=lambda path: path.write_bytes(b"nr\n"),
    ),
    BadDelivery(
        "older workbook",
        (Expected(Kind.UNSUPPORTED_FORMAT, "There is no reader for files that end in '.xls'."),),
        file_name="bad_2022.xls",
        write=lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0"),
    ),
)
