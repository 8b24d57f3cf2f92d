"""Similarity: which known questions a text may be another wording of. For asking, never for deciding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from orchestration.codebook import Row
from orchestration.deliveries.wording import normalised

LIKE = 0.65
LIKE_IN_PLACE = 0.5
MOST_CANDIDATES = 3
SHORTEST_STEM = 3
FEWEST_WITH_A_STEM = 3


def similar(
    text: str, versions: Sequence[Row], texts: Iterable[str] = (), in_place: Row | None = None
) -> list[Row]:
    """The questions whose wording is like the text, the most alike first, three at most.

    A beginning that several questions share ("How important is …") says nothing and is not compared;
    `texts` are the other texts of the file, whose beginnings may be new. Of the question that had the
    same column before, `in_place`, less likeness is enough.
    """
    wordings = [row["wording"] for row in versions]
    shared = Counter(_beginnings([text, *texts, *wordings]))
    given = _without_stem(text, shared)
    compared = ((_likeness(given, _without_stem(row["wording"], shared)), row) for row in versions)
    alike = sorted(
        (pair for pair in compared if pair[0] >= (LIKE_IN_PLACE if pair[1] is in_place else LIKE)),
        key=lambda pair: -pair[0],
    )
    return [row for _, row in alike[:MOST_CANDIDATES]]


def _beginnings(texts: Iterable[str]) -> Iterator[str]:
    for text in {normalised(text) for text in texts}:
        words = text.split()
        for length in range(SHORTEST_STEM, len(words)):
            yield " ".join(words[:length])


def _without_stem(text: str, shared: Mapping[str, int]) -> str:
    words = normalised(text).split()
    for length in range(len(words) - 1, SHORTEST_STEM - 1, -1):
        if shared.get(" ".join(words[:length]), 0) >= FEWEST_WITH_A_STEM:
            return " ".join(words[length:])
    return " ".join(words)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
