"""Every subject of every wave: its counts as the models have them, and what is hidden of it.

The first subject of a wave is its response: a group that is too small to tell how many returned is
hidden in everything. What belongs here: the order of subjects, and tables in and out. What does not:
the decision for one subject.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from orchestration.disclosure.adding_up import (
    TOTAL,
    Breakdown,
    Counts,
    Ends,
    Group,
    Nesting,
    Parts,
    is_without_value,
    parts_of,
)
from orchestration.disclosure.hiding import (
    ONE_ANSWER,
    TOO_FEW,
    Rules,
    has_one_answer,
    hidden_groups,
)

# Wave, kind, what is asked, and the later wave of a pair.
Subject = tuple[str, str, str, str | None]
Row = Mapping[str, Any]
RESPONSE = "response"
REST = "rest"
SCHEMA = pa.schema(
    [
        (name, pa.string())
        for name in (
            "wave_id",
            "kind",
            "subject_id",
            "trend_wave_id",
            "breakdown",
            "group_code",
            "reason",
        )
    ]
)


@dataclass(frozen=True)
class Decision:
    """What is hidden of a subject, with the reason; `already` are the groups that its response hides.

    A group `rest` says that no group is to be compared with the rest of its break-down, as this
    would tell of the few without a value.
    """

    subject: Subject
    parts: Parts
    already: Collection[Group]
    hidden: Mapping[Group, str]


def hidden_in_waves(*survey: Any) -> pa.Table:
    """A row for each subject of a wave and group that is hidden, with the reason; see `decisions`."""
    rows = [
        (*decision.subject, *group, reason)
        for decision in decisions(*survey)
        for group, reason in decision.hidden.items()
        if not is_without_value(group)
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in SCHEMA]
    return pa.table([list(column) for column in columns], schema=SCHEMA)


def decisions(
    counted: pa.Table,
    breakdowns: Sequence[tuple[str, str | None, str | None]],
    nested: Sequence[tuple[str, str, str, str, str]],
    weights: Sequence[tuple[str, str, str, float, float]],
    minimum: int,
) -> Iterator[Decision]:
    """What is hidden of every subject of every wave.

    `counted` has a row for each subject and group, with its respondents by answer; a break-down is
    its name and its attributes; a nesting is a wave, an attribute, the one that holds it, a group and
    the one that holds that; weights are a wave, a break-down, a group, its lowest and its highest.
    """
    # Where single people may be shown, nobody was promised anything.
    rules = Rules(minimum, one_answer=minimum > 1)
    layout = [
        Breakdown(name, tuple(attribute for attribute in attributes if attribute))
        for name, *attributes in breakdowns
    ]
    waves: dict[str, dict[Subject, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in counted.to_pylist():
        subject = (row["wave_id"], row["kind"], row["subject_id"], row["trend_wave_id"])
        waves[row["wave_id"]][subject].append(row)
    for wave_id, subjects in waves.items():
        ends = {
            (breakdown, group_code): (lowest, highest)
            for wave, breakdown, group_code, lowest, highest in weights
            if wave == wave_id
        }
        yield from _in_wave(subjects, layout, _nestings(wave_id, nested), ends, rules)


def _in_wave(
    subjects: Mapping[Subject, Sequence[Row]],
    layout: Sequence[Breakdown],
    nestings: Sequence[Nesting],
    weights: Mapping[Group, Ends],
    rules: Rules,
) -> Iterator[Decision]:
    (returned,) = (subject for subject in subjects if subject[1] == RESPONSE)
    response = counts_by_group(subjects[returned])
    sizes = {group: int(counts.sum()) for group, counts in response.items()}
    already: list[Group] = []
    for subject in [returned, *(other for other in subjects if other != returned)]:
        rows = subjects[subject]
        counts = counts_by_group(rows)
        width = len(next(iter(counts.values())))
        for group in response:
            counts.setdefault(group, np.zeros(width, dtype=np.int64))
        parts = parts_of(counts, layout, nestings, weights)
        alike = {(row["breakdown"], row["group_code"]) for row in rows if row["has_one_answer"]}
        hidden = hidden_groups(parts, rules, already, alike, sizes)
        if subject == returned:
            already = list(hidden)
        rests = {
            (breakdown.name, REST): reason
            for breakdown in layout
            if (reason := reason_to_hide_rest(counts, breakdown.name, rules))
        }
        yield Decision(subject, parts, already, hidden | rests)


def counts_by_group(rows: Sequence[Row]) -> dict[Group, Counts]:
    """The respondents of each group by answer, every group with all answers that some group gave."""
    answers = sorted({count["answer"] for row in rows for count in row["counts"]})
    place = {answer: number for number, answer in enumerate(answers)}
    counts = {}
    for row in rows:
        own = np.zeros(len(answers), dtype=np.int64)
        for count in row["counts"]:
            own[place[count["answer"]]] = count["respondents"]
        counts[row["breakdown"], row["group_code"]] = own
    return counts


def reason_to_hide_rest(counts: Mapping[Group, Counts], breakdown: str, rules: Rules) -> str | None:
    """Why no group of a break-down may be held against the rest of it; None where it may.

    Everyone in the break-down, which a rest tells, is everyone but those without a value.
    """
    if breakdown == TOTAL[0]:
        return None
    inside = [own for group, own in counts.items() if group[0] == breakdown]
    left = counts[TOTAL] - sum(inside, start=np.zeros_like(counts[TOTAL]))
    if 0 < left.sum() < rules.minimum:
        return TOO_FEW
    return ONE_ANSWER if rules.one_answer and has_one_answer(left) else None


def _nestings(wave_id: str, nested: Sequence[tuple[str, str, str, str, str]]) -> list[Nesting]:
    holders: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for wave, attribute, within, group, holder in nested:
        if wave == wave_id:
            holders[attribute, within][group] = holder
    # Of several that hold an attribute, the finest: what comes last is taken.
    return [
        Nesting(attribute, within, groups)
        for (attribute, within), groups in sorted(
            holders.items(), key=lambda item: len(set(item[1].values()))
        )
    ]
