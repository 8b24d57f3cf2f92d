"""What a bad delivery is: a good one, what was done to it, and the problems that it must be told.

What belongs here: the shape of a case and the few words in which cases are written. What does not:
any case, which stands with its like in a module of this folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.deliveries.report import Severity
from tests.bad_deliveries.expected import Expected
from tests.builders import good_table, write_delivery

Values = dict[str, list[str | None]]
TableChange = Callable[[Values], object]
BytesChange = Callable[[bytes], bytes]


def unchanged(content: bytes) -> bytes:
    """The bytes as they are."""
    return content


@dataclass(frozen=True)
class BadDelivery:
    """A good delivery of twelve respondents with a fault: in its table before it is written, or in
    its bytes after. `write` makes a file that cannot be had from a good one; `survey` replaces tables of
    the codebook; `wave_id` is named by whoever delivers. With a `manifest` it is a folder, in which
    `others` may lie too.
    """

    name: str
    expected: tuple[Expected, ...]
    table: TableChange = lambda _table: None
    content: BytesChange = unchanged
    write: Callable[[Path], object] | None = None
    file_name: str = "bad_2022.csv"
    wave_id: str | None = None
    survey: Mapping[str, str] = field(default_factory=dict)
    manifest: bytes | None = None
    others: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether one of the problems forbids to load it."""
        return any(problem.severity is Severity.REFUSE for problem in self.expected)

    @property
    def is_text(self) -> bool:
        """Whether it is a csv file without a manifest."""
        return self.file_name == "bad_2022.csv" and self.manifest is None

    @property
    def is_made_by_table(self) -> bool:
        """Whether it is a csv file of a table, with the fault in a cell or a column of it."""
        return self.is_text and self.write is None and self.content is unchanged

    def make(self, folder: Path) -> Path:
        """Write the delivery into a folder; gives what is delivered: the file, or its folder."""
        path = folder / "delivered" / self.file_name
        path.parent.mkdir(exist_ok=True)
        if self.write is not None:
            self.write(path)
        else:
            table = good_table()
            self.table(table)
            write_delivery(path, table)
        path.write_bytes(self.content(path.read_bytes()))
        if self.manifest is None:
            return path
        (path.parent / "delivery.yml").write_bytes(self.manifest)
        for other in self.others:
            (path.parent / other).write_bytes(b"")
        return path.parent


def put(column: str, cells: Mapping[int, str | None]) -> TableChange:
    """Values in a column, by the row in a csv file, whose first respondent is in row 2."""

    def change(table: Values) -> None:
        for row, value in cells.items():
            table[column][row - 2] = value

    return change


def renamed(column: str, name: str) -> TableChange:
    """A column under another name, in its place."""

    def change(table: Values) -> None:
        columns = list(table.items())
        table.clear()
        table.update((name if known == column else known, values) for known, values in columns)

    return change


def added(column: str, value: str = "1") -> TableChange:
    """A column more, with one value in every row."""
    return lambda table: table.update({column: [value] * 12})


def without(column: str) -> TableChange:
    """A column less."""
    return lambda table: table.pop(column)


def replaced(old: bytes, new: bytes) -> BytesChange:
    """The first of these bytes replaced."""
    return lambda content: content.replace(old, new, 1)


def cut(end: int) -> BytesChange:
    """The file without its end, given as a slice counts."""
    return lambda content: content[:end]


def followed_by(tail: bytes) -> BytesChange:
    """The file and something after it."""
    return lambda content: content + tail


def instead(content: bytes) -> BytesChange:
    """Something else under the file's name."""
    return lambda _content: content
