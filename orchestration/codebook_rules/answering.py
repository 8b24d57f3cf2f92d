"""Answering: what is known of respondents, the organisations they work in, and whom they stand for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from orchestration.codebook import Codebook
from orchestration.codebook_rules.rows import in_wave, kinds, listed, pairs, values


def respondents_are_known(codebook: Codebook) -> Iterator[str]:
    """Every wave has one column of respondent ids, and at most one of each kind that is read as one."""
    known = kinds(codebook)
    for wave_id in codebook.waves:
        delivered = in_wave(codebook, "attribute_columns", wave_id)
        of_kind = Counter(known.get(row["attribute_id"]) for row in delivered)
        if of_kind["respondent"] != 1:
            yield (
                f"attribute_columns.csv: wave {wave_id} has one column of kind respondent, "
                f"not {of_kind['respondent']}."
            )
        for kind in ("stratum", "weight", "started_at", "finished_at", "duration"):
            if of_kind[kind] > 1:
                yield f"attribute_columns.csv: wave {wave_id} has more than one {kind}."


def attributes_are_delivered(codebook: Codebook) -> Iterator[str]:
    """Every attribute has a column in some wave."""
    used, known = values(codebook.table("attribute_columns"), "attribute_id"), set(kinds(codebook))
    if unknown := used - known:
        yield f"attribute_columns.csv: attribute {listed(unknown)} is not in attributes.csv."
    if alone := known - used:
        yield f"attributes.csv: no wave has a column for {listed(alone)}."


def group_attributes_have_codes(codebook: Codebook) -> Iterator[str]:
    """Attributes of kind group have codes in each wave that delivers them, and every group has one."""
    known = kinds(codebook)
    groups = pairs(codebook.table("groups"), "attribute_id", "group_code")
    used: set[tuple[str, str]] = set()
    for wave_id in codebook.waves:
        delivered = values(in_wave(codebook, "attribute_columns", wave_id), "attribute_id")
        coded = in_wave(codebook, "attribute_codes", wave_id)
        with_codes = values(coded, "attribute_id")
        of_kind_group = {name for name in delivered if known.get(name) == "group"}
        if missing := of_kind_group - with_codes:
            yield f"attribute_codes.csv: wave {wave_id} has no codes for {listed(missing)}."
        if extra := with_codes - delivered:
            yield f"attribute_codes.csv: wave {wave_id} has codes for {listed(extra)}, but no column."
        used |= pairs(coded, "attribute_id", "group_code")
    used = {pair for pair in used if known.get(pair[0]) == "group"}
    for attribute, group in sorted(used - groups):
        yield f"attribute_codes.csv: group {group!r} of {attribute} is not in groups.csv."
    for attribute, group in sorted(groups - used):
        yield f"groups.csv: no code of any wave means group {group!r} of {attribute}."


def shared_columns_are_read_by_the_same_codes(codebook: Codebook) -> Iterator[str]:
    """Attributes that share a column know the same codes in it."""
    for wave_id in codebook.waves:
        codes = defaultdict(set)
        for row in in_wave(codebook, "attribute_codes", wave_id):
            codes[row["attribute_id"]].add(row["code"])
        attributes = defaultdict(list)
        for row in in_wave(codebook, "attribute_columns", wave_id):
            attributes[row["source_column"]].append(row["attribute_id"])
        for column, sharing in attributes.items():
            known = [codes[name] for name in sharing if name in codes]
            if any(one != known[0] for one in known):
                yield (
                    f"attribute_codes.csv: the attributes {listed(sharing)} share column "
                    f"{column!r} in wave {wave_id}, and do not list the same codes."
                )


def organisations_have_one_name_at_a_time(codebook: Codebook) -> Iterator[str]:
    """The names of an organisation follow each other; agencies have a ministry; events name codes."""
    spans = defaultdict(list)
    organisations = codebook.table("organisations")
    for number, row in enumerate(organisations, 2):
        if (row["parent_code"] != "") != (row["kind"] == "agency"):
            yield f"organisations.csv row {number}: an agency has a parent_code, a ministry has none."
        spans[row["organisation_code"]].append(
            (row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31")
        )
    for code, found in spans.items():
        ordered = sorted(found)
        if any(start > end for start, end in ordered) or any(
            end >= following for (_, end), (following, _) in pairwise(ordered)
        ):
            yield f"organisations.csv: {code} has more than one name on a day, or a name that ends before it starts."
    if unknown := values(organisations, "parent_code") - set(spans) - {""}:
        yield f"organisations.csv: parent_code {listed(unknown)} is no organisation."
    for number, row in enumerate(codebook.table("organisation_events"), 2):
        where = f"organisation_events.csv row {number}"
        codes = {row["organisation_code"], row["successor_code"]}
        if unknown := codes - set(spans) - {""}:
            yield f"{where}: {listed(unknown)} is not in organisations.csv."
        if (row["event"] == "rename") != (len(codes) == 1):
            yield f"{where}: a rename keeps the code, and nothing else does."


def population_has_every_stratum(codebook: Codebook) -> Iterator[str]:
    """A wave has a headcount for every stratum or for none, by every role or by none."""
    known = kinds(codebook)
    roles = {row["group_code"] for row in codebook.table("groups") if row["attribute_id"] == "role"}
    for wave_id in sorted(values(codebook.table("population"), "wave_id")):
        population = in_wave(codebook, "population", wave_id)
        coded = {
            row["group_code"]
            for row in in_wave(codebook, "attribute_codes", wave_id)
            if known.get(row["attribute_id"]) == "stratum"
        }
        strata = values(population, "stratum")
        # Without codes the delivered text itself is the stratum.
        if coded and strata != coded:
            yield f"population.csv: wave {wave_id} differs from its strata in {listed(strata ^ coded)}."
        for stratum in sorted(strata):
            of_roles = {row["role"] for row in population if row["stratum"] == stratum}
            if of_roles not in ({""}, roles):
                yield f"population.csv: stratum {stratum!r} of wave {wave_id} needs every role, or none."
    for number, row in enumerate(codebook.table("population"), 2):
        if not (row["headcount"].isdecimal() and int(row["headcount"])):
            yield f"population.csv row {number}: headcount has to be a whole number above zero."


def margins_are_of_groups_that_the_wave_delivers(codebook: Codebook) -> Iterator[str]:
    """A wave's population is known one way, and its margins are of groups that its file can hold."""
    for wave_id in sorted(values(codebook.table("population_margins"), "wave_id")):
        margins = in_wave(codebook, "population_margins", wave_id)
        delivered = pairs(
            in_wave(codebook, "attribute_codes", wave_id), "attribute_id", "group_code"
        )
        if others := pairs(margins, "attribute_id", "group_code") - delivered:
            yield f"population_margins.csv: wave {wave_id} delivers no group {listed(others)}."
        if in_wave(codebook, "population", wave_id):
            yield f"population_margins.csv: wave {wave_id} has rows in population.csv too; keep one."
        for row in margins:
            if not row["headcount"].isdecimal() or not int(row["headcount"]):
                yield (
                    f"population_margins.csv: the headcount of {row['group_code']} in wave {wave_id} "
                    "has to be a whole number above zero."
                )


def bounds_lie_around_the_mean_weight(codebook: Codebook) -> Iterator[str]:
    """The smallest weight is less than the mean weight, the largest more."""
    for row in codebook.table("weight_bounds"):
        smallest, largest = row["smallest_ratio"] or 0, row["largest_ratio"] or "inf"
        if not 0 <= float(smallest) < 1 < float(largest):
            yield (
                f"weight_bounds.csv: the ratios of wave {row['wave_id']} have to lie around 1, "
                "which is the mean weight."
            )
