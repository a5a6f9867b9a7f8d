"""Lost executions start again, either mode takes over from the other, and time may run out (B7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.inspections.desk import Desk
from functions.inspections.domain import Inspection
from functions.inspections.store import Store
from functions.inspections.sweeping import Job, reconcile, reconcile_job, sweep_due, sweep_jobs
from functions.inspections.timers import Turn, await_result
from functions.shared.events.inspections import InspectionState
from functions.shared.provisional import SHARDS, shard_of
from functions.shared.settings import TimerMode
from tests.fakes.interrupted import Interrupted
from tests.unit.inspections import corrections
from tests.unit.inspections.timing import ENDS, HALF_HOUR, Broken, Town, always

DAY = timedelta(days=1)
MACHINE, SWEEP = TimerMode.MACHINE, TimerMode.SWEEP


def begun(mode: TimerMode = MACHINE) -> Town:
    town = Town(mode)
    town.noticed()
    town.machine.work()
    return town


def execution(town: Town, attempt: int = 1) -> Any:
    return town.machine.executions[f"{town.id}-{attempt}"]


@pytest.mark.parametrize(
    ("decide", "path"),
    [
        (corrections.corrected, "Corrected"),
        (corrections.failed, "JointDisposal"),
        (corrections.cancelled, "Withdrawn"),
    ],
)
def test_b7_a_violation_costs_six_transitions_and_four_where_the_result_came_early(
    decide: Callable[[str, Desk], Inspection], path: str
) -> None:
    town = begun()
    town.until(ENDS + DAY)
    town.decide(decide)
    town.over()
    town.machine.work()
    sent = ["CorrectionPeriod", "SendRecheck", "Decide", "AwaitResult", "Decide", path]
    assert execution(town).entered == sent

    town = begun()
    town.decide(decide)
    town.over()
    town.until(ENDS + DAY)
    assert execution(town).entered == ["CorrectionPeriod", "SendRecheck", "Decide", path]


def test_b7_a_machine_that_wakes_early_waits_again() -> None:
    town = begun()
    town.hamlet.now = ENDS - timedelta(minutes=1)
    town.machine.wake(f"{town.id}-1")
    town.until(ENDS - timedelta(seconds=1))
    assert town.sent_at() == []
    assert execution(town).entered == [
        "CorrectionPeriod",
        "SendRecheck",
        "Decide",
        "CorrectionPeriod",
    ]
    town.until(ENDS)
    assert town.sent_at() == [ENDS]


def test_b7_a_lost_execution_is_started_again_where_it_stood() -> None:
    town = begun()
    town.until(ENDS - DAY)
    town.machine.stop(f"{town.id}-1")
    town.sweep()
    assert execution(town, 2).data["wait"] == DAY.total_seconds()
    town.until(ENDS + DAY)
    assert town.sent_at() == [ENDS]

    town.machine.stop(f"{town.id}-2")
    town.sweep()
    again = execution(town, 3)
    assert again.entered == ["CorrectionPeriod", "SendRecheck", "Decide", "AwaitResult"]
    assert town.timer and town.timer.attempt == 3
    town.decide(corrections.corrected)
    town.over()
    town.machine.work()
    assert (town.quiet(), town.ends()[-1], len(town.sent_at())) == (True, "Corrected", 1)


def test_b7_an_execution_that_was_never_started_gets_its_first_name() -> None:
    class Away(Broken):
        def start(self, name: str, body: str) -> None:
            raise OSError("throttled")

    town = Town(MACHINE)
    town.through = Away(town.machine, lambda: None)
    with pytest.raises(OSError, match="throttled"):
        town.noticed()
    looked = reconcile(reconcile_job(), Store(town.table), town.through, town.desk, always)
    assert [(id, str(error)) for id, error in looked.failed] == [(town.id, "throttled")]
    town.through = town.machine
    town.sweep()
    assert list(town.machine.executions) == [f"{town.id}-1"]


def test_b7_an_execution_that_the_list_does_not_show_yet_is_asked_for_by_name() -> None:
    class Behind(Broken):
        def running(self) -> Any:
            return iter(())

    town = begun()
    town.through = Behind(town.machine, lambda: None)
    town.sweep()
    assert list(town.machine.executions) == [f"{town.id}-1"]


def test_b7_an_execution_in_whose_place_another_one_waits_is_let_go() -> None:
    town = begun()
    timer = town.timer
    assert timer
    second = timer.model_copy(update={"attempt": 2})
    town.hamlet.store.timers.change(town.id, lambda _: second, by="test", now=town.hamlet.now)
    town.noticed()
    town.until(ENDS + DAY)
    assert [one.state for one in town.machine.executions.values()] == ["Replaced", "AwaitResult"]
    town.decide(corrections.failed)
    town.over()
    town.machine.work()
    assert town.ends() == ["Replaced", "JointDisposal"]
    assert len(town.sent_at()) == 1


def test_b7_a_result_before_the_await_is_found_by_the_await() -> None:
    town = begun()

    def meanwhile() -> None:
        town.decide(corrections.corrected)
        town.over()

    town.before_await = meanwhile
    town.until(ENDS + HALF_HOUR)
    assert (town.ends(), town.quiet()) == (["Corrected"], True)


@pytest.mark.parametrize("first", ["await", "result"])
def test_b7_whenever_result_and_await_cross_one_of_them_sees_the_other(first: str) -> None:
    """The one happens, whole, at each point of the other; the machine is answered at least once."""
    nth, passed = 0, True
    while passed:
        nth += 1
        town = begun()
        town.before_await = lambda: None
        answers: list[str] = []
        town.through = Recorder(town, answers)
        town.hamlet.now = ENDS

        def awaits(town: Town) -> None:
            turn = Turn(inspection=town.id, attempt=1, token="token")
            await_result(turn, town.through, town.desk)

        def results(town: Town) -> None:
            town.decide(corrections.failed)
            town.over()

        outer, inner = (awaits, results) if first == "await" else (results, awaits)

        def strike(town: Town = town, inner: Callable[[Town], None] = inner) -> None:
            town.table = town.hamlet.table
            inner(town)

        table = Interrupted(town.hamlet.table, nth, strike)
        town.table = table
        outer(town)
        passed = table.points >= nth
        if passed:
            assert "failed" in answers, f"at point {nth}"
    assert nth > 5


class Recorder(Broken):
    """Notes what the token `token` is told."""

    def __init__(self, town: Town, answers: list[str]) -> None:
        super().__init__(town.machine, lambda: None)
        self._answers = answers

    def answer(self, token: str, body: str) -> bool:
        self._answers.append(json.loads(body)["outcome"])
        return len(self._answers) == 1


def test_b7_the_sweep_sends_what_the_machine_was_waiting_for_and_lets_its_executions_end() -> None:
    town = begun()
    town.until(ENDS - DAY)
    town.mode = SWEEP
    town.machine.stop(f"{town.id}-1")  # and nobody reconciles now
    town.until(ENDS + DAY)
    assert len(town.sent_at()) == 1

    town = begun()
    town.until(ENDS + HALF_HOUR)
    town.mode = SWEEP
    town.until(ENDS + DAY)
    town.decide(corrections.failed)
    town.over()
    town.machine.work()
    assert (town.quiet(), town.ends(), len(town.sent_at())) == (True, ["JointDisposal"], 1)


def test_b7_the_machine_takes_over_what_the_sweep_was_waiting_for() -> None:
    town = begun(SWEEP)
    town.until(ENDS - DAY)
    assert town.machine.executions == {}
    town.mode = MACHINE
    town.until(ENDS + DAY)
    assert town.sent_at() == [ENDS]
    town.decide(corrections.corrected)
    town.over()
    town.machine.work()
    assert (town.quiet(), town.ends()) == (True, ["Corrected"])


def test_b7_the_machine_need_not_take_over_what_the_sweep_has_sent() -> None:
    town = begun(SWEEP)
    town.until(ENDS + DAY)
    town.mode = MACHINE
    town.until(ENDS + 2 * DAY)
    assert town.machine.executions == {}
    town.decide(corrections.corrected)
    town.over()
    assert (town.quiet(), town.inspection.state) == (True, InspectionState.CLOSED)


def test_b7_a_sweep_looks_at_what_is_due_and_at_nothing_else() -> None:
    town = begun(SWEEP)
    shard = shard_of(town.id)

    def looked() -> list[int]:
        jobs = sweep_jobs(town.hamlet.now)
        return [sweep_due(job, Store(town.table), town.desk, always).timers for job in jobs]

    town.hamlet.now = ENDS - timedelta(seconds=1)
    assert sum(looked()) == 0
    town.hamlet.now = ENDS
    assert looked() == [int(one == shard) for one in SHARDS]
    assert sum(looked()) == 0
    assert len(town.sent_at()) == 1


def test_b7_what_fails_in_a_sweep_stays_due_and_is_named() -> None:
    town = begun(SWEEP)
    town.hamlet.now = ENDS
    job = Job.model_validate_json(sweep_jobs(ENDS)[shard_of(town.id)].model_dump_json())

    def fails() -> None:
        raise OSError("away")

    town.table = Interrupted(town.hamlet.table, 1, fails)
    looked = sweep_due(job, Store(town.hamlet.table), town.desk, always)
    assert [(id, str(error)) for id, error in looked.failed] == [(town.id, "away")]
    town.table = town.hamlet.table
    town.sweep()
    assert len(town.sent_at()) == 1


def test_b7_when_time_runs_out_the_rest_is_handed_on() -> None:
    town = begun()
    town.machine.stop(f"{town.id}-1")
    left: Job | None = reconcile_job()
    store, pages = Store(town.table), 0
    while left:
        job = Job.model_validate_json(left.model_dump_json())
        left = reconcile(job, store, town.machine, town.desk, lambda: False).left
        pages += 1
    assert pages == len(SHARDS)
    assert list(town.machine.running()) == [f"{town.id}-2"]


def test_b7_a_failing_function_is_called_again_and_then_left_to_the_reconcile() -> None:
    town = begun()
    calls = 0
    whole = town.machine.functions["recheck_send"]

    def fails(event: dict[str, Any]) -> Any:
        nonlocal calls
        calls += 1
        if calls in (1, 2) or 3 < calls < 11:
            raise OSError("throttled")
        return whole(event)

    functions = {**town.machine.functions, "recheck_send": fails}
    town.machine.functions = functions
    town.until(ENDS + HALF_HOUR)
    assert (calls, execution(town).state) == (3, "AwaitResult")

    town.machine.stop(f"{town.id}-1")
    town.sweep()
    town.until(ENDS + DAY)
    assert [one.status for one in town.machine.executions.values()][1:] == ["FAILED", "RUNNING"]
    assert execution(town, 3).state == "AwaitResult"
