"""What waits for rechecks: one suite over the machine and over the sweep (B7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest

from functions.inspections.desk import Desk
from functions.inspections.domain import Inspection
from functions.shared.events.inspections import InspectionState
from functions.shared.settings import TimerMode
from functions.shared.table import Table
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.inspections import corrections
from tests.unit.inspections.timing import ENDS, HALF_HOUR, MONTH, Broken, Town

DAY = timedelta(days=1)
ENDINGS = {
    "Corrected": corrections.corrected,
    "JointDisposal": corrections.failed,
    "Withdrawn": corrections.cancelled,
}
Decide = Callable[[str, Desk], Inspection]
endings = pytest.mark.parametrize(("end", "decide"), ENDINGS.items(), ids=ENDINGS)


@pytest.fixture(params=list(TimerMode))
def town(request: pytest.FixtureRequest) -> Town:
    return Town(request.param)


def by_machine(town: Town) -> bool:
    return town.mode is TimerMode.MACHINE


@endings
def test_b7_the_recheck_is_sent_on_time_and_its_result_ends_the_wait(
    town: Town, end: str, decide: Decide
) -> None:
    town.noticed()
    town.until(ENDS - timedelta(seconds=1))
    assert town.sent_at() == []
    town.until(ENDS + HALF_HOUR)
    (sent,) = town.sent_at()
    assert ENDS <= sent <= ENDS + HALF_HOUR
    town.until(ENDS + DAY)
    assert town.quiet() is not by_machine(town)
    town.decide(decide)
    town.over()
    town.until(ENDS + 2 * DAY)
    assert town.quiet()
    assert town.sent_at() == [sent]
    assert town.ends() == ([end] if by_machine(town) else [])


@endings
def test_b7_an_early_result_is_honoured_and_nothing_is_sent(
    town: Town, end: str, decide: Decide
) -> None:
    town.noticed()
    town.until(ENDS - 2 * DAY)
    town.decide(decide)
    town.over()
    after = town.inspection
    town.until(ENDS + DAY)
    assert town.inspection == after
    assert town.quiet()
    assert town.ends() == ([end] if by_machine(town) else [])


def test_b7_everything_twice_is_everything_once(town: Town) -> None:
    for _ in range(2):
        town.noticed()
    town.until(ENDS - DAY)
    town.noticed()
    town.until(ENDS + DAY)
    town.noticed()  # told again, late
    assert len(town.sent_at()) == 1
    town.decide(corrections.corrected)
    for _ in range(2):
        town.over()
    town.noticed()
    after = town.inspection
    town.until(ENDS + 2 * DAY)
    town.over()
    assert (town.inspection, town.quiet()) == (after, True)
    assert town.ends() == (["Corrected"] if by_machine(town) else [])


def test_b7_the_end_may_be_told_before_the_beginning(town: Town) -> None:
    town.decide(corrections.corrected)
    town.over()
    town.noticed()
    assert (town.timer, town.quiet(), town.ends()) == (None, True, [])


def test_b7_an_end_that_is_lost_for_good_costs_a_month_and_decides_nothing(town: Town) -> None:
    town.noticed()
    town.until(ENDS + DAY)
    town.decide(corrections.failed)
    after = town.inspection
    town.until(ENDS + MONTH)
    assert (town.inspection, town.quiet()) == (after, True)
    assert town.ends() == (["JointDisposal"] if by_machine(town) else [])


def test_b7_a_recheck_that_nobody_makes_is_waited_for_as_long_as_it_takes(town: Town) -> None:
    town.noticed()
    town.until(ENDS + 3 * MONTH)
    assert town.inspection.state is InspectionState.RECHECKING
    town.decide(corrections.corrected)
    town.over()
    town.until(town.hamlet.now + HALF_HOUR)
    assert (town.quiet(), len(town.sent_at())) == (True, 1)


def test_b7_a_crash_at_any_call_is_healed_by_the_repeat_or_the_reconcile(town: Town) -> None:
    """The process dies before and after each call on table and machine; the message comes again."""
    calm = story(town, Blow(0))
    for nth in count(1):
        blow = Blow(nth)
        assert story(Town(town.mode), blow) == calm, f"after a crash at call {nth}"
        if blow.calls < nth:
            assert nth > 40
            return


class Blow:
    """Dies at the `nth` call."""

    def __init__(self, nth: int) -> None:
        self._nth = nth
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        if self.calls == self._nth:
            crash()


class Struck(Interrupted):
    """A table that calls `point` before and after each of its calls."""

    def __init__(self, table: Table, point: Callable[[], None]) -> None:
        super().__init__(table, 0, crash)
        self._call = point

    def _point(self) -> None:
        self._call()


def story(town: Town, point: Callable[[], None]) -> tuple[object, ...]:
    """From notice to result, and what stands at the end; what a crash ended comes again."""
    town.table, town.through = Struck(town.hamlet.table, point), Broken(town.machine, point)

    def surely(act: Callable[[], None]) -> None:
        try:
            act()
        except Crash:
            act()

    surely(town.noticed)
    town.hamlet.now = ENDS - HALF_HOUR
    surely(lambda: town.until(ENDS + HALF_HOUR))
    town.decide(corrections.failed)
    surely(town.over)
    surely(lambda: town.until(ENDS + 3 * HALF_HOUR))
    inspection = town.inspection
    last = {one.name: one.state for one in town.machine.executions.values()}
    return town.quiet(), inspection.state, len(town.sent_at()), set(last.values())
