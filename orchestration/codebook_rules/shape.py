"""Shape: which tables a codebook has, their columns and keys, and what each cell may hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from orchestration.codebook import Codebook
from orchestration.codebook_rules.rows import listed, repeated, values

# Each table's columns, and which of them identify a row.
TABLES = {
    "survey": "survey_id | label_nl label_en minimum_group_size hold_corrections description",
    "waves": (
        "wave_id | label_nl label_en fieldwork_start fieldwork_end previous_wave_id invited "
        "is_synthetic file_pattern source"
    ),
    "themes": "theme_id | theme_name label_nl label_en position relation_side",
    "items": "item_id | theme_id label_nl label_en valence in_study basis position",
    "scales": "scale_id answer | meaning label_nl label_en is_favourable",
    "answer_codes": "code_list code | scale_id answer",
    "item_versions": (
        "wave_id source_column | item_id code_list is_reversed wording comparability "
        "comparability_note"
    ),
    "attributes": "attribute_id | kind label_nl label_en",
    "groups": "attribute_id group_code | position label_nl label_en",
    "attribute_columns": "wave_id attribute_id | source_column",
    "attribute_codes": "wave_id attribute_id code | group_code",
    "breakdowns": "breakdown | attribute_1 attribute_2 cube compare_pairs position label_nl label_en",
    "driver_terms": "attribute_id | position reference_group",
    "organisations": (
        "organisation_code | abbreviation name_nl name_en kind parent_code valid_from valid_to"
    ),
    "quality_thresholds": "check_name | threshold severity reason",
    "impossible_combinations": "rule_id attribute_id item_id | any_of reason",
    "organisation_events": "event_date event organisation_code successor_code | note",
    "population": "wave_id stratum role | headcount source",
    "population_margins": "wave_id attribute_id group_code | headcount source",
    "weight_bounds": "wave_id | smallest_ratio largest_ratio reason",
    "findings": (
        "finding_id | theme_id kind item_ids attribute group_a group_b statement_en statement_nl"
    ),
}

KEYS = {table: columns.split("|")[0].split() for table, columns in TABLES.items()} | {
    "organisations": ["organisation_code", "valid_from"]
}

# Blank where it means something: no role known, no start, an event without a successor.
KEYS_THAT_MAY_BE_BLANK = {
    ("population", "role"),
    ("organisations", "valid_from"),
    ("organisation_events", "successor_code"),
    ("impossible_combinations", "attribute_id"),
    ("impossible_combinations", "item_id"),
}
FILLED = {
    "waves": ("file_pattern", "source"),
    "item_versions": ("item_id", "code_list", "wording"),
    "attribute_columns": ("source_column",),
    "attribute_codes": ("group_code",),
    "population": ("headcount", "source"),
    "population_margins": ("headcount", "source"),
    "weight_bounds": ("reason",),
    "driver_terms": ("reference_group",),
    "impossible_combinations": ("any_of", "reason"),
}
LABELS = ("label_nl", "label_en")

VOCABULARY = {
    ("attributes", "kind"): {
        *("respondent", "stratum", "weight", "group", "raw_only"),
        *("started_at", "finished_at", "duration"),
    },
    ("themes", "relation_side"): {"pressure", "craft", ""},
    ("breakdowns", "compare_pairs"): {"true", "false"},
    ("items", "valence"): {"negative", "neutral", "positive", ""},
    ("items", "in_study"): {"named", "touched", "proposed"},
    ("item_versions", "comparability"): {"identical", "reworded", "rescaled", "replaced", "new"},
    ("item_versions", "is_reversed"): {"true", "false"},
    ("waves", "is_synthetic"): {"true", "false"},
    ("organisations", "kind"): {"ministry", "agency"},
    ("organisation_events", "event"): {"rename", "merge", "split", "close"},
}


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_whole(text: str) -> bool:
    return bool(re.fullmatch(r"-?[0-9]+", text))


FORMS: Mapping[tuple[str, str], tuple[Callable[[str], bool], str]] = {
    ("waves", "fieldwork_start"): (_is_date, "a date such as 2022-06-01"),
    ("waves", "fieldwork_end"): (_is_date, "a date such as 2022-06-01"),
    ("scales", "answer"): (_is_whole, "a whole number"),
    **{
        (table, "position"): (_is_whole, "a whole number")
        for table in ("themes", "items", "groups", "breakdowns", "driver_terms")
    },
}


def columns_of(table: str) -> list[str]:
    """The columns of a table, in the order of its file."""
    return TABLES[table].replace("|", "").split()


def tables_have_their_columns(codebook: Codebook) -> Iterator[str]:
    """Every table is there with its columns, and nothing else is."""
    for table in TABLES:
        codebook.table(table)
        text = (codebook.folder / f"{table}.csv").read_text(encoding="utf-8")
        header = (text.splitlines() or [""])[0]
        if header.split(",") != columns_of(table):
            yield f"{table}.csv: the header has to be {','.join(columns_of(table))}."
    if others := {path.name for path in codebook.folder.iterdir()} - {f"{t}.csv" for t in TABLES}:
        yield f"{codebook.folder.name}/: {listed(others)} is no table of a codebook: every csv there is loaded."


def values_have_their_form(codebook: Codebook) -> Iterator[str]:
    """Rows are as long as their header, and dates and numbers can be read."""
    for table in TABLES:
        for number, row in enumerate(codebook.table(table), 2):
            # The csv reader fills short rows with None and keeps what is too much under None.
            if any(value is None for value in row.values()) or None in row:
                yield f"{table}.csv row {number}: it has more or fewer cells than the header."
    for (table, column), (has_form, form) in FORMS.items():
        for number, row in enumerate(codebook.table(table), 2):
            if not has_form(row.get(column) or ""):
                yield f"{table}.csv row {number}: {column} has to be {form}."


def cells_are_filled(codebook: Codebook) -> Iterator[str]:
    """No cell is blank where a blank means nothing: keys, labels in both languages, and the like."""
    for table in TABLES:
        labels = (label for label in LABELS if label in columns_of(table))
        for column in dict.fromkeys([*KEYS[table], *labels, *FILLED.get(table, ())]):
            if (table, column) in KEYS_THAT_MAY_BE_BLANK:
                continue
            for number, row in enumerate(codebook.table(table), 2):
                if not row[column].strip():
                    yield f"{table}.csv row {number}: {column} is blank."


def keys_are_unique(codebook: Codebook) -> Iterator[str]:
    """No two rows of a table have the same key."""
    for table, key in KEYS.items():
        rows = codebook.table(table)
        for doubled in repeated(tuple(row[column] for column in key) for row in rows):
            yield f"{table}.csv: more than one row has {', '.join(key)} = {', '.join(doubled)}."


def words_are_known(codebook: Codebook) -> Iterator[str]:
    """Columns with a vocabulary keep to it."""
    for (table, column), allowed in VOCABULARY.items():
        if unknown := values(codebook.table(table), column) - allowed:
            yield f"{table}.csv: {column} is one of {listed(allowed)}, not {listed(unknown)}."


def identifiers_can_name_columns(codebook: Codebook) -> Iterator[str]:
    """Ids that name tables or columns have letters, digits and underscores only."""
    for table, column in (
        ("waves", "wave_id"),
        ("themes", "theme_name"),
        ("attributes", "attribute_id"),
        ("breakdowns", "breakdown"),
    ):
        for name in sorted(values(codebook.table(table), column)):
            if not re.fullmatch(r"[a-z0-9_]+", name):
                yield f"{table}.csv: {column} {name!r} may have a-z, 0-9 and _ only."
    items = values(codebook.table("items"), "item_id")
    for item in sorted(items):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", item):
            yield f"items.csv: item_id {item!r} has to be a letter, and letters, digits and _ after it."
    for (name,) in repeated((item.lower(),) for item in items):
        yield f"items.csv: item_id {name!r} comes in capitals and in small letters, which name one column."
    for code in sorted(values(codebook.table("groups"), "group_code")):
        if "|" in code:  # A crossed group's code joins two codes with a bar.
            yield f"groups.csv: group_code {code!r} may have no bar."


def positions_have_no_gap(codebook: Codebook) -> Iterator[str]:
    """Positions count 1, 2, 3 … within their theme or attribute."""
    for table, within in (
        ("themes", ""),
        ("items", "theme_id"),
        ("groups", "attribute_id"),
        ("breakdowns", ""),
        ("driver_terms", ""),
    ):
        positions = defaultdict(list)
        for row in codebook.table(table):
            positions[row[within] if within else ""].append(int(row["position"]))
        for where, found in positions.items():
            if sorted(found) != list(range(1, len(found) + 1)):
                of = f" of {within} {where!r}" if within else ""
                yield f"{table}.csv: the positions{of} have to be 1 to {len(found)}, each once."
