"""What is to be looked at behind a door, by what the entity is and what it says it does (B2)."""

from __future__ import annotations

from collections.abc import Iterator

from functions.inspections.book import Book, InspectionItem, Whom
from functions.inspections.seen import Check, Licence
from functions.shared.events.registry import Registration
from functions.shared.matching.items import SupervisionItem
from functions.shared.rules_in_force import Rules


def checks_for(registration: Registration, book: Book, rules: Rules) -> tuple[Check, ...]:
    """The book's items that are looked at for this entity, in the book's order.

    Whoever shares an address on paper has no door of its own (`whom`). An item of `each_licence`
    stands once for each licence or filing that the scope calls for (A5); where the scope cannot be
    read there is none, and the patrol of what is really done there remains.
    """
    home = Whom.CLUSTER if registration.cluster else Whom.STANDING
    return tuple(
        check
        for item in book.items
        if item.whom in (Whom.ALL, home)
        for check in (
            _of_licences(item, registration, rules) if item.each_licence else [_check(item)]
        )
    )


def _check(item: InspectionItem) -> Check:
    return Check(key=item.code, item=item.code, name=item.name, ask=item.ask)


def _of_licences(item: InspectionItem, registration: Registration, rules: Rules) -> Iterator[Check]:
    for match in rules.matcher.match(registration.scope, registration.name).items:
        wanted = rules.item(match)
        if not _applies(wanted, registration):
            continue
        licence = Licence(
            item=match.code,
            item_version=match.version,
            name=wanted.licence,
            law=match.law,
            words=match.words,
            clause=match.clause,
        )
        yield Check(
            key=f"{item.code}.{match.code}",
            item=item.code,
            name=f"{item.name}：{wanted.licence}",
            ask=item.ask,
            licence=licence,
        )


def _applies(item: SupervisionItem, registration: Registration) -> bool:
    """Upon which event a department gets its task does not matter: the licence must hang there."""
    return item.admits(
        industry=registration.industry,
        entity_type=registration.entity_type,
        district=registration.town or "",
    )
