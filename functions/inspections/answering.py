"""What departments answer to referrals, until all have and the inspection is over (B10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from functions.inspections.desk import Desk, change
from functions.inspections.domain import (
    SYSTEM,
    Answer,
    Inspection,
    InspectionStep,
    InspectionVerb,
    stepped,
)
from functions.shared.directory import body_of, office
from functions.shared.events.inspections import InspectionOutcome, InspectionState, ReferralTold
from functions.shared.events.supervision import End, State, TaskTold
from functions.shared.rules_in_force import Rules
from functions.shared.timekeeping import Timekeeper


def answer(task: TaskTold, desk: Desk) -> None:
    """Keep how the task of a referral has ended; the last answer closes the inspection. Also keep
    who else got the task: that unit sees the inspection too.

    It is one write, and what was answered already is not written again: a repeat, an answer that
    comes late or before another ends in the same. Also one that is closed meanwhile, since its
    entity was cancelled, keeps what departments still answer. Raises NotFound.
    """
    key, unit = task.referral, task.unit
    over = task.end if task.state is State.CLOSED else None
    if not (task.inspection and key and (over or unit != key.rpartition("@")[2])):
        return

    def step(inspection: Inspection, rules: Rules) -> Inspection:
        inspection = seen_by(inspection, key, unit)
        if over is None:
            return inspection
        given = Answer(task=task.id, end=over, at=task.changed_at)
        return answered(inspection, key, given, unit, desk, desk.time(rules))

    change(task.inspection, step, desk, by=SYSTEM)


def seen_by(inspection: Inspection, key: str, unit: str) -> Inspection:
    """`inspection`, shown to `unit`, which has the task of the referral `key`; the same where it
    sees it already, as an office does, or where there is no such referral."""
    keys = {one.key for one in inspection.referrals}
    known = {one.unit for one in inspection.referrals} | {*inspection.handed_to}
    if key not in keys or unit in known or body_of(unit) == office(None):
        return inspection
    return inspection.model_copy(update={"handed_to": (*inspection.handed_to, unit)})


def answered(
    inspection: Inspection, key: str, given: Answer, unit: str, desk: Desk, time: Timekeeper
) -> Inspection:
    """`inspection` with the answer to the referral `key`, given by `unit`; the same where it has
    one, or no such referral."""
    if key in inspection.answers or key not in {one.key for one in inspection.referrals}:
        return inspection
    answers = {**inspection.answers, key: given}
    over = None
    if inspection.state is InspectionState.REFERRED:
        over = outcome_of(inspection.referrals, answers)
    made = InspectionStep(
        verb=InspectionVerb.ANSWER,
        at=desk.now,
        by=SYSTEM,
        unit=unit,
        ref=given.task,
        note=given.end,
    )
    return stepped(
        inspection,
        made,
        time=time,
        answers=answers,
        state=InspectionState.CLOSED if over else inspection.state,
        outcome=over or inspection.outcome,
    )


def outcome_of(
    referrals: Sequence[ReferralTold], answers: Mapping[str, Answer]
) -> InspectionOutcome | None:
    """How an inspection is over by the answers to its referrals; None while one is owed. Where a
    task ended with its entity, so did the inspection, whichever of the two is heard of first."""
    if any(one.key not in answers for one in referrals):
        return None
    if any(one.end is End.ENTITY_CANCELLED for one in answers.values()):
        return InspectionOutcome.ENTITY_CANCELLED
    return InspectionOutcome.HANDLED
