"""When respondents answered and how fast, where a wave delivers it.

What belongs here: checks on attributes of the kinds `started_at`, `finished_at` and `duration`. What
does not: what was answered. A blank says nothing, and breaks no promise here.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.declarations import Expectation, Scope, no_rows
from expectations.delivery import check
from expectations.plausibility.respondents import ASK_PANEL, filled_cells
from expectations.sql import literal
from expectations.survey import attribute_columns, threshold_value
from orchestration.sql import identifier

ASK_TIMES = (
    "Ask the sender how the times were exported: dates and times as in 2026-05-11T09:30:00, "
    "durations in seconds."
)
ASK_DATES = (
    "Compare the dates of the field work in waves.csv with what was held; ask the sender about "
    "respondents of other dates, which may be tests."
)

# ISO 8601 has forms without separators, by week and by day of the year.
OTHER_FORMS = ("%Y%m%dT%H%M%S", "%Y%m%dT%H%M", "%Y%m%d", "%G-W%V-%u", "%GW%V%u", "%Y-%j", "%Y%j")
# The field work is held by the clock on the wall, so that the offset to UTC is left out.
OFFSET = r"(:\d\d([.,]\d+)?|T\d{4,6})\s*(Z|[+-]\d\d(:?\d\d)?)$"


@check(
    "Times of answering can be read, and end after they start", severity="warn", remedy=ASK_TIMES
)
def times_readable(scope: Scope) -> Iterator[Expectation]:
    moments = _moments(scope)
    wrong = {
        column: f"{_text(column)} <> '' and {moment} is null" for column, moment in moments.items()
    }
    for column in _delivered(scope, "duration"):
        seconds = f"try_cast({identifier(column)} as double)"
        wrong[column] = f"{_text(column)} <> '' and not coalesce({seconds} >= 0, false)"
    if len(moments) == 2:
        (_, started), (finishing, finished) = moments.items()
        wrong[finishing] = f"({wrong[finishing]}) or {finished} < {started}"
    if wrong:
        yield no_rows(
            """
            select row, columns
            from (select rowid + 1 as row, concat_ws(', ', {columns}) as columns from delivered)
            where columns <> ''
            """,
            columns=", ".join(
                f"case when {is_wrong} then {literal(column)} end"
                for column, is_wrong in wrong.items()
            ),
        )


@check("Everybody answered while the field work was held", severity="warn", remedy=ASK_DATES)
def answered_in_fieldwork(scope: Scope) -> Iterator[Expectation]:
    moments = _moments(scope)
    (wave,) = (row for row in scope.codebook.table("waves") if row["wave_id"] == scope.wave)
    first, last = wave["fieldwork_start"], wave["fieldwork_end"]
    if not (moments and first and last):
        return
    yield no_rows(
        """
        select rowid + 1 as row from delivered
        where least({moments})::date < {first}::date - {days}
            or greatest({moments})::date > {last}::date + {days}
        """,
        moments=", ".join(moments.values()),
        first=literal(first),
        last=literal(last),
        days=literal(int(threshold_value(scope.codebook, "answered_in_fieldwork"))),
    )


@check("Few answer faster than one can read", severity="warn", remedy=ASK_PANEL)
def speeders(scope: Scope) -> Iterator[Expectation]:
    seconds = _seconds(scope)
    if seconds is None or not scope.items:
        return
    yield no_rows(
        """
        with timed as (
            select rowid as place, {seconds} as seconds, {filled} as filled from delivered
            where seconds >= 0
        )
        select place + 1 as row from timed
        where seconds < {seconds_per_item} * filled
        qualify count(*) over () > {largest_share} * (select count(*) from timed)
        """,
        seconds=seconds,
        filled=filled_cells(item.source_column for item in scope.items),
        seconds_per_item=literal(threshold_value(scope.codebook, "speeders.seconds_per_item")),
        largest_share=literal(threshold_value(scope.codebook, "speeders")),
    )


CHECKS = (times_readable, answered_in_fieldwork, speeders)


def _delivered(scope: Scope, kind: str) -> list[str]:
    return list(attribute_columns(scope.codebook, scope.wave, kind).values())


def _text(column: str) -> str:
    return f"trim(coalesce({identifier(column)}, ''))"


def _moments(scope: Scope) -> dict[str, str]:
    """SQL: the moment that each column tells, the start before the end; NULL where it tells none."""
    columns = [*_delivered(scope, "started_at"), *_delivered(scope, "finished_at")]
    local = "regexp_replace({text}, {offset}, '\\1')"
    forms = ", ".join(map(literal, OTHER_FORMS))
    moments = {}
    for column in columns:
        text = local.format(text=_text(column), offset=literal(OFFSET))
        moments[column] = (
            f"coalesce(try_strptime({text}, [{forms}]), try_cast({text} as timestamp))"
        )
    return moments


def _seconds(scope: Scope) -> str | None:
    """SQL: how long a respondent took; None where the wave does not deliver it."""
    for column in _delivered(scope, "duration"):
        return f"try_cast({identifier(column)} as double)"
    match list(_moments(scope).values()):
        case [started, finished]:
            return f"date_diff('millisecond', {started}, {finished}) / 1000"
        case _:
            return None
