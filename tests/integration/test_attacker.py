"""An attacker who has every count that is published of a survey, and knows how its groups add up, pins nothing.

Each rule of disclosure control is needed: with it off, the same attacker finds something.
"""

from __future__ import annotations

import pytest

from tests.attacks import RULES, try_surveys

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("weighted", [False, True], ids=["unweighted", "weighted"])
def test_nothing_is_pinned_on_random_small_surveys(weighted: bool) -> None:
    outcome = try_surveys(range(25), weighted=weighted)
    assert outcome.attacked > 40
    assert outcome.pinned == 0


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_closes_a_leak(rule: str) -> None:
    weighted = rule == "weights"
    found = (try_surveys([seed], weighted=weighted, off=rule).pinned for seed in range(60))
    assert any(found)
