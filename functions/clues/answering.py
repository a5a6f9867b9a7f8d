"""What a receiver reports on its share of a clue: received, handled, disputed, closed (A17)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from functions.clues.assigning import climbed
from functions.clues.domain import (
    Clue,
    ClueStep,
    ClueVerb,
    Frozen,
    Ground,
    Share,
    Unit,
    stepped,
    with_share,
)
from functions.clues.evidence import Evidence, day_of
from functions.clues.limits import Event, Timekeeper
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.clues import ShareState
from functions.shared.trail import fingerprint

_AFTER: dict[ShareState, dict[ClueVerb, ShareState]] = {
    ShareState.ASSIGNED: {
        ClueVerb.RECEIVE: ShareState.RECEIVED,
        ClueVerb.DISPUTE: ShareState.DISPUTED,
    },
    ShareState.RECEIVED: {
        ClueVerb.HANDLE: ShareState.RECEIVED,
        ClueVerb.DISPUTE: ShareState.DISPUTED,
        ClueVerb.CLOSE: ShareState.CLOSED,
    },
}
_REPORTED = (ClueVerb.RECEIVE, ClueVerb.HANDLE, ClueVerb.DISPUTE, ClueVerb.CLOSE)


class ClueFeedback(Frozen):
    """What a receiver reports on its share: one step, with what that step needs. `unit` is whose
    share, where the caller has several.

    `ref` is the sender's own id of this message: sent twice, it counts once. Without one, the same
    content from the same sender counts as the same message.
    """

    verb: Annotated[ClueVerb, Field(description="receive, handle, dispute or close")]
    unit: Unit | None = None
    ref: Annotated[str, StringConstraints(max_length=64)] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    ground: Ground | None = None
    responsible: Unit | None = None
    evidence: Evidence | None = None


def counted(clue: Clue, unit: str, feedback: ClueFeedback, by: str) -> ClueStep | None:
    """The step that this very feedback made before, if it did."""
    ref = feedback.ref or _content_ref(clue, unit, feedback, by)
    return next((step for step in clue.steps if (step.ref, step.by) == (ref, by)), None)


def answered(
    clue: Clue, unit: str, feedback: ClueFeedback, *, by: str, now: AwareDatetime, time: Timekeeper
) -> Clue:
    """`clue` after the `feedback` of `unit`; the same clue where that was counted before.

    Raises Invalid for feedback that lacks what its step needs, Conflict where the step does not
    follow from the share's state, the superior's decision stands, or the `ref` was used for
    something else.
    """
    if before := counted(clue, unit, feedback, by):
        if not _says(before, unit, feedback):
            raise Conflict.of("ref_reused", "ref", ref=feedback.ref)
        return clue
    if feedback.verb not in _REPORTED:
        raise Invalid.of("verb_not_reported", "verb", allowed=", ".join(_REPORTED))
    share = clue.share_of(unit)
    if share is None:
        raise Conflict.of("unit_not_assigned", "unit", unit=unit)
    state = _after(share, feedback.verb)
    _check(share, feedback, now)
    step = ClueStep(
        verb=feedback.verb,
        at=now,
        by=by,
        unit=unit,
        ref=feedback.ref or _content_ref(clue, unit, feedback, by),
        note=feedback.note,
        ground=feedback.ground,
        responsible=feedback.responsible,
        evidence=feedback.evidence,
    )
    after = with_share(clue, _moved(share, state, feedback, now=now, time=time))
    if feedback.verb is ClueVerb.DISPUTE and share.next and not clue.climbed:
        return climbed(after, step, now=now, time=time)
    return stepped(after, step, time=time)


def verbs_of(share: Share) -> tuple[ClueVerb, ...]:
    """What its receiver may say of a share now; nobody disputes what a superior has decided."""
    possible = _AFTER.get(share.state, {})
    return tuple(one for one in possible if not (one is ClueVerb.DISPUTE and share.final))


def _after(share: Share, verb: ClueVerb) -> ShareState:
    possible = _AFTER.get(share.state, {})
    if verb in possible:
        return possible[verb]
    if not possible:
        raise Conflict.of("share_over", "verb", verb=verb, state=share.state, unit=share.unit)
    raise Conflict.of(
        "share_step", "verb", verb=verb, state=share.state, allowed=", ".join(possible)
    )


def _moved(
    share: Share, state: ShareState, feedback: ClueFeedback, *, now: AwareDatetime, time: Timekeeper
) -> Share:
    if state in (ShareState.DISPUTED, ShareState.CLOSED):
        return share.ended(state, now, feedback.evidence.end if feedback.evidence else None)
    if share.state is state:
        return share
    return share.model_copy(update={"state": state, "clocks": time.started(Event.RECEIVED, now)})


def _check(share: Share, feedback: ClueFeedback, now: AwareDatetime) -> None:
    if feedback.verb is ClueVerb.DISPUTE:
        _check_dispute(share, feedback)
    elif feedback.ground or feedback.responsible:
        raise Invalid.of("only_with_dispute", "ground" if feedback.ground else "responsible")
    if feedback.verb is ClueVerb.HANDLE and not feedback.note:
        raise Invalid.of("value_missing", "note")
    if feedback.verb is not ClueVerb.CLOSE:
        if feedback.evidence:
            raise Invalid.of("only_with_close", "evidence")
        return
    if feedback.evidence is None:
        raise Invalid.of("clue_evidence_missing", "evidence")
    field, day = day_of(feedback.evidence)
    if day > shanghai_day(now):
        raise Invalid.of("day_in_future", f"evidence.{field}", day=day.isoformat())


def _check_dispute(share: Share, feedback: ClueFeedback) -> None:
    if share.final:
        raise Conflict.of("decision_final", "verb")
    if feedback.ground is None:
        raise Invalid.of("value_missing", "ground")
    if not feedback.note:
        raise Invalid.of("value_missing", "note")


def _says(step: ClueStep, unit: str, feedback: ClueFeedback) -> bool:
    names = ("verb", "note", "ground", "responsible", "evidence")
    same = all(getattr(step, name) == getattr(feedback, name) for name in names)
    return same and step.unit == unit


def _content_ref(clue: Clue, unit: str, feedback: ClueFeedback, by: str) -> str:
    """What is said again counts once, until the unit is assigned anew."""
    share = clue.share_of(unit)
    since = share.assigned_at.isoformat() if share else ""
    told = feedback.model_dump(mode="json", exclude={"unit", "ref"})
    return fingerprint([by, unit, since, told])[:22]
