"""Reading a manifest: from the text of `delivery.yml` to a Manifest, or to what is wrong with it.

What belongs here: YAML without its traps, and faults as problems in plain words. What does not: what
a manifest says (`manifest`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestration.deliveries.manifest import DeliveredFile, Manifest
from orchestration.deliveries.report import Kind, Problem, quoted

LONGEST_MANIFEST = 1 << 16
DEEPEST = 20
NOTHING = {"", "~", "null", "Null", "NULL"}

MEND = "Correct delivery.yml, or deliver the file without it; docs/deliveries.md lists its keys."

Keys = tuple[int | str, ...]


class _Fault(Exception):
    """What is wrong with the YAML, on which line."""

    def __init__(self, message: str, mark: yaml.Mark | None = None) -> None:
        super().__init__(f"Line {mark.line + 1}: {message}" if mark else message)


def read_manifest(path: Path) -> Manifest | tuple[Problem, ...]:
    """The manifest in a file, or every problem that keeps it from being one, in the order of lines."""
    lines: dict[Keys, int] = {}
    try:
        node = _document(_content(path))
        values = _plain(node, (), lines, set())
        if not isinstance(values, dict):
            raise _Fault("the manifest is no list of keys such as `wave: 2022`", node.start_mark)
        return Manifest.model_validate(values)
    except _Fault as fault:
        return (Problem(Kind.BAD_MANIFEST, f"{fault}.", MEND),)
    except ValidationError as error:
        return _problems(error.errors(include_url=False), lines)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_MANIFEST + 1)
    except OSError as error:
        raise _Fault(f"The manifest cannot be opened ({error.strerror})") from error
    if len(content) > LONGEST_MANIFEST:
        raise _Fault(f"The manifest is longer than {LONGEST_MANIFEST} bytes, so it is none")
    return content


def _document(content: bytes) -> yaml.Node:
    try:
        text = content.decode("utf-8-sig")
        _refuse_depth(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise _Fault("The manifest is not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        reason = error.problem or error.context or "it cannot be read"
        raise _Fault(f"this is no YAML: {reason}", error.problem_mark) from error
    except yaml.YAMLError as error:
        raise _Fault("The manifest has characters or brackets that YAML cannot have") from error
    if node is None:
        raise _Fault("The manifest is empty")
    return node


def _refuse_depth(text: str) -> None:
    """Stop at brackets within brackets before they are all read, which takes time and stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.YAMLError("too deep")


def _plain(node: yaml.Node, keys: Keys, lines: dict[Keys, int], seen: set[int]) -> Any:
    """The node as text, lists and mappings: what is written is what is read, `2022` and `no` too."""
    lines[keys] = node.start_mark.line + 1
    if id(node) in seen:
        raise _Fault("an anchor (&) is used again (*): write the value out", node.start_mark)
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return None if node.style is None and node.value in NOTHING else node.value
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, (*keys, position), lines, seen) for position, item in enumerate(node.value)
        ]
    values: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _Fault("a key is no word", key.start_mark)
        if key.value in values:
            raise _Fault(f"`{_shown(key.value)}` is there twice", key.start_mark)
        values[key.value] = _plain(value, (*keys, key.value), lines, seen)
        lines[(*keys, key.value)] = key.start_mark.line + 1
    return values


def _problems(found: Sequence[ErrorDetails], lines: Mapping[Keys, int]) -> tuple[Problem, ...]:
    """What pydantic found, in words that need no programmer; each line said once."""
    inner = {details["loc"][0] for details in found if len(details["loc"]) > 1}
    messages: dict[str, int] = {}
    for details in found:
        # A list is called too short where its one entry is wrong.
        if details["type"] == "too_short" and details["loc"][0] in inner:
            continue
        keys: Keys = tuple(details["loc"])
        # Of a union, pydantic names the branch after the keys.
        while keys and keys not in lines and details["type"] != "missing":
            keys = keys[:-1]
        line = lines.get(keys) or lines.get(keys[:-1]) or 1
        messages[f"Line {line}: {_message(details, keys)}"] = line
    return tuple(
        Problem(Kind.BAD_MANIFEST, message, MEND)
        for message in sorted(messages, key=messages.__getitem__)
    )


def _message(details: ErrorDetails, keys: Keys) -> str:
    name = _shown(".".join(str(key) for key in keys if isinstance(key, str)))
    match details["type"]:
        case "missing":
            return f"`{name}` is missing: {_meaning(keys)}."
        case "extra_forbidden":
            return f"`{name}` is no key of a manifest{_meant(keys)}"
        case "value_error" if not keys:
            return f"{details['ctx']['error']}."
        case _:
            return f"`{name}` has to be {_meaning(keys)}."


def _model(keys: Keys) -> type[BaseModel]:
    return DeliveredFile if keys[:1] == ("files",) and len(keys) > 1 else Manifest


def _meaning(keys: Keys) -> str:
    field = _model(keys).model_fields.get(str(keys[-1])) if keys else None
    return (field.description if field else None) or "`name`, `sha256` and `rows` of a file"


def _meant(keys: Keys) -> str:
    known = list(_model(keys).model_fields)
    close = get_close_matches(str(keys[-1]).lower(), known, n=1)
    return f": is `{close[0]}` meant?" if close else f"; the keys are {', '.join(known)}."


def _shown(text: str) -> str:
    return quoted(text)[1:-1]
