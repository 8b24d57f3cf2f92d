"""dbt's own documentation as one page that works offline: lineage of models, their SQL, their tests.

`dbt docs generate --static` puts dbt's manifest and catalog into a page that ships with dbt. It parses
every model again and opens the warehouse for writing, so that it would wait for a refresh and keep
it waiting. What belongs here: doing just that with the manifest that stands, and seeing to it that
the page asks for nothing outside itself. What does not: pages of our own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from orchestration.documentation.tables import DbtManifest
from orchestration.errors import VakwerkError

MANIFEST_PLACE = '"MANIFEST.JSON INLINE DATA"'
CATALOG_PLACE = '"CATALOG.JSON INLINE DATA"'
HEAD = "<head>"

# Where things lie on the machine that made the page is nothing that its readers need.
OF_THE_MACHINE = {"build_path", "compiled_path", "root_path"}

# A browser then refuses whatever is not in the page itself, tracking of its use included.
OFFLINE = (
    '<meta http-equiv="Content-Security-Policy" content="'
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    'img-src data:; font-src data:">'
)
TRACKER = re.compile(r"//[a-z0-9]+\.cloudfront\.net/[^\"']*|fishtownanalytics\.sinter-collect\.com")


class DocumentationError(VakwerkError):
    """A page cannot be made; the message says of what."""


def dbt_page(manifest: DbtManifest) -> str:
    """dbt's page about the manifest.

    Raises DocumentationError where the page that ships with dbt has no place for it.
    """
    page = files("dbt.task.docs").joinpath("index.html").read_text(encoding="utf-8")
    if any(page.count(place) != 1 for place in (MANIFEST_PLACE, CATALOG_PLACE, HEAD)):
        raise DocumentationError(
            "The page of dbt's documentation is not as dbt 1.11 has it: see orchestration/documentation/dbt_docs.py."
        )
    page = TRACKER.sub("", page).replace(HEAD, HEAD + OFFLINE)
    for place, content in (
        (MANIFEST_PLACE, _without_machine(manifest)),
        (CATALOG_PLACE, _catalog(manifest)),
    ):
        # A closing tag inside would end the script that this is written into.
        page = page.replace(place, json.dumps(content).replace("</", r"<\/"))
    return page


def _without_machine(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: _without_machine(each)
                for key, each in value.items()
                if key not in OF_THE_MACHINE
            }
        case list():
            return [_without_machine(each) for each in value]
    return value


def _catalog(manifest: DbtManifest) -> Mapping[str, Any]:
    """What a catalog says of columns, from what the models and seeds declare."""
    return {
        "metadata": {},
        "nodes": dict(_catalogued(manifest["nodes"])),
        "sources": {},
        "errors": None,
    }


def _catalogued(nodes: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, node in nodes.items():
        if node["resource_type"] not in ("model", "seed"):
            continue
        declared = node["config"].get("column_types") or {}
        yield (
            key,
            {
                "unique_id": key,
                "metadata": {
                    "type": node["config"]["materialized"],
                    "schema": node["schema"],
                    "name": node["alias"],
                    "database": node["database"],
                    "comment": None,
                    "owner": None,
                },
                "columns": {
                    name: {
                        "name": name,
                        "index": index,
                        "type": column["data_type"] or declared.get(name, ""),
                        "comment": None,
                    }
                    for index, (name, column) in enumerate(node["columns"].items(), 1)
                },
                "stats": {},
            },
        )
