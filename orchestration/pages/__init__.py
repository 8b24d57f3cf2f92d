"""Pages for people: one look for all of them, whole in one file, with nothing loaded from elsewhere.

What belongs here: the frame and the style of a page, and rendering. What does not: what a page says,
whose templates lie with whoever says it. Every value is escaped.
"""

from __future__ import annotations

from pathlib import Path

FRAME = Path(__file__).parent


def render(templates: Path, name: str, **values: object) -> str:
    """A page: the template of this name, in a folder of templates that may extend `base.html`."""
    from jinja2 import Environment, FileSystemLoader, select_autoescape

    environment = Environment(
        loader=FileSystemLoader([templates, FRAME]),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(**values)
