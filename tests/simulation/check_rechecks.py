"""What must hold of rechecks: each notice has its next step, and none waits for ever (B7)."""

from __future__ import annotations

from collections.abc import Iterator

from functions.inspections.domain import InspectionVerb
from functions.shared.events.inspections import InspectionState
from tests.simulation.endings import Ending


def wrong(ending: Ending) -> Iterator[str]:
    """Everything that is wrong with them."""
    store = ending.city.inspections.store
    for id, one in ending.inspections.items():
        timer = store.timers.get(id)
        if one.awaits_recheck:
            yield f"inspection {id} still waits for its recheck: {one.state} {timer}"
        if timer and not timer.value.over:
            yield f"inspection {id} is over, its timer is {timer.value}"
        if timer and not one.notice:
            yield f"inspection {id} has a timer without a notice: {timer.value}"
        verbs = [step.verb for step in one.steps]
        sent = InspectionVerb.SEND in verbs
        if sent and InspectionVerb.NOTICE not in verbs[: verbs.index(InspectionVerb.SEND)]:
            yield f"inspection {id} was sent out for a recheck without a notice: {verbs}"
        if one.state is InspectionState.RECHECKING and not sent:
            yield f"inspection {id} is rechecked, but was never sent out"
    running = ending.city.waiting.machine.running()
    yield from (f"execution {name} still runs" for name in running)
