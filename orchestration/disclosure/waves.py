"""Every subject of every wave: its counts as the models have them, and what is hidden of it.

The first subject of a wave is its response: a group that is too small to tell how many returned is
hidden in everything. What belongs here: the order of subjects, and tables in and out. What does not:
the decision for one subject.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
    parts_of,
)
from orchestration.disclosure.hiding import (
    ONE_ANSWER,
    TOO_FEW,
    Rules,
    has_one_answer,
    hidden_groups,
    is_without_value,
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


def hidden_in_waves(
    counted: pa.Table,
    breakdowns: Sequence[tuple[str, str | None, str | None]],
    nested: Sequence[tuple[str, str, str, str, str]],
    weights: Sequence[tuple[str, str, str, float, float]],
    minimum: int,
) -> pa.Table:
    """A row for each subject of a wave and group that is hidden, with the reason.

    `counted` has a row for each subject and group, with its respondents by answer; a break-down is
    its name and its attributes; a nesting is a wave, an attribute, the one that holds it, a group and
    the one that holds that; weights are the lowest and the highest of a
    wave, a break-down and a group. A group `rest` says that nobody is to be compared with the rest of the
    break-down, as this would tell of the few without a value.
    """
    rules = Rules(minimum)
    layout = [
        Breakdown(name, tuple(attribute for attribute in attributes if attribute))
        for name, *attributes in breakdowns
    ]
    waves: dict[str, dict[Subject, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in counted.to_pylist():
        subject = (row["wave_id"], row["kind"], row["subject_id"], row["trend_wave_id"])
        waves[row["wave_id"]][subject].append(row)
    rows = [
        (*subject, *group, reason)
        for wave_id, subjects in waves.items()
        for subject, group, reason in _hidden_in_wave(
            subjects,
            layout,
            _nestings(wave_id, nested),
            {
                (breakdown, group_code): (lowest, highest)
                for wave, breakdown, group_code, lowest, highest in weights
                if wave == wave_id
            },
            rules,
        )
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in SCHEMA]
    return pa.table([list(column) for column in columns], schema=SCHEMA)


def _hidden_in_wave(
    subjects: Mapping[Subject, Sequence[Row]],
    layout: Sequence[Breakdown],
    nestings: Sequence[Nesting],
    weights: Mapping[Group, Ends],
    rules: Rules,
) -> Iterator[tuple[Subject, Group, str]]:
    (returned,) = (subject for subject in subjects if subject[1] == RESPONSE)
    response = counts_by_group(subjects[returned])
    sizes = {group: int(counts.sum()) for group, counts in response.items()}
    hidden_in_response: list[Group] = []
    for subject in [returned, *(other for other in subjects if other != returned)]:
        counts = counts_by_group(subjects[subject])
        width = len(next(iter(counts.values())))
        for group in response:
            counts.setdefault(group, np.zeros(width, dtype=np.int64))
        hidden = hidden_groups(
            parts_of(counts, layout, nestings, weights),
            rules,
            hidden_in_response,
            {
                (row["breakdown"], row["group_code"])
                for row in subjects[subject]
                if row["has_one_answer"]
            },
            sizes,
        )
        if subject == returned:
            hidden_in_response = list(hidden)
        for group, reason in hidden.items():
            if not is_without_value(group):
                yield subject, group, reason
        for breakdown in layout:
            if because := reason_to_hide_rest(counts, breakdown.name, rules):
                yield subject, (breakdown.name, REST), because


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
