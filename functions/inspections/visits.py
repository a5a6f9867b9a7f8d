"""Uploads of a visit, in parts, late, twice, in any order: one visit each, decided once (B5-B7).

Everything is one write of the inspection under a condition on its version: the upload that
completes a visit decides it in the same write. A crash before it has changed nothing (a number of a
notice may be void), one after it lost only the answer, and the repeat is recognised by its `ref`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field

from functions.inspections import notices
from functions.inspections.book import Book
from functions.inspections.deciding import advanced
from functions.inspections.desk import Desk, change
from functions.inspections.domain import Inspection, Notice
from functions.inspections.findings import finding_faults, instant_fault, photo_faults
from functions.inspections.seen import Finding, Finished, Frozen, Id, Position, Ref, Round, Visit
from functions.shared.authorization import Action, Caller, Owner, Role, allows
from functions.shared.calendar import SHANGHAI, Calendar, shanghai_day
from functions.shared.errors import Conflict, Fault, Invalid, NotFound, TooLarge
from functions.shared.instants import Instant
from functions.shared.photos import has_arrived
from functions.shared.rules_in_force import Rules
from functions.shared.trail import fingerprint

MOST_VISITS = 3  # of a person for one round, begun and not finished
# What one person may say in one round: both rounds together must fit into an event (256 KB).
_MOST_BYTES = 60_000
_MOST_OF_ALL = 350_000  # a record ends at 400 KB
_NOT_SAID: dict[str, Any] = {  # of an upload's content: who sends it, and every instant
    "by": True,
    "started_at": True,
    "findings": {"__all__": {"noted_at"}},
    "position": {"at"},
    "finished": {"at", "signature"},
}


class PositionIn(Frozen):
    """Where the phone was, in degrees (WGS 84), and when, where it was not when the visit began."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    at: Instant | None = None


class Upload(Frozen):
    """One message of a phone about one visit (`visit` is the phone's name for it).

    It may be the whole visit, or a part of it: then that part which is `finished` lists all refs.
    Of several findings of one check the latest counts, so that the order of parts cannot matter. A
    later `finished` replaces one before it. Sent again with the same `ref`, it counts once.
    `photos` are keys from `POST /v1/photos`. `by` is who was there, where the grid platform sends
    it.
    """

    ref: Ref
    visit: Ref
    round: Round
    by: Id | None = None
    findings: Annotated[tuple[Finding, ...], Field(max_length=60)] = ()
    position: PositionIn | None = None
    started_at: Instant
    finished: Finished | None = None

    @property
    def said(self) -> str:
        """A fingerprint of the content. Who sends it again may announce its photos again, under
        other keys, and note the instants anew: of photos only their number tells, of a signature
        that there is one, and no instant does."""
        content = self.model_dump(mode="json", exclude=_NOT_SAID)
        for finding in content["findings"]:
            finding["photos"] = len(finding["photos"])
        # What says nothing of signing says what it said before that could be said.
        if self.finished and not self.finished.unsigned:
            del content["finished"]["unsigned"]
        if self.finished and self.finished.signature:
            content["finished"]["signed"] = True
        return fingerprint(content)


def take_upload(id: str, upload: Upload, caller: Caller, desk: Desk) -> Inspection:
    """Take what a phone (or the grid platform) sends of a visit; decide the visit once it is whole.

    Raises NotFound unless the inspection is or was the caller's, Invalid for what cannot be,
    Conflict where the `ref` was another upload's or the round is decided, TooLarge.
    """

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        by = _sender(inspection, upload, caller)
        taken = received(inspection, upload, by, desk.now)
        if taken is inspection:
            return inspection
        _check(upload, inspection, caller, desk, rules.calendar)

        def issue(inspection: Inspection, visit: Visit) -> Notice:
            number = notices.number_for(inspection, desk)
            return notices.issued(inspection, visit, number, desk.book, rules.calendar, desk.now)

        return advanced(taken, desk.time(rules), desk.now, issue)

    return change(id, step, desk, by=caller.id)


