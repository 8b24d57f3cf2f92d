"""Claims: what is published and tested again, of groups and items that exist."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.codebook import Codebook
from orchestration.codebook_rules.rows import kinds, listed, pairs, repeated, values


def breakdowns_are_by_groups(codebook: Codebook) -> Iterator[str]:
    """Break-downs are by attributes of kind group, `total` by none, and a cube has its own."""
    breakdowns = codebook.table("breakdowns")
    of_kind_group = {name for name, kind in kinds(codebook).items() if kind == "group"}
    used = values(breakdowns, "attribute_1") | values(breakdowns, "attribute_2")
    if unknown := used - {""} - of_kind_group:
        yield f"breakdowns.csv: {listed(unknown)} is no attribute of kind group."
    for number, row in enumerate(breakdowns, 2):
        where = f"breakdowns.csv row {number}"
        if (row["attribute_1"] == "") != (row["breakdown"] == "total"):
            yield f"{where}: total has no attribute, and every other break-down has one."
        if row["attribute_2"] and row["attribute_1"] == row["attribute_2"]:
            yield f"{where}: an attribute cannot be crossed with itself."
    if "total" not in values(breakdowns, "breakdown"):
        yield "breakdowns.csv: total is missing."
    cubes = {
        (row[attribute], row["cube"])
        for row in breakdowns
        for attribute in ("attribute_1", "attribute_2")
        if row[attribute]
    }
    for (name,) in repeated((attribute,) for attribute, _ in cubes):
        yield f"breakdowns.csv: {name} is in more than one cube, so that it would be counted twice."


def claims_can_be_tested(codebook: Codebook) -> Iterator[str]:
    """Findings name items, themes, attributes and groups that the survey has."""
    theme_of = {row["item_id"]: row["theme_id"] for row in codebook.table("items")}
    themes = values(codebook.table("themes"), "theme_id")
    groups = codebook.table("groups")
    attributes = values(groups, "attribute_id") | {"total"}
    valences = values(codebook.table("items"), "valence") - {""}
    for row in codebook.table("findings"):
        where = f"findings.csv {row['finding_id']}"
        items = set(filter(None, row["item_ids"].split("|")))
        own_themes, named = (set(row[column].split("|")) for column in ("theme_id", "attribute"))
        if unknown := (items - set(theme_of)) | (own_themes - themes) | (named - attributes):
            yield f"{where}: {listed(unknown)} is no item, theme or attribute of the survey."
            continue
        if outside := {item for item in items if theme_of[item] not in own_themes}:
            yield f"{where}: {listed(outside)} is of another theme."
        own_groups = {group["group_code"] for group in groups if group["attribute_id"] in named}
        sides = set(filter(None, f"{row['group_a']}|{row['group_b']}".split("|"))) - {"rest"}
        # A claim that compares themes or kinds of items names those instead of groups.
        if not (sides <= own_groups or sides <= themes or sides <= valences):
            yield f"{where}: {listed(sides)} are not all groups of {listed(named)}."


def driver_terms_are_groups(codebook: Codebook) -> Iterator[str]:
    """The reference group of each term is one of its attribute's groups."""
    groups = pairs(codebook.table("groups"), "attribute_id", "group_code")
    if others := pairs(codebook.table("driver_terms"), "attribute_id", "reference_group") - groups:
        yield f"driver_terms.csv: groups.csv has no group {listed(others)}."
