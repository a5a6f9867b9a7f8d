"""What the town's office decides where no rule does: who must act on a finding (B10). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from functions.inspections.book import Referrals, Route
from functions.inspections.domain import Inspection
from functions.inspections.referring import Charge, charged, departments_unknown, item_in
from functions.inspections.seen import Frozen, Ref
from functions.shared.errors import Fault, Invalid
from functions.shared.matching.items import SupervisionItem
from functions.shared.rules_in_force import Rules

Key = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class Choice(Frozen):
    """Who must act on one finding: whoever is competent for these supervision `items`, market
    regulation by the `route` of addresses or of general trades, or, with a reason, nobody."""

    items: Annotated[tuple[Code, ...], Field(max_length=20)] = ()
    route: Literal[Route.ADDRESS, Route.GENERAL, Route.NOBODY] | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""

    @model_validator(mode="after")
    def _decides(self) -> Self:
        if bool(self.items) == bool(self.route):
            raise ValueError("give either items or a route")
        if self.route is Route.NOBODY and not self.note:
            raise ValueError("nobody needs a note")
        return self

    def __str__(self) -> str:
        chosen = ", ".join(self.items) or str(self.route)
        return f"{chosen} ({self.note})" if self.note else chosen


class Classification(Frozen):
    """What the town's office decides on all that is unclear; its `ref` makes it count once."""

    ref: Ref
    checks: Annotated[dict[Key, Choice], Field(min_length=1, max_length=200)]

    def __str__(self) -> str:
        return "; ".join(f"{check}: {choice}" for check, choice in sorted(self.checks.items()))


def charges_of(
    classification: Classification, inspection: Inspection, referrals: Referrals, rules: Rules
) -> list[Charge]:
    """What the office's choices come to; raises Invalid for each that cannot be."""
    unclear = {one.check: one for one in inspection.unclear}
    faults = list(differences("checks", unclear, classification.checks))
    charges: list[Charge] = []
    for check in unclear.keys() & classification.checks.keys():
        for field, code in _items_of(classification.checks[check], referrals):
            item = item_in(rules, code)
            fault = _fault(f"checks.{check}.{field}", code, item, inspection.town, rules)
            if fault:
                faults.append(fault)
            elif item:
                charges.append(charged(unclear[check], item))
    if faults:
        raise Invalid.all(sorted(faults, key=lambda one: one.field))
    return charges


def _items_of(choice: Choice, referrals: Referrals) -> Iterator[tuple[str, str]]:
    """The field of each item that is chosen, and the item's code."""
    if choice.route is Route.ADDRESS:
        yield "route", referrals.address
    elif choice.route is Route.GENERAL:
        yield "route", referrals.general
    for number, code in enumerate(choice.items):
        yield f"items.{number}", code


def _fault(
    field: str, code: str, item: SupervisionItem | None, town: str | None, rules: Rules
) -> Fault | None:
    if item is None:
        return Fault("item_not_in_force", field, params={"item": code})
    if departments_unknown(item, town, rules):
        named = {"item": code, "department": item.departments[0]}
        return Fault("item_department_unknown", field, params=named)
    return None


def differences(field: str, asked: Iterable[str], given: Iterable[str]) -> Iterator[Fault]:
    """The checks that were asked about and not answered, or answered and not asked about."""
    asked, given = set(asked), set(given)
    for check in sorted(asked - given):
        yield Fault("check_missing", f"{field}.{check}", params={"check": check})
    for check in sorted(given - asked):
        yield Fault("check_not_asked", f"{field}.{check}", params={"check": check})
