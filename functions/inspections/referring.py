"""Whose it is what no visit and no disposal solved: who licenses, supervises (B10). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from functions.inspections.answering import outcome_of
from functions.inspections.book import Book, Route, ViolationKind
from functions.inspections.domain import (
    SYSTEM,
    Begins,
    Inspection,
    InspectionStep,
    InspectionVerb,
    stepped,
)
from functions.inspections.seen import Check, Finding
from functions.shared.events.inspections import (
    InspectionOutcome,
    InspectionState,
    Proposed,
    ReferralTold,
    Unclear,
)
from functions.shared.matching.items import SupervisionItem
from functions.shared.matching.prose import called_for
from functions.shared.rules_in_force import Rules
from functions.shared.timekeeping import Timekeeper

_LONGEST = 500  # letters of a quote
_MOST_PROPOSALS = 20  # of one finding: more are no help to anybody


@dataclass(frozen=True, slots=True)
class Charge:
    """What one check is to be acted on for, under one item: what was found, in which words, and
    the law."""

    check: str
    item: SupervisionItem
    words: tuple[str, ...]
    clause: str
    law: str


@dataclass(frozen=True, slots=True)
class Routed:
    """Where the findings go that are still wrong: to departments, and to the town's office."""

    charges: tuple[Charge, ...] = ()
    unclear: tuple[Unclear, ...] = ()


def routed(inspection: Inspection, book: Book, rules: Rules) -> Routed:
    """Where each finding goes that is wrong now, by the routes of its kinds.

    What a rule sends to nobody goes nowhere. What no rule sends anywhere is unclear: a kind without
    a rule, an item that holds no longer, one with a department that nobody bears; of the latter,
    the departments that are known get theirs all the same.
    """
    charges: list[Charge] = []
    unclear: list[Unclear] = []
    for finding in inspection.failed():
        check = inspection.check(finding.check)
        lost: list[str] = []
        for kind in _kinds(finding, check, book):
            if kind and kind.route is Route.NOBODY:
                continue
            charge = _charge(finding, check, kind, book, rules)
            if charge:
                charges.append(charge)
            if charge is None or None in _units(charge.item, inspection.town, rules):
                lost.append(kind.name if kind else "")
        if lost:
            unclear.append(_unclear(finding, check, lost, inspection, rules))
    return Routed(tuple(charges), tuple(unclear))


def referrals_of(
    charges: Iterable[Charge], inspection: Inspection, rules: Rules
) -> tuple[ReferralTold, ...]:
    """What the departments get: one referral for each unit of each item, of all checks that fall
    under it.

    What the inspection referred before stands: a check that a unit has already under an item is not
    referred to it again, and another that comes later is a referral of its own.
    """
    merged: dict[tuple[str, str], list[Charge]] = {}
    for charge in charges:
        for unit in _units(charge.item, inspection.town, rules):
            if unit:
                merged.setdefault((charge.item.code, unit), []).append(charge)
    found = (
        _referral(unit, theirs, inspection, rules) for (_, unit), theirs in sorted(merged.items())
    )
    return tuple(one for one in found if one)


def handed_on(
    inspection: Inspection,
    step: InspectionStep,
    new: tuple[ReferralTold, ...],
    unclear: tuple[Unclear, ...],
    time: Timekeeper,
) -> Inspection:
    """`inspection` after `step`, which brought `new` referrals and left `unclear` to the town: who
    has it now, or how it is over."""
    referrals = (*inspection.referrals, *new)
    outcome = outcome_of(referrals, inspection.answers) if referrals else InspectionOutcome.DISPOSED
    if unclear:
        state, outcome = InspectionState.CLASSIFYING, None
    else:
        state = InspectionState.CLOSED if outcome else InspectionState.REFERRED
    after = stepped(
        inspection,
        step,
        begins=Begins.UNCLEAR if unclear else None,
        time=time,
        state=state,
        outcome=outcome,
        referrals=referrals,
        unclear=unclear,
    )
    if not new:
        return after
    units = ", ".join(dict.fromkeys(one.unit for one in new))
    note = ", ".join(one.key for one in new)
    refer = InspectionStep(
        verb=InspectionVerb.REFER, at=step.at, by=SYSTEM, unit=step.unit, to=units, note=note
    )
    return after.model_copy(update={"steps": (*after.steps, refer)})


