"""From a registration to its village: what calls for a visit, what replaces or ends it (B3, B4).

What a good grade makes needless (C12) calls for none, and leaves its trace in the dossier.

The dossier of the entity is written first and names the inspection that it owes; then that is
written, and what it replaces is closed. Whoever dies in between leaves the event, which comes again
and finds what is missing. An edition older than the dossier's only mends what it owed itself.

Events of several editions that overtake each other end in the same dossier, and in one inspection
before the door, with the newest address and scope. Only what was overtaken may differ: an edition
that came too late to call for anything called for nothing, and the reason is by comparison with
the edition that was heard of before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from functions.inspections.checks import checks_for
from functions.inspections.desk import Desk, Dossier, change
from functions.inspections.domain import (
    SYSTEM,
    Begins,
    Inspection,
    InspectionStep,
    InspectionVerb,
    inspection_id,
    stepped,
)
from functions.inspections.placing import BEFORE_THE_DOOR, RETURNED, keeping, placeable, placed
from functions.inspections.skipping import MOST_SKIPPED, bare, skipped_visit
from functions.shared.directory import office
from functions.shared.events.inspections import InspectionOutcome, InspectionState, Reason
from functions.shared.events.registry import Happening, Registration
from functions.shared.rules_in_force import Rules
from functions.shared.table import Stale
from functions.shared.trail import fingerprint


def take_registration(registration: Registration, desk: Desk) -> Inspection | None:
    """Open the inspection that `registration` calls for, if it calls for one (B3), and close what
    it replaces; a cancellation closes all that is open. Returns what it called for."""

    def after(dossier: Dossier | None) -> Dossier:
        if dossier and dossier.edition >= registration.edition:
            return dossier
        return _after(dossier, registration, desk)

    dossiers, code = desk.cabinet.dossiers, registration.code
    dossier = dossiers.change(code, after, by=SYSTEM, now=desk.now)
    assert dossier
    id = inspection_id(code, registration.edition)
    if (reason := dossier.owed.get(id)) and _opened(id, reason, registration, dossier, desk):
        newer = dossiers.get(code)  # others may have gone on while this was not there yet
        dossier = newer.value if newer else dossier
    return settle(dossier, id, desk).get(id)


def follow_ruling(registration: Registration, desk: Desk) -> None:
    """Give what waits without a village to where a person has placed the address (A6, B4).

    `registration` has the ruled place, and its `place_problem` where it had none itself. A ruling
    that overtakes its registration opens the inspection first, as the registration would have.
    """
    as_registered = registration
    if registration.place_problem:
        as_registered = registration.model_copy(update={"town": None, "village": None})
    take_registration(as_registered, desk)
    found = desk.cabinet.dossiers.get(registration.code)
    if found is None or registration.town is None:
        return
    for one in _open_ones(found.value.inspections, desk):
        if one.village is None and _print(one.address) == _print(registration.address):
            change(
                one.id, lambda now, rules: _placed(now, registration, rules, desk), desk, by=SYSTEM
            )


def _after(old: Dossier | None, registration: Registration, desk: Desk) -> Dossier:
    """The dossier once it has taken up a newer registration than its own."""
    listed = old.inspections if old else ()
    known = desk.cabinet.inspections.get_many(listed)
    owed = old.owed.items() if old else ()
    dossier = Dossier(
        code=registration.code,
        edition=registration.edition,
        address=_print(registration.address),
        scope=_print(registration.scope),
        name=registration.name,
        since=_since(registration, old),
        cancelled=registration.happening is Happening.CANCELLATION,
        inspections=tuple(id for id in listed if id not in known or known[id].value.open),
        owed={id: reason for id, reason in owed if id not in known},
        skipped=old.skipped if old else (),
    )
    reason = _reason(old, dossier)
    if reason is None:
        return dossier
    # Who goes there anyway goes for the newest scope.
    waits = any(_replaceable(known[id].value) for id in listed if id in known)
    skipped = skipped_visit(reason, registration, desk) if not (waits or dossier.owed) else None
    if skipped:
        return dossier.model_copy(update={"skipped": (*dossier.skipped, skipped)[-MOST_SKIPPED:]})
    id = inspection_id(registration.code, registration.edition)
    called = {
        "inspections": (*dossier.inspections, id),
        "owed": {**dossier.owed, id: reason},
        "skipped": bare(dossier.skipped),
    }
    return dossier.model_copy(update=called)


def _reason(old: Dossier | None, new: Dossier) -> Reason | None:
    """What sends an inspector to the door (B3): by comparison, whatever the event says changed."""
    if new.cancelled:
        return None
    if old is None or old.cancelled or old.edition < new.since:
        return Reason.ESTABLISHMENT
    if old.address != new.address:
        return Reason.ADDRESS
    return Reason.SCOPE if old.scope != new.scope else None


def _since(registration: Registration, old: Dossier | None) -> int:
    """Since which edition the entity exists (again), also where nobody heard of the cancellation
    in between: the registration says what the ones before it did."""
    happened = registration.happened or (registration.happening,)
    for back, happening in enumerate(reversed(happened)):
        if happening is Happening.ESTABLISHMENT:
            return registration.edition - back
    return old.since if old else 1


def _opened(
    id: str, reason: Reason, registration: Registration, dossier: Dossier, desk: Desk
) -> bool:
    """Whether the inspection had still to be written; its limits are no later than those of what
    it replaces at the same unit: a firm that changes its scope every week is visited too."""
    inspections = desk.cabinet.inspections
    if inspections.get(id):
        return False
    opened = _first(id, reason, registration, desk)
    for one in _open_ones((other for other in dossier.inspections if other != id), desk):
        replaced = _replaceable(one) and dossier.since <= one.edition < opened.edition
        if replaced and one.home == opened.home:
            opened = keeping(opened, one.clocks)
    try:
        inspections.save(opened, before=None, by=SYSTEM, now=desk.now)
    except Stale:
        return False  # somebody else did, and sees to the rest
    return True


def _first(id: str, reason: Reason, registration: Registration, desk: Desk) -> Inspection:
    rules = desk.rules.on(desk.now)
    unit = registration.village or office(registration.town)
    step = InspectionStep(
        verb=InspectionVerb.OPEN,
        at=desk.now,
        by=SYSTEM,
        unit=unit,
        ref=f"{registration.code}.{registration.edition}",
    )
    return Inspection(
        id=id,
        code=registration.code,
        edition=registration.edition,
        reason=reason,
        name=registration.name,
        address=registration.address,
        scope=registration.scope,
        cluster=registration.cluster,
        town=registration.town,
        village=registration.village,
        place_problem=registration.place_problem,
        checks=checks_for(registration, desk.book, rules),
        book=desk.book.version,
        item_set=rules.items.version,
        unit=unit,
        units=(unit,),
        clocks=desk.time(rules).started(Begins.RECEIVED, desk.now),
        steps=(step,),
        registered_at=registration.received_at,
        received_at=desk.now,
        changed_at=desk.now,
    )


def settle(dossier: Dossier, own: str, desk: Desk) -> dict[str, Inspection]:
    """Close what the dossier says is over, of all that it lists and of `own`, and give the rest the
    entity's name; what there is."""
    newest = dossier.inspections[-1] if dossier.inspections else ""
    found = desk.cabinet.inspections.get_many({*dossier.inspections, own})
    settled = {id: stored.value for id, stored in found.items()}
    for id, one in settled.items():
        if one.open and (dossier.cancelled or one.edition < dossier.since):
            settled[id] = change(
                id, lambda now, rules: _cancelled(now, rules, desk), desk, by=SYSTEM
            )
        elif newest and id != newest and _replaceable(one):
            settled[id] = change(
                id, lambda now, rules: _superseded(now, newest, rules, desk), desk, by=SYSTEM
            )
        elif one.open and dossier.name not in ("", one.name):
            settled[id] = change(id, lambda now, rules: _named(now, desk), desk, by=SYSTEM)
    return settled


