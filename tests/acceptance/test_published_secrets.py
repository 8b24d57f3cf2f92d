"""Nothing can be worked out of the groups that the shipped waves hide from the counts published of their items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

from orchestration.codebook import Codebook
from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse
from tests.attacker import NO_VALUE, Group, Layout, Pinned, Told, attack

pytestmark = pytest.mark.slow

MINIMUM = 10
CODEBOOK = Codebook(PROJECT / "seeds" / "codebook")
BREAKDOWNS = {
    row["breakdown"]: tuple(row[name] for name in ("attribute_1", "attribute_2") if row[name])
    for row in CODEBOOK.table("breakdowns")
}
Counts = Mapping[Group, list[float]]


def _layout(wave: str) -> Layout:
    """The break-downs, and which organisations lie in which ministry: from the codebook alone."""
    rows = [row for row in CODEBOOK.table("attribute_codes") if row["wave_id"] == wave]
    group_of = {(row["attribute_id"], row["code"]): row["group_code"] for row in rows}
    ministries = {
        group: group_of["ministry", code]
        for (attribute, code), group in group_of.items()
        if attribute == "organisation"
    }
    codes = {
        attribute: sorted({row["group_code"] for row in rows if row["attribute_id"] == attribute})
        for attribute in {row["attribute_id"] for row in rows}
    }
    return Layout(BREAKDOWNS, codes, {("organisation", "ministry"): ministries})


def _truth(built: duckdb.DuckDBPyConnection, wave: str) -> dict[str, tuple[Counts, Counts]]:
    """The true counts of each item by group and answer, and the same weighted."""
    rows = built.execute(
        """
        select item_id, breakdown, group_code, answer, respondents, weight_sum
        from intermediate.int_answer_counts inner join staging.stg_item_answers using (wave_id, item_id, answer)
        where wave_id = ? and meaning = 'answer'
        """,
        [wave],
    ).fetchall()
    counted: dict[str, tuple[Any, Any]] = defaultdict(
        lambda: (defaultdict(lambda: [0] * 5), defaultdict(lambda: [0.0] * 5))
    )
    for item_id, breakdown, group_code, answer, respondents, weight in rows:
        counted[item_id][0][breakdown, group_code][answer - 1] = respondents
        counted[item_id][1][breakdown, group_code][answer - 1] = weight
    return counted


def _shown(marts: duckdb.DuckDBPyConnection, wave: str) -> dict[str, set[Group]]:
    shown: dict[str, set[Group]] = defaultdict(set)
    for item_id, *group in marts.execute(
        "select item_id, breakdown, group_code from item_results where wave_id = ? and not is_suppressed",
        [wave],
    ).fetchall():
        shown[item_id].add((group[0], group[1]))
    return shown


def _weights(built: duckdb.DuckDBPyConnection, wave: str) -> dict[Group, tuple[float, float]]:
    return {
        (breakdown, group_code): (low, high)
        for breakdown, group_code, low, high in built.execute(
            """
            select breakdown, group_code, min(population_weight), max(population_weight)
            from intermediate.int_profile_groups where wave_id = ? group by all
            """,
            [wave],
        ).fetchall()
    }


def _without_value(counts: Counts) -> dict[Group, list[float]]:
    """Those without a value in a break-down by one attribute; crossed ones have a value in the waves."""
    total = counts["total", "all"]
    left = {}
    for name, attributes in BREAKDOWNS.items():
        if len(attributes) == 1:
            inside = [own for group, own in counts.items() if group[0] == name]
            rest = [every - sum(each) for every, *each in zip(total, *inside, strict=True)]
            if any(rest):
                left[name, NO_VALUE] = rest
    return left


@pytest.mark.parametrize("wave", ["2022", "2024", "2026"])
def test_no_group_and_no_answer_is_pinned_in_the_shipped_waves(
    sample: Warehouse, wave: str
) -> None:
    layout = _layout(wave)
    with sample.published() as marts:
        shown = _shown(marts, wave)
    with sample.built() as built:
        truth, weights = _truth(built, wave), _weights(built, wave)
    attacked, pinned = 0, list[tuple[str, Pinned]]()
    for item_id, (counts, weighted) in truth.items():
        without = _without_value(counts)
        secret = {
            group: own
            for group, own in {**counts, **without}.items()
            if sum(own) < MINIMUM or sum(answer > 0 for answer in own) == 1
        }
        assert not shown[item_id] & set(secret), f"{item_id} shows a group that needs protection"
        if not secret:
            continue
        known = {group for name in layout.breakdowns for group in layout.groups(name)}
        told = Told(
            {group: counts[group] for group in shown[item_id]},
            {group: weighted[group] for group in shown[item_id]},
            weights,
            {},
            frozenset(known - set(counts) - set(without)),
        )
        attacked += len(secret)
        pinned += [(item_id, found) for found in attack(layout, told, secret)]
    assert attacked
    assert pinned == []


def test_what_is_hidden_in_the_results_is_hidden_in_every_mart(sample: Warehouse) -> None:
    """Of an item and a group, no other mart has a figure; of an item and a line, no trend."""
    with sample.published() as marts:
        hidden = (
            "select wave_id, item_id, breakdown, group_code from item_results where is_suppressed"
        )
        (groups,) = marts.execute(f"select count(*) from ({hidden})").fetchone() or (0,)
        assert groups > 100
        for mart, figure in [
            ("item_distributions", "coalesce(respondents, share)"),
            ("group_differences", "coalesce(difference, respondents)"),
            ("benchmarks", "coalesce(mean, peer_median, previous_mean)"),
            ("trends", "coalesce(mean, previous_mean, respondents)"),
        ]:
            told = marts.execute(
                f"""
                select count(*) from {mart} inner join ({hidden}) using (wave_id, item_id, breakdown, group_code)
                where not is_suppressed or {figure} is not null
                """
            ).fetchone()
            assert told == (0,), mart
        references = marts.execute(
            f"""
            select count(*) from group_differences as differences
            inner join ({hidden}) as hidden
                on differences.wave_id = hidden.wave_id and differences.item_id = hidden.item_id
                and differences.breakdown = hidden.breakdown and differences.reference_code = hidden.group_code
            where not differences.is_suppressed
            """
        ).fetchone()
        assert references == (0,)
        # The wave before tells its figures in the trends of the next.
        before = marts.execute(
            f"""
            select count(*) from trends inner join ({hidden}) as hidden
                on trends.previous_wave_id = hidden.wave_id and trends.item_id = hidden.item_id
                and trends.breakdown = hidden.breakdown and trends.group_code = hidden.group_code
            where trends.basis <> 'as_it_is_now' and not trends.is_suppressed
            """
        ).fetchone()
        assert before == (0,)
        tested = marts.execute(
            """
            select count(*) from group_tests as tests inner join (
                select wave_id, item_id, breakdown, sum(respondents)::bigint as shown from item_results group by all
            ) using (wave_id, item_id, breakdown)
            where tests.respondents > shown
            """
        ).fetchone()
        assert tested == (0,)


def test_the_mart_of_suppression_counts_what_is_hidden_in_each_mart(sample: Warehouse) -> None:
    with sample.published() as marts:
        told = marts.execute(
            "select mart, sum(rows_all)::bigint, sum(rows_hidden)::bigint from suppression group by all"
        ).fetchall()
        assert len(told) >= 15
        for mart, rows, hidden in told:
            counted = marts.execute(
                f"select count(*), count(*) filter (is_suppressed) from {mart}"
            ).fetchone()
            assert counted == (rows, hidden), mart
        reasons = marts.execute(
            """
            select wave_id, mart, rows_hidden, rows_under_minimum + rows_for_others from suppression
            where mart in ('item_results', 'theme_results', 'response')
            """
        ).fetchall()
        assert len(reasons) == 9
        assert all(hidden == told for _, _, hidden, told in reasons), reasons
