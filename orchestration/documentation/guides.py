"""The project's guides as pages: the Markdown of the checkout, with links that stay within the site.

What belongs here: turning Markdown into the body of a page. What does not: the frame around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

PLACES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md")
OUTSIDE = re.compile(r"[a-z]+:", re.IGNORECASE)
TABLE_REGION = '<div class="wide" tabindex="0" role="group" aria-label="Table {number}">\n'


@dataclass(frozen=True)
class Guide:
    """A guide: where it lies in the checkout, its title, and its body as HTML."""

    place: PurePosixPath
    title: str
    body: str

    @property
    def page(self) -> PurePosixPath:
        """Where its page lies among the pages of all guides."""
        return self.place.with_suffix(".html")


def guides(project: Path) -> tuple[tuple[Guide, ...], frozenset[PurePosixPath]]:
    """Every guide of the checkout, and the images that they show."""
    texts = {
        PurePosixPath(path.relative_to(project).as_posix()): path.read_text(encoding="utf-8")
        for pattern in PLACES
        for path in sorted(project.glob(pattern))
    }
    images: set[PurePosixPath] = set()
    made = []
    for place, text in texts.items():
        tokens = _markdown().parse(text)
        tokens = list(_without_empty_headers(_linked(tokens, place, set(texts), images, project)))
        made.append(Guide(place, _title(tokens, place), _html(tokens)))
    return tuple(made), frozenset(images)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _html(tokens: Sequence[Token]) -> str:
    """HTML in which whatever scrolls can be reached by keyboard."""
    body = str(_markdown().renderer.render(tokens, _markdown().options, {}))
    numbers = iter(range(1, len(tokens) + 1))
    body = re.sub("<table>", lambda _: TABLE_REGION.format(number=next(numbers)) + "<table>", body)
    return body.replace("</table>", "</table>\n</div>").replace("<pre>", '<pre tabindex="0">')


def _title(tokens: Sequence[Token], place: PurePosixPath) -> str:
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h1":
            return "".join(part.content for part in inline.children or ())
    return place.stem


def _linked(
    tokens: Sequence[Token],
    place: PurePosixPath,
    known: set[PurePosixPath],
    images: set[PurePosixPath],
    project: Path,
) -> Iterator[Token]:
    """The tokens with an id at each heading, and links to pages of the site or to nothing."""
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(tokens[number + 1].content))
        for part in token.children or ():
            if (
                part.type == "image"
                and (project / (image := _target(place, str(part.attrs["src"])))).is_file()
            ):
                images.add(image)
        if token.children:
            token.children = list(_with_live_links(token.children, place, known))
        yield token


def _with_live_links(
    parts: Sequence[Token], place: PurePosixPath, known: set[PurePosixPath]
) -> Iterator[Token]:
    """The parts of a text; of a link that leads nowhere on the site, its text alone."""
    is_live = True
    for part in parts:
        if part.type == "link_open":
            href = _href(place, str(part.attrs["href"]), known)
            is_live = href is not None
            part.attrSet("href", href or "")
        # Links do not nest, so the next end is that of this one.
        if is_live or part.type not in ("link_open", "link_close"):
            yield part


def _href(place: PurePosixPath, link: str, known: set[PurePosixPath]) -> str | None:
    """Where a link leads on the site; None where the site does not have it."""
    path, mark, fragment = link.partition("#")
    if OUTSIDE.match(link) or not path:
        return link
    if _target(place, path) not in known:
        return None
    return str(PurePosixPath(path).with_suffix(".html")) + mark + fragment


def _target(place: PurePosixPath, path: str) -> PurePosixPath:
    return PurePosixPath(normpath(place.parent / path))


def _anchor(heading: str) -> str:
    """The anchor as readers of Markdown on a forge know it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _without_empty_headers(tokens: Iterator[Token]) -> Iterator[Token]:
    """An empty cell is no header: a reader that hears the page would be told of one."""
    stands = list(tokens)
    for opening, inline, closing in zip(stands, stands[1:], stands[2:], strict=False):
        if opening.type == "th_open" and not inline.content:
            opening.tag = closing.tag = "td"
    yield from stands
