"""Bad deliveries with values that cannot be right by the codebook's own rows."""

from __future__ import annotations

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import BadDelivery, put
from tests.bad_deliveries.expected import (
    NO_WEIGHT,
    SHARED_ID,
    Expected,
    no_code,
    no_group,
)
from tests.builders import RESPONDENT, ROLE, STRATUM, WEIGHT

CASES = (
    BadDelivery(
        "code outside the scale",
        (no_code("v1", (3, 5, 13), {"9": 2, "x": 1}),),
        table=put("v1", {3: "9", 5: "9", 13: "x"}),
    ),
    BadDelivery(
        "code of another form",
        (no_code("v2", (2, 4), {" 1": 1, "1.0": 1}),),
        table=put("v2", {2: "1.0", 4: " 1"}),
    ),
    BadDelivery(
        "code with a zero before it", (no_code("v3", (2,), {"01": 1}),), table=put("v3", {2: "01"})
    ),
    BadDelivery(
        "code in digits of another script",
        (no_code("v3", (4,), {"１": 1}),),
        table=put("v3", {4: "１"}),
    ),
    BadDelivery(
        "label in the place of its code",
        (no_code("v1", (2, 3), {"eens": 1, "oneens": 1}),),
        table=put("v1", {2: "eens", 3: "oneens"}),
    ),
    BadDelivery(
        "answer of spaces alone", (no_code("v1", (6,), {"   ": 1}),), table=put("v1", {6: "   "})
    ),
    BadDelivery(
        "word for nothing",
        (no_code("v1", (2, 3, 4, 5), {"-": 1, "NA": 1, "NULL": 1, "nan": 1}),),
        table=put("v1", {2: "NULL", 3: "NA", 4: "nan", 5: "-"}),
    ),
    BadDelivery(
        "error of a spreadsheet", (no_code("v2", (7,), {"#N/B": 1}),), table=put("v2", {7: "#N/B"})
    ),
    BadDelivery(
        "formula of a spreadsheet",
        (no_code("v2", (7,), {'=cmd|"/c calc"!A1': 1}),),
        table=put("v2", {7: '=cmd|"/c calc"!A1'}),
    ),
    BadDelivery(
        "code that a spreadsheet made a date",
        (no_code("v2", (8,), {"1-jan": 1}),),
        table=put("v2", {8: "1-jan"}),
    ),
    BadDelivery(
        "answer with a line break",
        (no_code("v3", (9,), {"1\n2": 1}),),
        table=put("v3", {9: "1\n2"}),
    ),
    BadDelivery(
        "answer that is a quote of SQL",
        (no_code("v3", (10,), {"1'); drop table raw.deliveries; --": 1}),),
        table=put("v3", {10: "1'); drop table raw.deliveries; --"}),
    ),
    BadDelivery(
        "very long answer",
        (no_code("v3", (11,), {"1" * 5000: 1}),),
        table=put("v3", {11: "1" * 5000}),
    ),
    BadDelivery(
        "more wrong codes than are listed",
        (
            Expected(
                Kind.OUTSIDE_SCALE,
                "Answers are no code of item C1: the codebook knows 1, 2, 3, 8.",
                "v1",
                12,
                rows=(2, 3, 4, 5, 6),
                values={
                    "22": 1,
                    "23": 1,
                    "24": 1,
                    "25": 1,
                    "26": 1,
                    "27": 1,
                    "28": 1,
                    "29": 1,
                    "30": 1,
                    "31": 1,
                },
            ),
        ),
        table=put("v1", {row: str(row + 20) for row in range(2, 14)}),
    ),
    BadDelivery(
        "unknown group",
        (no_group("rol", (6,), {"directeur": 1}),),
        table=put(ROLE, {6: "directeur"}),
    ),
    BadDelivery(
        "group in small letters",
        (no_group("rol", (2, 3), {"l": 1, "m": 1}),),
        table=put(ROLE, {2: "l", 3: "m"}),
    ),
    BadDelivery(
        "unknown organisation", (no_group("org", (2,), {"EZ": 1}),), table=put(STRATUM, {2: "EZ"})
    ),
    BadDelivery(
        "blank stratum",
        (
            Expected(
                Kind.BLANK_STRATUM,
                "Respondents belong to no sampled unit, so that they cannot be weighted.",
                "org",
                2,
                rows=(7, 8),
                values={"": 2},
            ),
        ),
        table=put(STRATUM, {7: None, 8: None}),
    ),
    BadDelivery(
        "missing respondent id",
        (
            Expected(
                Kind.MISSING_RESPONDENT_ID,
                "Respondents have no id.",
                "nr",
                2,
                rows=(4, 9),
                values={"  ": 1, "": 1},
            ),
        ),
        table=put(RESPONDENT, {4: None, 9: "  "}),
    ),
    BadDelivery(
        "doubled respondent id",
        (
            Expected(
                Kind.DOUBLED_RESPONDENT_ID,
                SHARED_ID,
                "nr",
                4,
                rows=(2, 4, 5, 6),
                values={"r0001": 2, "r0004": 2},
            ),
        ),
        table=put(RESPONDENT, {4: "r0001", 6: "r0004"}),
    ),
    BadDelivery(
        "one respondent id for everybody",
        (
            Expected(
                Kind.DOUBLED_RESPONDENT_ID,
                SHARED_ID,
                "nr",
                12,
                rows=(2, 3, 4, 5, 6),
                values={"r": 12},
            ),
        ),
        table=put(RESPONDENT, dict.fromkeys(range(2, 14), "r")),
    ),
    BadDelivery(
        "weight that is no number above zero",
        (
            Expected(
                Kind.INVALID_WEIGHT,
                NO_WEIGHT,
                "gewicht",
                7,
                rows=(2, 3, 4, 5, 6),
                values={"-1": 1, "0": 1, "1,5": 1, "inf": 1, "nan": 1, "veel": 1, "": 1},
            ),
        ),
        table=put(WEIGHT, {2: "0", 3: "-1", 4: "1,5", 5: None, 6: "inf", 7: "nan", 8: "veel"}),
    ),
    BadDelivery(
        "weight beyond all numbers",
        (
            Expected(
                Kind.INVALID_WEIGHT,
                NO_WEIGHT,
                "gewicht",
                2,
                rows=(2, 3),
                values={"1e-999": 1, "1e999": 1},
            ),
        ),
        table=put(WEIGHT, {2: "1e999", 3: "1e-999"}),
    ),
)