def _open_ones(ids: Iterable[str], desk: Desk) -> list[Inspection]:
    found = desk.cabinet.inspections.get_many(ids)
    return [stored.value for stored in found.values() if stored.value.open]


def _replaceable(inspection: Inspection) -> bool:
    """Whether nobody has stood at the door yet; what is further goes on beside the new one."""
    return inspection.state in BEFORE_THE_DOOR and not inspection.visits


def _named(inspection: Inspection, desk: Desk) -> Inspection:
    """An open inspection under the name that its entity bears. It is asked for here, since whoever
    writes a newer one has it written before it comes to the inspection: so none ends older."""
    dossier = desk.cabinet.dossiers.get(inspection.code)
    if dossier is None or not inspection.open or dossier.value.name in ("", inspection.name):
        return inspection
    return inspection.model_copy(update={"name": dossier.value.name, "changed_at": desk.now})


def _superseded(inspection: Inspection, by: str, rules: Rules, desk: Desk) -> Inspection:
    if not _replaceable(inspection):
        return _named(inspection, desk)  # somebody reached the door meanwhile: it goes on
    step = _step(inspection, InspectionVerb.SUPERSEDE, by, desk)
    return stepped(
        inspection,
        step,
        time=desk.time(rules),
        state=InspectionState.CLOSED,
        outcome=InspectionOutcome.SUPERSEDED,
        next=by,
    )


def _cancelled(inspection: Inspection, rules: Rules, desk: Desk) -> Inspection:
    if not inspection.open:
        return inspection
    step = _step(inspection, InspectionVerb.CANCEL, "", desk)
    return stepped(
        inspection,
        step,
        time=desk.time(rules),
        state=InspectionState.CLOSED,
        outcome=InspectionOutcome.ENTITY_CANCELLED,
    )


def _placed(inspection: Inspection, ruled: Registration, rules: Rules, desk: Desk) -> Inspection:
    """`inspection` where a person has placed its address; the same where it is already, or has a
    village that somebody else gave it, or where that village had it and sent it back: only its
    office may insist."""
    if not placeable(inspection) or inspection.village or ruled.town is None:
        return inspection
    if inspection.place_problem == RETURNED and ruled.village in inspection.units:
        return inspection
    if (inspection.town, inspection.village) == (ruled.town, ruled.village):
        return inspection
    step = _step(inspection, InspectionVerb.PLACE, f"ruling.{ruled.edition}", desk)
    to = ruled.village or office(ruled.town)
    step = step.model_copy(update={"to": to})
    return placed(inspection, step, ruled.town, ruled.village, desk.time(rules))


def _step(inspection: Inspection, verb: InspectionVerb, ref: str, desk: Desk) -> InspectionStep:
    return InspectionStep(verb=verb, at=desk.now, by=SYSTEM, unit=inspection.home, ref=ref)


def _print(text: str) -> str:
    """A text as it is compared: whatever its width and spaces."""
    return fingerprint("".join(unicodedata.normalize("NFKC", text).split()))