def received(inspection: Inspection, upload: Upload, by: str, now: datetime) -> Inspection:
    """`inspection` with what `upload` says put to its visit; itself where it has that already.

    Raises Conflict where the `ref` was another upload's, or where nothing can be said any more.
    """
    for visit in inspection.visits:
        if visit.by == by and upload.ref in visit.refs:
            if visit.refs[upload.ref] != upload.said:
                raise Conflict.of("upload_ref_taken", "ref", ref=upload.ref)
            return inspection
    _refuse_late(inspection, upload)
    before = visit_of(inspection, upload.visit, upload.round, by)
    visit = _with(before, upload, by, inspection)
    others = [one for one in inspection.visits if one is not before]
    if before is None:
        _refuse_many(others, visit)
    visits = sorted((*others, visit), key=lambda one: (one.started_at, one.by, one.id))
    after = inspection.model_copy(update={"visits": tuple(visits), "changed_at": now})
    own = [one for one in visits if (one.by, one.round) == (by, upload.round)]
    if sum(map(_bytes, own)) > _MOST_BYTES or _bytes(after) > _MOST_OF_ALL:
        raise TooLarge.of("visit_too_long", "findings")
    return after


def visit_of(inspection: Inspection, id: str, round: Round, by: str) -> Visit | None:
    """The visit that somebody's phone calls `id`, as far as it has arrived."""
    wanted = (id, round, by)
    return next((one for one in inspection.visits if (one.id, one.round, one.by) == wanted), None)


def _sender(inspection: Inspection, upload: Upload, caller: Caller) -> str:
    """Who was there: the caller, to whom it is or was assigned; the platform speaks for anybody."""
    platform = any(grant.role is Role.PLATFORM for grant in caller.grants)
    owners = (Owner(unit, inspection.town) for unit in (inspection.home, *inspection.units))
    allowed = any(allows(caller, Action.INSPECTION_VISIT, owner) for owner in owners)
    if not allowed or not (platform or caller.id in inspection.inspectors):
        raise NotFound("inspection")
    if upload.by not in (None, caller.id) and not platform:
        raise Invalid.of("visit_of_another", "by")
    return upload.by or caller.id


def _refuse_late(inspection: Inspection, upload: Upload) -> None:
    decided = inspection.visit(upload.round)
    if decided and decided.decided_at:
        at = decided.decided_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        raise Conflict.of("visit_decided", "visit", at=at, by=decided.by)
    if not inspection.open:
        raise Conflict.of("inspection_over", "inspection", next=inspection.next or "-")


def _refuse_many(others: Iterable[Visit], visit: Visit) -> None:
    """A phone that begins visits and finishes none must not fill the record."""
    begun = [one for one in others if (one.by, one.round) == (visit.by, visit.round)]
    if len(begun) >= MOST_VISITS:
        names = tuple(one.id for one in begun)
        raise Conflict.of("too_many_visits", "visit", most=MOST_VISITS, visits=names)


def _check(
    upload: Upload, inspection: Inspection, caller: Caller, desk: Desk, calendar: Calendar
) -> None:
    """Raises Invalid for everything that is wrong with an upload, each at its field."""
    units = (*sorted(caller.units(Action.INSPECTION_VISIT)), inspection.home)
    faults = [
        *finding_faults(upload.findings, inspection, upload.round, desk.book),
        *_visitor_faults(upload, inspection, caller, desk),
        *_instant_faults(upload, inspection, desk.now),
        *photo_faults(upload.findings, units, desk.photos),
        *_signature_faults(upload.finished, units, desk),
    ]
    if not faults:
        faults += _correction_faults(upload, desk.book, calendar)
    if faults:
        raise Invalid.all(faults)


def _signature_faults(end: Finished | None, units: Iterable[str], desk: Desk) -> Iterable[Fault]:
    """Somebody refuses or signs, and by name; a signature has arrived, and is no refusal to."""
    if end is None:
        return
    if end.refused and not end.present:
        yield Fault("refusal_of_nobody", "finished.present")
    if (end.signature or end.unsigned) and not end.present:
        yield Fault("signature_of_nobody", "finished.present")
    if end.signature and end.unsigned:
        yield Fault("signature_refused", "finished.unsigned")
    if end.signature and not any(has_arrived(end.signature, one, desk.photos) for one in units):
        yield Fault("photo_missing", "finished.signature")


