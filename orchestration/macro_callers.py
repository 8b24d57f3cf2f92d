"""Macro callers: the models that a change of macros is about, as far as dbt cannot tell.

dbt finds out which macros a model calls by rendering it, before anything is built: a call in a loop
over waves, or behind a question to the warehouse, is not come to. It knows all of what macros call
in one another. What belongs here: reading the calls in the models' text. What does not: what else
dbt compares between two states.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Manifest = Mapping[str, Any]


def callers_of_changed_macros(before: Manifest, now: Manifest) -> list[str]:
    """The names of models whose text calls a macro that differs between the manifests, at any remove."""
    old, new = (
        {key: macro["macro_sql"] for key, macro in manifest["macros"].items()}
        for manifest in (before, now)
    )
    # One that is gone may be called by the same name as another's.
    differing = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    return callers(now, differing)


def callers(manifest: Manifest, macros: set[str]) -> list[str]:
    """The names of models whose text calls one of these macros, at any remove."""
    reached: set[str] = set()
    while macros - reached:
        reached |= macros
        macros = {
            key
            for key, macro in manifest["macros"].items()
            if reached.intersection(macro["depends_on"]["macros"])
        }
    names = "|".join(sorted(re.escape(key.rpartition(".")[2]) for key in reached))
    called = re.compile(rf"\b({names})\s*\(")
    return sorted(
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and reached and called.search(node["raw_code"])
    )