def charged(unclear: Unclear, item: SupervisionItem) -> Charge:
    """What the town's office found to fall under `item`."""
    proposed = (one.words for one in unclear.proposals if one.item == item.code)
    words = tuple(dict.fromkeys((*unclear.words, *next(proposed, ()))))
    return Charge(unclear.check, item, words, unclear.clause, item.ground)


def item_in(rules: Rules, code: str, version: int | None = None) -> SupervisionItem | None:
    """The item with this code that holds now: the version asked for, else the newest."""
    found = sorted((one for one in rules.items.items if one.code == code), key=lambda o: o.version)
    same = (one for one in found if one.version == version)
    return next(same, found[-1] if found else None)


def departments_unknown(item: SupervisionItem, town: str | None, rules: Rules) -> bool:
    """Whether nobody in the directory bears the name of any of the item's departments."""
    return not any(_units(item, town, rules))


def _kinds(finding: Finding, check: Check | None, book: Book) -> list[ViolationKind | None]:
    """The kinds that were found; None for one that the book does not know, and where none was
    said."""
    item = check.item if check else finding.check.partition(".")[0]
    return [book.kind(item, code) for code in finding.kinds] or [None]


def _charge(
    finding: Finding, check: Check | None, kind: ViolationKind | None, book: Book, rules: Rules
) -> Charge | None:
    """The charge that the rule of a kind makes of a finding; None where there is no rule, or its
    item does not hold."""
    licence = check.licence if check else None
    item, words = None, (kind.name,) if kind else ()
    match kind.route if kind else Route.UNCLEAR:
        case Route.ADDRESS:
            item = item_in(rules, book.referrals.address)
        case Route.GENERAL:
            item = item_in(rules, book.referrals.general)
        case Route.LICENSED if licence:
            item = item_in(rules, licence.item, licence.item_version)
            words = (*words, *licence.words)
    if item is None:
        return None
    law = (kind.law if kind else "") or item.ground
    return Charge(finding.check, item, words, finding.note[:_LONGEST], law)


def _units(item: SupervisionItem, town: str | None, rules: Rules) -> list[str | None]:
    return [rules.directory.unit_for(one, item.level, town) for one in item.departments]


def _unclear(
    finding: Finding, check: Check | None, kinds: list[str], inspection: Inspection, rules: Rules
) -> Unclear:
    return Unclear(
        check=finding.check,
        title=check.name if check else finding.check,
        words=tuple(dict.fromkeys(filter(None, kinds))),
        clause=finding.note[:_LONGEST],
        proposals=tuple(_proposals(finding.note, inspection, rules))[:_MOST_PROPOSALS],
    )


def _proposals(seen: str, inspection: Inspection, rules: Rules) -> Iterator[Proposed]:
    """The items that the inspector's own words call for, with those who must see to them."""
    found = called_for(seen, inspection.name, rules.matcher)
    items = {code: rules.item(match) for code, match in found.items()}
    for code, item in sorted(items.items()):
        units = tuple(filter(None, _units(item, inspection.town, rules)))
        if units and not set(item.covered_by) & items.keys():
            yield Proposed(
                item=code,
                licence=item.licence,
                law=item.ground,
                words=found[code].words,
                units=tuple(dict.fromkeys(units)),
            )


def _referral(
    unit: str, charges: list[Charge], inspection: Inspection, rules: Rules
) -> ReferralTold | None:
    item = charges[0].item
    before = [one for one in inspection.referrals if (one.item, one.unit) == (item.code, unit)]
    had = {check for one in before for check in one.checks}
    new = [one for one in charges if one.check not in had]
    if not new:
        return None
    again = f"~{len(before) + 1}" if before else ""
    return ReferralTold(
        key=f"{item.code}{again}@{unit}",
        unit=unit,
        item=item.code,
        item_version=item.version,
        item_set=rules.items.version,
        checks=_each(one.check for one in new),
        words=_each(word for one in new for word in one.words),
        clause="；".join(_each(one.clause for one in new))[:_LONGEST],
        law="、".join(_each(one.law for one in new)),
        licence=item.licence,
    )


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))
