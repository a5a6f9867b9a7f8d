"""Reads CSV files row by row, however large, however encoded and however badly quoted."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from functions.shared.encodings import LONGEST_LINE, decoded_lines
from functions.shared.errors import Fault, Invalid

DELIMITERS = (",", "\t", ";", "，", "|")
# A quotation mark that is never closed swallows the rest of a file; beyond this it is a mistake.
_LONGEST_RECORD = LONGEST_LINE
_MOST_CHARACTERS = 4_000_000  # of a chunk: hundreds of absurd texts would not fit in memory

Cells = dict[str, str]
Columns = Sequence[str | None]  # the field of each column (None: not ours)


class Layout(Protocol):
    """What the columns of a file mean."""

    def field_of(self, heading: str) -> str | None:
        """The field under a heading; None for one that is not ours."""
        ...

    def columns(self, headings: Sequence[str]) -> Columns:
        """The field of each column of a file; raises Invalid where it cannot be read so."""
        ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a file that can be worked on alone: (number, cells) each, and ragged rows."""

    first_row: int
    rows: tuple[tuple[int, Cells], ...]
    faults: tuple[Fault, ...]


def read_table(stream: IO[bytes], layout: Layout) -> Iterator[tuple[int, Cells | Fault]]:
    """Each data row with its number from 1: its cells by field, or why it cannot be cut.

    Takes UTF-8, GB18030 and UTF-16, with or without a byte order mark, any line ends, and commas,
    tabs, semicolons or bars. Blank rows do not count. Raises `Invalid`: `file_empty`,
    `file_not_text` (a spreadsheet, an archive), and what `layout` raises. A row's own faults:
    `row_ragged`, `row_unclosed` (a quotation mark).
    """
    source = _Lines(decoded_lines(stream))
    heading = next((line for line in source if line.strip()), None)
    if heading is None:
        raise Invalid.of("file_empty", "file")
    delimiter, columns = _header(heading, layout)
    number = 0
    for values, line, fault in _records(source, delimiter, len(columns)):
        if not any(value.strip() for value in values):
            continue
        number += 1
        if fault:
            params = {"line": line, "expected": len(columns), "found": len(values)}
            yield number, Fault(fault, "row", number, params)
        else:
            pairs = zip(columns, values, strict=False)
            yield number, {field: value for field, value in pairs if field}


def in_chunks(rows: Iterable[tuple[int, Cells | Fault]], size: int) -> Iterator[Chunk]:
    """`rows` in portions of at most `size`, in order, fewer where they are very long."""
    good: list[tuple[int, Cells]] = []
    faults: list[Fault] = []
    characters = number = 0
    for number, read in rows:
        if isinstance(read, Fault):
            faults.append(read)
        else:
            good.append((number, read))
            characters += sum(map(len, read.values()))
        count = len(good) + len(faults)
        if count == size or characters > _MOST_CHARACTERS:
            yield Chunk(number - count + 1, tuple(good), tuple(faults))
            good, faults, characters = [], [], 0
    if count := len(good) + len(faults):
        yield Chunk(number - count + 1, tuple(good), tuple(faults))


class _Lines:
    """The lines of a file, which remembers those of the present record and can take them back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: deque[str] = deque()
        self._record: list[str] = []
        self._length = 0
        self.line = 0
        self.at_end = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._returned:
            line = self._returned.popleft()
        else:
            try:
                line = next(self._lines)
            except StopIteration:
                self.at_end = True
                raise
        self._record.append(line)
        self.line += 1
        self._length += len(line)
        if self._length > _LONGEST_RECORD and len(self._record) > 1:
            self.at_end = True
            raise StopIteration
        return line

    def begin(self) -> None:
        self._record.clear()
        self._length = 0
        self.at_end = False

    def take_back(self) -> str:
        """All lines of the record but its first become records of their own."""
        first, rest = self._record[0], self._record[1:]
        self._returned.extendleft(reversed(rest))
        self.line -= len(rest)
        return first

    @property
    def record(self) -> list[str]:
        return self._record


def _records(
    source: _Lines, delimiter: str, width: int
) -> Iterator[tuple[list[str], int, str | None]]:
    """Values, line and fault of each record; one stray quotation mark costs only its own line."""
    # The module's default of 131,072 characters would fail the file for one absurd scope.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_RECORD + LONGEST_LINE))
    while True:
        source.begin()
        reader = csv.reader(source, delimiter=delimiter)
        values = next(reader, None)
        if values is None:
            return
        line = source.line - len(source.record) + 1
        values = _without_empty_tail(values, width)
        if source.at_end or _swallowed(source.record, values, delimiter, width):
            yield source.take_back().split(delimiter), line, "row_unclosed"
        elif len(values) != width:
            yield values, line, "row_ragged"
        else:
            yield values, line, None


def _swallowed(record: list[str], values: list[str], delimiter: str, width: int) -> bool:
    """Whether a record of several lines is really a stray quotation mark and the rows after it."""
    if len(record) == 1:
        return False
    if len(values) != width:
        return True
    return any(len(next(csv.reader([line], delimiter=delimiter))) == width for line in record[1:])


def _without_empty_tail(values: list[str], width: int) -> list[str]:
    """Spreadsheets pad rows with empty cells beyond the last heading."""
    if len(values) > width and not any(value.strip() for value in values[width:]):
        return values[:width]
    return values


def _header(heading: str, layout: Layout) -> tuple[str, Columns]:
    """The delimiter that finds most of our fields in the first line, and the field per column."""
    delimiter, names = max(
        ((mark, next(csv.reader([heading], delimiter=mark))) for mark in DELIMITERS),
        key=lambda attempt: sum(layout.field_of(name) is not None for name in attempt[1]),
    )
    while names and not names[-1].strip():
        names.pop()
    return delimiter, layout.columns(names)
