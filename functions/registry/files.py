"""Reads the CSV files that registries export, row by row, however large and however encoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from functions.registry.columns import HEADINGS, REQUIRED, field_of
from functions.shared.csvfiles import Cells, Chunk, Columns, in_chunks, read_table
from functions.shared.errors import Fault, Invalid


def read_file(stream: IO[bytes]) -> Iterator[tuple[int, Cells | Fault]]:
    """Each data row with its number from 1: its cells by our field names, or why it cannot be cut.

    Raises `Invalid` as `read_table` does, and `header_missing`, `header_twice`.
    """
    return read_table(stream, _Layout())


def chunks(stream: IO[bytes], size: int) -> Iterator[Chunk]:
    """The file in portions of at most `size` rows, in order, fewer where they are very long;
    raises as `read_file` does."""
    return in_chunks(read_file(stream), size)


class _Layout:
    """The columns of a registry's export."""

    def field_of(self, heading: str) -> str | None:
        return field_of(heading)

    def columns(self, headings: Sequence[str]) -> Columns:
        columns = [field_of(name) for name in headings]
        missing = [HEADINGS[field][0] for field in REQUIRED if field not in columns]
        if missing:
            raise Invalid.of("header_missing", "header", columns="、".join(missing))
        ours = [field for field in columns if field]
        twice = sorted({field for field in ours if ours.count(field) > 1})
        if twice:
            named = "、".join(HEADINGS[field][0] for field in twice)
            raise Invalid.of("header_twice", "header", columns=named)
        return columns
