"""The room's two books: the constraint list and the instruments, published in versions that fit
each other (C13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from functions.discipline.instruments import (
    ConstraintList,
    Instruments,
    misfits,
    parse_constraints,
    parse_instruments,
)
from functions.shared.calendar import shanghai_day
from functions.shared.directory import Directory
from functions.shared.errors import Fault, Invalid, NotFound
from functions.shared.handbooks import Edition, Handbook, unreadable


@dataclass(frozen=True, slots=True)
class DisciplineBooks:
    """The constraint list and the instruments."""

    constraints: Handbook[ConstraintList]
    instruments: Handbook[Instruments]

    def named(self, name: str) -> Handbook[Any]:
        """The book of a name; raises NotFound."""
        for book in (self.constraints, self.instruments):
            if book.name == name:
                return book
        raise NotFound("book")


def publish(
    books: DisciplineBooks,
    name: str,
    text: str,
    since: date | None,
    *,
    note: str,
    by: str,
    directory: Directory,
    now: datetime,
) -> Edition:
    """Put a version of a book in force from a day on (None: from today), if all that instruments
    name is on the list and in the directory on that day.

    Raises NotFound for another book, Invalid for what cannot be read, does not fit, or should hold
    from a past day, Conflict where the version stands for another text.
    """
    book, today = books.named(name), shanghai_day(now)
    day = since or today
    if day < today:
        raise Invalid.of("book_since_past", "since", today=today.isoformat())
    if found := list(_misfits(books, name, text, day, directory)):
        raise Invalid.all(Fault("book_misfit", "toml", params={"reason": one}) for one in found)
    return book.publish(text, day, note=note, by=by, now=now)


def _misfits(
    books: DisciplineBooks, name: str, text: str, day: date, directory: Directory
) -> Iterator[str]:
    try:
        if name == books.instruments.name:
            given, listed = parse_instruments(text), books.constraints.on(day)
        else:
            given, listed = books.instruments.on(day), parse_constraints(text)
    except ValueError as error:
        raise unreadable(error) from None
    yield from misfits(given, listed, directory)
