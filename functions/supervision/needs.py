"""Which items a registration calls for and to whom they fall, or why nobody can say (A3-A6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from functions.shared.events.registry import Happening, Registration
from functions.shared.matching.items import SupervisionItem
from functions.shared.matching.matcher import Match
from functions.shared.matching.text import readable
from functions.supervision.cases import Rulebook, Ruling

UNREADABLE = "scope_"  # begins the reasons for which a scope waits


@dataclass(frozen=True, slots=True)
class Need:
    """One item that applies, and the unit that it falls to (None where nobody is known)."""

    item: SupervisionItem
    match: Match
    unit: str | None

    @property
    def key(self) -> str:
        """How a case names this need."""
        return f"{self.item.code}@{self.unit}"


def needs_of(
    registration: Registration,
    ruling: Ruling | None,
    book: Rulebook,
    happened: Sequence[Happening] = (),
    kept: Iterable[str] = (),
) -> list[Need]:
    """What `registration` calls for, each item once per unit that it falls to (A3, A5).

    `happened` is what is to be weighed for items that only some events call for (nothing: what this
    registration did); such an item, once among the needs `kept`, stays until its other grounds fall
    away. What a person ruled needs no other ground.
    """
    town = ruling.town if ruling and ruling.town else registration.town
    happened = happened or (registration.happening,)
    ruled = ruling is not None and ruling.items is not None
    standing = {key.partition("@")[0] for key in kept}
    needs = [
        Need(item, match, book.directory.unit_for(department, item.level, town))
        for item, match in _matched(registration, ruling, book)
        if ruled
        or _applies(item, registration, town)
        and (item.code in standing or _called_by(item, happened))
        for department in item.departments
    ]
    return list({need.key: need for need in needs}.values())


def _matched(
    registration: Registration, ruling: Ruling | None, book: Rulebook
) -> Iterator[tuple[SupervisionItem, Match]]:
    if ruling and ruling.items is not None:
        for code in ruling.items:
            if item := book.item(code):
                yield item, Match(code, item.version, (), ruling.note, item.ground)
        return
    for match in book.matcher.match(registration.scope, registration.name).items:
        if item := book.item(match.code, match.version):
            yield item, match


def _applies(item: SupervisionItem, registration: Registration, town: str | None) -> bool:
    return item.admits(
        industry=registration.industry,
        entity_type=registration.entity_type,
        district=town or "",
    )


def _called_by(item: SupervisionItem, happened: Sequence[Happening]) -> bool:
    return not item.events or any(one.startswith(item.events) for one in happened)


def obstacles(registration: Registration, ruling: Ruling | None, needs: list[Need]) -> list[str]:
    """Why a person has to look at `registration` (A6); empty where nobody has to."""
    found = []
    if not (ruling and ruling.town) and registration.town is None:
        found.append(registration.place_problem or "town_unknown")
    unreadable = readable(registration.scope)
    if unreadable and not (ruling and ruling.items is not None):
        found.append(f"{UNREADABLE}{unreadable}")
    unknown = {need.item.code for need in needs if need.unit is None}
    found += [f"department_unknown:{code}" for code in sorted(unknown)]
    return found
