"""What the grid platform says of inspections: at least once, late, and in any order (B11).

A word about who goes carries the platform's own instant, and counts only where it is newer than
every other word about that, whether the platform's or a dispatcher's here: so in whatever order
words come, the newest stands. Of a first visit that came before its words, they still say who goes
to the recheck. The newest is kept in the record that it changes: one write, so a crash has lost
nothing but the answer, and a repeat is no news.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, RootModel, model_validator

from functions.inspections.assigning import after_assignment, after_recall
from functions.inspections.desk import Desk, change
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.findings import AHEAD
from functions.inspections.orders import Assignment, Reason, Recall, refuse_reused, repeated
from functions.inspections.placing import BEFORE_THE_DOOR
from functions.inspections.progress import Progress, progress_of
from functions.inspections.seen import Frozen, Id, Note, Ref, Round
from functions.inspections.visits import Upload, take_upload, visit_of
from functions.shared.authorization import Action, Caller
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.instants import Instant
from functions.shared.rules_in_force import Rules
from functions.shared.signatures import TOLERANCE

_ORDERS = (
    InspectionVerb.ASSIGN,
    InspectionVerb.RECALL,
    InspectionVerb.PLACE,
    InspectionVerb.RETURN,
)
_VERBS = {"assignment": InspectionVerb.ASSIGN, "recall": InspectionVerb.RECALL}


class _About(Frozen):
    """Which inspection: by its id, or by the entity's code the newest that is open."""

    inspection: Ref | None = None
    code: Ref | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.inspection is None) == (self.code is None):
            raise ValueError("give either inspection or code")
        return self


class AssignmentSaid(_About):
    """An inspector was sent, at that instant by the platform's clock. `ref` is the platform's own
    id of this word; left out, it is the message's."""

    kind: Literal["assignment"]
    at: Instant
    inspector: Ref
    grid: Ref | None = None
    note: Note = ""
    ref: Ref | None = None

    def order(self, ref: str) -> Assignment:
        """What a dispatcher would say."""
        return Assignment(grid=self.grid, inspector=self.inspector, note=self.note, ref=ref)


class RecallSaid(_About):
    """An inspector was called back, at that instant by the platform's clock."""

    kind: Literal["recall"]
    at: Instant
    note: Reason
    ref: Ref | None = None

    def order(self, ref: str) -> Recall:
        """What a dispatcher would say."""
        return Recall(note=self.note, ref=ref)


class VisitSaid(_About, Upload):
    """A visit, or a part of it, with its results, as a phone would send it; `by` was there."""

    kind: Literal["visit"]
    by: Id


class Said(RootModel[AssignmentSaid | RecallSaid | VisitSaid]):
    """One message of the grid platform."""

    root: Annotated[AssignmentSaid | RecallSaid | VisitSaid, Field(discriminator="kind")]


class Standing(Progress):
    """Where an inspection stands once a message was taken, whether it was news or not; of a message
    about a visit, how far that has come."""

    inspection: str
    code: str
    state: InspectionState
    outcome: InspectionOutcome | None = None
    unit: str
    grid: str | None = None
    inspector: str | None = None
    notice: str | None = None


def take_message(said: Said, message: str, caller: Caller, desk: Desk) -> Inspection:
    """Do what the platform says in the message of that id; what is no news changes nothing.

    Raises NotFound where there is no such inspection, Invalid for what cannot be, Conflict where
    its state does not allow a word that is news, or where its ref was another word's.
    """
    word = said.root
    if isinstance(word, VisitSaid):
        id = _id_of(word, word.started_at, desk)
        upload = Upload.model_validate(word.model_dump(include=set(Upload.model_fields)))
        return take_upload(id, upload, caller, desk)
    if word.at > desk.now + AHEAD:
        raise Invalid.of("instant_in_future", "at", minutes=AHEAD // timedelta(minutes=1))
    ref = word.ref or message
    order, verb = word.order(ref), _VERBS[word.kind]

    def heed(inspection: Inspection, rules: Rules) -> Inspection:
        # In this order: a recall may have become an assignment, which its repeat is not.
        if not _is_news(inspection, word.at, ref, caller):
            refuse_reused(inspection, order, caller)
            return inspection
        if repeated(inspection, verb, order, Action.INSPECTION_ASSIGN, caller):
            return inspection
        heard = inspection.model_copy(update={"word": _mark(word.at, ref)})
        left = _to_do(heard, order, word.at)
        if isinstance(left, Assignment):
            return after_assignment(heard, left, caller, rules, desk)
        return after_recall(heard, left, caller, rules, desk) if left else heard

    return change(_id_of(word, word.at, desk), heed, desk, by=caller.id)


def standing(inspection: Inspection, said: Said) -> Standing:
    """What the platform is answered to what it said."""
    names = ("code", "state", "outcome", "unit", "grid", "inspector")
    word = said.root
    about = isinstance(word, VisitSaid) and visit_of(inspection, word.visit, word.round, word.by)
    return Standing(
        inspection=inspection.id,
        notice=inspection.notice.number if inspection.notice else None,
        **dict(progress_of(inspection, about) if about else Progress()),
        **{name: getattr(inspection, name) for name in names},
    )


def _is_news(inspection: Inspection, at: datetime, ref: str, caller: Caller) -> bool:
    """Whether this is newer than all that was said of who goes, and what it is about not over."""
    orders = [s.at for s in inspection.steps if s.verb in _ORDERS and s.by != caller.id]
    if not (inspection.state in BEFORE_THE_DOOR or inspection.awaits_recheck):
        orders.append(inspection.changed_at)
    return _mark(at, ref) > inspection.word and all(at > known for known in orders)


def _to_do(
    inspection: Inspection, order: Assignment | Recall, at: datetime
) -> Assignment | Recall | None:
    """What is left to do of an order that was given `at`; None where nothing is.

    What a recall calls back may still be on its way, and will be no news then. One that came after
    the visit has nothing to call back: whoever was there then has the recheck.
    """
    if isinstance(order, Assignment):
        return order
    if inspection.state is InspectionState.WAITING:
        return None
    first = inspection.visit(Round.FIRST)
    if first and first.finished and at < first.finished.at:
        return Assignment(inspector=first.by, note=order.note, ref=order.ref)
    return order


def _mark(at: datetime, ref: str) -> str:
    """A word's place in the order of words; two of the same instant go by their refs."""
    return f"{at.isoformat(timespec='microseconds')}#{ref}"


def _id_of(about: _About, at: datetime, desk: Desk) -> str:
    """The inspection that is meant by what happened `at`: of an entity's none that was called for
    later, or what is late, or told again, would be put to the next one's account."""
    if about.inspection:
        return about.inspection
    dossier = desk.cabinet.dossiers.get(about.code or "")
    listed = dossier.value.inspections if dossier else ()
    found = desk.cabinet.inspections.get_many(listed)
    there = [found[id].value for id in listed if id in found]
    meant = [one for one in there if one.registered_at - TOLERANCE <= at]
    if not meant:
        raise NotFound("inspection")
    return max(meant, key=lambda one: (one.open, one.edition)).id