def _visitor_faults(
    upload: Upload, inspection: Inspection, caller: Caller, desk: Desk
) -> Iterable[Fault]:
    """Whom the platform names is of the village, where that has said who walks there."""
    if upload.by in (None, caller.id, *inspection.inspectors) or inspection.village is None:
        return
    roster = desk.cabinet.rosters.get(inspection.village)
    if roster and all(one.id != upload.by for one in roster.value.inspectors):
        yield Fault("inspector_unknown", "by", params={"inspector": upload.by})


def _instant_faults(upload: Upload, inspection: Inspection, now: datetime) -> Iterable[Fault]:
    began = list(instant_fault("started_at", upload.started_at, now))
    registered = shanghai_day(inspection.registered_at)
    if not began and shanghai_day(upload.started_at) < registered:
        day = {"day": registered.isoformat()}
        began.append(Fault("visit_before_registration", "started_at", params=day))
    yield from began
    for number, finding in enumerate(upload.findings):
        yield from instant_fault(f"findings.{number}.noted_at", finding.noted_at, now)
    if upload.position and upload.position.at:
        yield from instant_fault("position.at", upload.position.at, now)
    if upload.finished:
        yield from instant_fault("finished.at", upload.finished.at, now)
        if not began and upload.finished.at < upload.started_at:
            yield Fault("visit_ends_before_it_begins", "finished.at")


def _correction_faults(upload: Upload, book: Book, calendar: Calendar) -> Iterable[Fault]:
    """What was said at the door is measured by that day, however late it arrives."""
    finished = upload.finished
    if upload.round is Round.FIRST and finished and finished.correct_by:
        day = shanghai_day(finished.at)
        first, last = notices.correction_days(day, book.correction, calendar)
        if not first <= finished.correct_by <= last:
            params = {"first": first.isoformat(), "last": last.isoformat()}
            yield Fault("correct_by_out_of_range", "finished.correct_by", params=params)


def _with(before: Visit | None, upload: Upload, by: str, inspection: Inspection) -> Visit:
    """The visit `before`, if any, with what `upload` says: whichever comes first, the same."""
    order = {check.key: number for number, check in enumerate(inspection.checks)}
    found: dict[str, Finding] = {}
    for one in (*(before.findings if before else ()), *upload.findings):
        one = one.model_copy(update={"kinds": tuple(dict.fromkeys(one.kinds))})
        rival = found.get(one.check, one)
        found[one.check] = max(one, rival, key=lambda each: (each.noted_at, _text(each)))
    positions = [before.position if before else None, _position(upload)]
    ends = [before.finished if before else None, upload.finished]
    return Visit(
        id=upload.visit,
        round=upload.round,
        by=by,
        refs={**(before.refs if before else {}), upload.ref: upload.said},
        findings=tuple(sorted(found.values(), key=lambda one: order.get(one.check, -1))),
        position=min(
            filter(None, positions),
            key=lambda p: (p.at or upload.started_at, _text(p)),
            default=None,
        ),
        started_at=min(upload.started_at, before.started_at) if before else upload.started_at,
        finished=max(filter(None, ends), key=lambda end: (end.at, _text(end)), default=None),
    )


def _position(upload: Upload) -> Position | None:
    here = upload.position
    if here is None:
        return None
    lat, lon = (Decimal(f"{degrees:.6f}") for degrees in (here.lat, here.lon))
    return Position(lat=lat, lon=lon, at=here.at or upload.started_at)


def _text(value: BaseModel) -> str:
    """What tells two values apart that were noted at the same instant."""
    return json.dumps(value.model_dump(mode="json"), sort_keys=True)


def _bytes(value: BaseModel) -> int:
    return len(value.model_dump_json(exclude_defaults=True).encode())
