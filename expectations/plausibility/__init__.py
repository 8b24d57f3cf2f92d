"""Plausibility of a delivery: what is allowed cell by cell, and yet cannot well be true.

    respondents (with combinations), timing, items, response

What belongs here: checks of the suite `delivery`, each with its threshold, severity and reason in
`quality_thresholds.csv`. What does not: what may stand in a single cell (`expectations.delivery`).
"""

from __future__ import annotations

from expectations.declarations import Check
from expectations.plausibility import items, respondents, response, timing

CHECKS: tuple[Check, ...] = (
    *respondents.CHECKS,
    *timing.CHECKS,
    *items.CHECKS,
    *response.CHECKS,
)
