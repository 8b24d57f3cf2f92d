"""Settings that may hold a secret: read where they are needed, and kept nowhere.

What belongs here: reading one. What does not: `Settings`, which is shown, logged and handed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def secret(name: str, environment: Mapping[str, str]) -> str | None:
    """A value of the environment, or of the file that `<name>_FILE` names; None where neither is set.

    Raises OSError or UnicodeDecodeError where the file cannot be read.
    """
    if file := environment.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    return environment.get(name)


def is_set(name: str, environment: Mapping[str, str]) -> bool:
    """Whether there is such a value, without reading it."""
    return bool(environment.get(f"{name}_FILE") or environment.get(name))
