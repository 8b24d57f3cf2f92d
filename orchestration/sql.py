"""Names and values as SQL text: the only way that text from a file gets into a query here."""

from __future__ import annotations

from collections.abc import Iterable


def identifier(name: str) -> str:
    """A column's or table's name, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text value."""
    return "'" + text.replace("'", "''") + "'"


def identifiers(names: Iterable[str]) -> str:
    """`"a", "b", "c"`."""
    return ", ".join(map(identifier, names))
