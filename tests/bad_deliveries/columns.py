"""Bad deliveries whose columns are not those that the codebook has for the wave."""

from __future__ import annotations

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import (
    BadDelivery,
    Values,
    added,
    renamed,
    replaced,
    without,
)
from tests.bad_deliveries.expected import Expected, missing, no_code, unknown
from tests.builders import CODEBOOK, MARKER, RESPONDENT, ROLE, STRATUM, WEIGHT


def swapped_names(table: Values) -> None:
    """The names of two items changed for each other, and the first one misspelt."""
    renamed("v1", "v2 ")(table)
    renamed("v2", "v1 ")(table)


CASES = (
    BadDelivery("unknown column", (unknown("v9"),), table=added("v9")),
    BadDelivery("missing item", missing("v2"), table=without("v2")),
    BadDelivery("missing attribute", missing("synthetisch"), table=without(MARKER)),
    BadDelivery("missing column of respondent ids", missing("nr"), table=without(RESPONDENT)),
    BadDelivery("missing stratum", missing("org"), table=without(STRATUM)),
    BadDelivery("missing weight", missing("gewicht"), table=without(WEIGHT)),
    BadDelivery(
        "misspelt column",
        (
            unknown("gewich", "'gewicht' is missing: is it that one?"),
            *missing("gewicht"),
        ),
        table=renamed(WEIGHT, "gewich"),
    ),
    BadDelivery(
        "column in capitals",
        (
            unknown("V1"),
            *missing("v1"),
        ),
        table=renamed("v1", "V1"),
    ),
    BadDelivery(
        "column with a space behind it",
        (
            unknown("rol ", "'rol' is missing: is it that one?"),
            *missing("rol"),
        ),
        table=renamed(ROLE, "rol "),
    ),
    BadDelivery(
        "names of two columns with spaces",
        (
            unknown("v2 ", "'v2' is missing: is it that one?"),
            unknown("v1 ", "'v1' is missing: is it that one?"),
            *missing("v1", "v2"),
        ),
        table=swapped_names,
    ),
    BadDelivery("column without a name", (unknown("column8"),), table=added("")),
    BadDelivery("column named by a blank", (unknown(" "),), table=added(" ")),
    BadDelivery(
        "column whose name is a line of SQL",
        (unknown('"; drop table raw.deliveries; --'),),
        table=added('"; drop table raw.deliveries; --'),
    ),
    BadDelivery(
        "column whose name has a line break", (unknown("een\ntwee"),), table=added("een\ntwee")
    ),
    BadDelivery("index of a data frame", (unknown("Unnamed: 0"),), table=added("Unnamed: 0")),
    BadDelivery(
        "same name twice",
        (
            Expected(
                Kind.DOUBLED_COLUMN,
                "The name is used 2 times: columns 5 ('v1'), 8 ('v1').",
                "v1",
                2,
            ),
            *missing("synthetisch"),
            no_code("v1", (2, 3, 4, 5, 6), {"ja": 12}),
        ),
        content=replaced(MARKER.encode(), b"v1"),
    ),
    BadDelivery(
        "same name twice but for capitals",
        (
            Expected(
                Kind.DOUBLED_COLUMN,
                "The name is used 2 times: columns 5 ('v1'), 8 ('V1').",
                "v1",
                2,
            ),
            unknown("V1"),
            *missing("synthetisch"),
        ),
        content=replaced(MARKER.encode(), b"V1"),
    ),
    BadDelivery(
        "respondent ids twice",
        (
            Expected(
                Kind.DOUBLED_COLUMN,
                "The name is used 2 times: columns 1 ('nr'), 8 ('NR').",
                "nr",
                2,
            ),
            unknown("NR"),
            *missing("synthetisch"),
        ),
        content=replaced(MARKER.encode(), b"NR"),
    ),
    BadDelivery(
        "same name three times",
        (
            Expected(
                Kind.DOUBLED_COLUMN,
                "The name is used 3 times: columns 5 ('v1'), 6 ('v1'), 7 ('v1').",
                "v1",
                3,
            ),
            *missing("v2", "v3"),
        ),
        content=lambda content: content.replace(b"v2,v3", b"v1,v1", 1),
    ),
    BadDelivery(
        "e-mail addresses",
        (unknown("v44", "It seems to hold e-mail addresses."),),
        table=added("v44", "jan.jansen@rijk.nl"),
    ),
    BadDelivery(
        "phone numbers",
        (unknown("v45", "It seems to hold phone numbers."),),
        table=added("v45", "06 1234 5678"),
    ),
    BadDelivery(
        "citizen service numbers",
        (unknown("v46", "It seems to hold citizen service numbers (BSN)."),),
        table=added("v46", "111222333"),
    ),
    BadDelivery(
        "column named as if it held names",
        (unknown("achternaam", "By its name it may hold personal data."),),
        table=added("achternaam", "x"),
    ),
    BadDelivery(
        "column used for another question",
        (
            Expected(
                Kind.OTHER_QUESTION,
                "The file asks 'Ik durf tegen te spreken', the codebook 'Ik mag tegen te spreken'.",
                "v3",
            ),
        ),
        file_name="bad_2022.sav",
        survey={
            "item_versions": CODEBOOK["item_versions"].replace(
                "2022,v3,D2,agreement,false,Ik durf", "2022,v3,D2,agreement,false,Ik mag"
            )
        },
    ),
    BadDelivery(
        "columns of another survey",
        (
            unknown("a"),
            unknown("b"),
            *missing(),
        ),
        table=lambda table: (
            [table.pop(name) for name in list(table)] and table.update(a=["1"], b=["2"])
        ),
    ),
)
