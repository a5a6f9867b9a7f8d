"""Where in a scope the words of an item stand, and what the scope takes out, to be shown (A5)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from functions.shared.matching.terms import Span
from functions.shared.matching.text import Reading

_LONGEST = 100  # characters of a quote


class MarkKind(StrEnum):
    """What a stretch of a scope is to an item."""

    MATCHED = "matched"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the scope, counted in code points; `why` quotes what took it out."""

    kind: MarkKind
    start: int
    end: int
    why: str = ""


def laid(
    reading: Reading, matched: Iterable[Span], excluded: Iterable[tuple[Span, Span]]
) -> tuple[Mark, ...]:
    """Marks in the order of the scope, none over another; spans are in the flat text.

    `excluded` are spans with the span that took each out. A bracket between two parts of a word
    stays unmarked, and what counts wins over what does not.
    """
    told = [(MarkKind.MATCHED, span, "") for span in matched]
    told += [(MarkKind.EXCLUDED, span, _quote(reading, *by)) for span, by in excluded]
    owners: dict[int, int] = {}
    for n, (_, span, _) in enumerate(told):
        for at in _characters(reading, span):
            owners.setdefault(at, n)
    return tuple(
        Mark(told[n][0], start, end, told[n][2]) for n, start, end in _runs(owners, reading.scope)
    )


def _quote(reading: Reading, start: int, end: int) -> str:
    return reading.quote(start, min(end, start + _LONGEST))


def _characters(reading: Reading, span: Span) -> Iterator[int]:
    """Where the characters of a span stand in the scope; the ends of brackets' lines nowhere."""
    for at in range(*span):
        origin = reading.origin(at)
        if reading.flat[at] != "\n" and origin < len(reading.scope):
            yield origin


def _runs(owners: dict[int, int], scope: str) -> Iterator[tuple[int, int, int]]:
    """Stretches of one owner, over spaces that only stand between its characters."""
    run: tuple[int, int, int] | None = None
    for at in sorted(owners):
        n = owners[at]
        if run and run[0] == n and not scope[run[2] : at].strip():
            run = (n, run[1], at + 1)
            continue
        if run:
            yield run
        run = (n, at, at + 1)
    if run:
        yield run
