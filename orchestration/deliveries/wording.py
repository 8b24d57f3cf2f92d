"""Wording: whether a text that a file carries is the one that the codebook knows."""

from __future__ import annotations

SHORTEST_CUT_TEXT = 100


def normalised(text: str) -> str:
    """The text as it is compared: single spaces, and capitals as small letters."""
    return " ".join(text.split()).casefold()


def is_same_text(delivered: str, known: str) -> bool:
    """Equal but for spaces and capitals; programs cut long texts, so a long beginning will do.

    So will the statement of a grid behind its question, as LimeSurvey and Qualtrics export it:
    `question [statement]` and `question - statement`.
    """
    given, whole = normalised(delivered), normalised(known)
    return (
        given == whole
        or given.endswith((f" [{whole}]", f" - {whole}"))
        or (len(given) >= SHORTEST_CUT_TEXT and whole.startswith(given))
    )
