"""Bad deliveries in files of statistical programs."""

from __future__ import annotations

import struct

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import (
    BadDelivery,
    added,
    cut,
    instead,
    put,
    without,
)
from tests.bad_deliveries.expected import Expected, missing, no_code, unknown, warned
from tests.builders import CODEBOOK, csv_text, good_table

SAV = "bad_2022.sav"
ZSAV = "bad_2022.zsav"
DTA = "bad_2022.dta"
CSV = csv_text(good_table(rows=13)).encode()


def with_multiple_responses(content: bytes) -> bytes:
    """An SPSS file with a record of a multiple-response set, before the one that ends its dictionary."""
    sets = b"$gekozen=D1 1 5 Wat?? v1 v2\n"
    record = struct.pack("<iiii", 7, 7, 1, len(sets)) + sets
    end = content.index(struct.pack("<ii", 999, 0))
    return content[:end] + record + content[end:]


CASES = (
    BadDelivery(
        "SPSS file cut off",
        (
            Expected(
                Kind.TRUNCATED,
                "The SPSS file is cut off or damaged: File did not contain the expected number of rows.",
            ),
        ),
        file_name=SAV,
        content=cut(-100),
    ),
    BadDelivery(
        "SPSS file cut in its header",
        (
            Expected(
                Kind.TRUNCATED, "The SPSS file is cut off or damaged: Unable to read from file."
            ),
        ),
        file_name=SAV,
        content=cut(100),
    ),
    BadDelivery(
        "SPSS file of no bytes",
        (
            Expected(
                Kind.TRUNCATED, "The SPSS file is cut off or damaged: Unable to read from file."
            ),
        ),
        file_name=SAV,
        content=instead(b""),
    ),
    BadDelivery(
        "csv file under the name of an SPSS file",
        (
            Expected(
                Kind.TRUNCATED,
                "The SPSS file is cut off or damaged: Invalid file, or file has unsupported features.",
            ),
        ),
        file_name=SAV,
        content=instead(CSV),
    ),
    BadDelivery(
        "SPSS file that does not say its cases",
        (
            warned(
                Kind.TRUNCATED,
                "The file does not say how many cases it has: a missing end would not be noticed.",
            ),
        ),
        file_name=SAV,
        content=lambda content: content[:80] + b"\xff" * 4 + content[84:],
    ),
    BadDelivery(
        "code outside the scale in an SPSS file",
        (no_code("v1", (2, 4), {"1.5": 1, "9": 1}),),
        file_name=SAV,
        table=put("v1", {3: "9", 5: "1.5"}),
    ),
    BadDelivery("missing item in an SPSS file", missing("v2"), file_name=SAV, table=without("v2")),
    BadDelivery(
        "unknown column in an SPSS file", (unknown("v9"),), file_name=SAV, table=added("v9")
    ),
    BadDelivery(
        "SPSS file without respondents",
        (Expected(Kind.EMPTY, "The file has no rows."),),
        file_name=SAV,
        table=lambda table: table.update((name, []) for name in table),
    ),
    BadDelivery(
        "compressed SPSS file cut off",
        (
            Expected(
                Kind.TRUNCATED, "The SPSS file is cut off or damaged: Unable to read from file."
            ),
        ),
        file_name=ZSAV,
        content=cut(-100),
    ),
    BadDelivery(
        "csv file under the name of a compressed SPSS file",
        (
            Expected(
                Kind.TRUNCATED,
                "The SPSS file is cut off or damaged: Invalid file, or file has unsupported features.",
            ),
        ),
        file_name=ZSAV,
        content=instead(CSV),
    ),
    BadDelivery(
        "code outside the scale in a compressed SPSS file",
        (no_code("v1", (2,), {"9": 1}),),
        file_name=ZSAV,
        table=put("v1", {3: "9"}),
    ),
    BadDelivery(
        "Stata file cut off",
        (
            Expected(
                Kind.TRUNCATED, "The Stata file is cut off or damaged: Unable to read from file."
            ),
        ),
        file_name=DTA,
        content=cut(-1000),
    ),
    BadDelivery(
        "Stata file without its end",
        (
            Expected(
                Kind.TRUNCATED, "The Stata file is cut off or damaged: its last part is missing."
            ),
        ),
        file_name=DTA,
        content=cut(-12),
    ),
    BadDelivery(
        "Stata file cut in its header",
        (
            Expected(
                Kind.TRUNCATED, "The Stata file is cut off or damaged: Unable to read from file."
            ),
        ),
        file_name=DTA,
        content=cut(60),
    ),
    BadDelivery(
        "Stata file of no bytes",
        (
            Expected(
                Kind.TRUNCATED, "The Stata file is cut off or damaged: Unable to read from file."
            ),
        ),
        file_name=DTA,
        content=instead(b""),
    ),
    BadDelivery(
        "csv file under the name of a Stata file",
        (
            Expected(
                Kind.TRUNCATED,
                "The Stata file is cut off or damaged: Invalid file, or file has unsupported features.",
            ),
        ),
        file_name=DTA,
        content=instead(CSV),
    ),
    BadDelivery(
        "code outside the scale in a Stata file",
        (no_code("v1", (2, 4), {"1.5": 1, "9": 1}),),
        file_name=DTA,
        table=put("v1", {3: "9", 5: "1.5"}),
    ),
    BadDelivery("missing item in a Stata file", missing("v2"), file_name=DTA, table=without("v2")),
    BadDelivery(
        "labels the other way round",
        (
            Expected(
                Kind.OTHER_LABEL,
                "The file calls '1' 'oneens', which the codebook calls '3'; '3' 'eens', which the codebook calls '1'.",
                "v1",
                2,
            ),
            Expected(
                Kind.OTHER_LABEL,
                "The file calls '1' 'oneens', which the codebook calls '3'; '3' 'eens', which the codebook calls '1'.",
                "v3",
                2,
            ),
        ),
        file_name=SAV,
        survey={
            "scales": CODEBOOK["scales"]
            .replace("1,answer,oneens,disagree,false", "1,answer,eens,agree,false")
            .replace("3,answer,eens,agree,true", "3,answer,oneens,disagree,true")
        },
    ),
    BadDelivery(
        "missing code that the codebook lacks",
        (
            Expected(
                Kind.OUTSIDE_SCALE,
                "Answers are no code of item C1: the codebook knows 1, 2, 3. The value '8': the file calls it 'weet niet' and declares it missing.",
                "v1",
                2,
                rows=(4, 9),
                values={"8": 2},
            ),
        ),
        file_name=SAV,
        survey={"answer_codes": CODEBOOK["answer_codes"].replace("agreement,8,agreement,-2", "")},
    ),
    BadDelivery(
        "multiple-response set",
        (
            Expected(
                Kind.UNSUPPORTED_FORMAT,
                "The file has multiple-response sets, which are no items of a scale: 'gekozen' of v1, v2.",
            ),
        ),
        file_name=SAV,
        content=with_multiple_responses,
    ),
)
