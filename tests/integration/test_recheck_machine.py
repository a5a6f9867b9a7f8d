"""The recheck machine, run for real on moto: every way, and once with our own functions."""

from __future__ import annotations

import json
import os
import pathlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import DefaultConfig
from statelint.linter import Linter

from functions.inspections.desk import Desk, Timer
from functions.inspections.domain import Inspection
from functions.inspections.recheck_consumers import (
    inspections_sweep,
    recheck_await,
    recheck_reconcile,
    recheck_send,
)
from functions.inspections.store import Store
from functions.inspections.wiring import desk
from functions.shared import aws, clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.events.inspections import InspectionState
from functions.shared.settings import settings
from tests.integration.motocity import CONFIG, Context, MotoCity, moto_city
from tests.simulation.machine import ASL, definition
from tests.simulation.paths import (
    AWAIT_FAILS,
    PATHS,
    Path,
    first_input,
    last_output,
    quickened,
    result,
    sent,
    without_retries,
)
from tests.unit.inspections import corrections
from tests.unit.inspections.hamlet import Hamlet

REGION, ACCOUNT = "us-east-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sanwei-local-recheck"
REAL: DefaultConfig = {
    "stepfunctions": {"execute_state_machine": True},
    "lambda": {"use_docker": False},
}
PATIENCE = 30.0
EVENTS = pathlib.Path(__file__).parents[2] / "events"
TICK = json.loads((EVENTS / "schedule" / "recheck_reconcile.json").read_text(encoding="utf-8"))
Function = Callable[[dict[str, Any]], Any]


def test_b7_the_definition_keeps_the_rules_of_the_language() -> None:
    assert Linter.validate(ASL.read_text(encoding="utf-8")) == []


@contextmanager
def invoking(functions: dict[str, Function]) -> Iterator[None]:
    """Lambdas that moto's machines call are these, by the last part of their name."""

    def invoke(
        self: LambdaSimpleBackend,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: Any,
    ) -> bytes:
        try:
            told = functions[function_name.rpartition("-")[2]](json.loads(body))
        except Exception as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
        return json.dumps(told).encode()

    before = LambdaSimpleBackend.invoke
    LambdaSimpleBackend.invoke = invoke  # type: ignore[method-assign]
    try:
        yield
    finally:
        LambdaSimpleBackend.invoke = before  # type: ignore[method-assign]


def eventually(condition: Callable[[], bool]) -> None:
    """Machines work in threads of their own."""
    patience = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if condition():
            return
        patience.wait(0.05)
    raise AssertionError("it did not come about")


def ended(client: Any, execution: str) -> dict[str, Any]:
    """An execution that is over."""
    eventually(lambda: client.describe_execution(executionArn=execution)["status"] != "RUNNING")
    return dict(client.describe_execution(executionArn=execution))


def entered(client: Any, execution: str) -> tuple[str, ...]:
    """The states that it went through."""
    events = client.get_execution_history(executionArn=execution)["events"]
    told = [one["stateEnteredEventDetails"] for one in events if "stateEnteredEventDetails" in one]
    return without_retries([one["name"] for one in told])


class Played:
    """The paths on one state machine, all at once."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.under_way = threading.Event()
        self.client = boto3.client("stepfunctions", region_name=REGION)
        asl = json.dumps(quickened(definition(), REGION, ACCOUNT))
        self.arn = self.client.create_state_machine(
            name="sanwei-local-recheck", definition=asl, roleArn=ROLE
        )["stateMachineArn"]

    def start(self, paths: tuple[Path, ...]) -> dict[str, str]:
        """One execution per path, by the path's name."""
        started = {path.name: self._start(path) for path in paths}
        eventually(lambda: all(entered(self.client, one) for one in started.values()))
        self.under_way.set()  # moto takes no callback while an execution has not begun
        return started

    def _start(self, path: Path) -> str:
        return str(
            self.client.start_execution(
                stateMachineArn=self.arn, name=path.name, input=json.dumps(first_input(path))
            )["executionArn"]
        )

    def send(self, event: dict[str, Any]) -> Any:
        return sent(event, self._call("send", event))

    def wait(self, event: dict[str, Any]) -> None:
        self.under_way.wait(PATIENCE)
        if (answer := result(event, self._call("await", event))) is not None:
            self.client.send_task_success(taskToken=event["token"], output=json.dumps(answer))

    def _call(self, name: str, event: dict[str, Any]) -> int:
        key = name, event["inspection"]
        self.calls[key] += 1
        return self.calls[key] - 1


@pytest.fixture(scope="module")
def played() -> Iterator[dict[str, tuple[Played, str]]]:
    """Every path, started at once and gone to its end: what the Lambdas are, other tests change."""
    with mock_aws(config=REAL):
        played = Played()
        with invoking({"recheck_send": played.send, "recheck_await": played.wait}):
            started = played.start((*PATHS, AWAIT_FAILS))
            for execution in started.values():
                ended(played.client, execution)
        yield {name: (played, execution) for name, execution in started.items()}


@pytest.mark.parametrize("path", (*PATHS, AWAIT_FAILS), ids=lambda path: path.name)
def test_b7_moto_goes_every_way_as_the_interpreter_does(
    played: dict[str, tuple[Played, str]], path: Path
) -> None:
    machine, execution = played[path.name]
    told = ended(machine.client, execution)
    assert entered(machine.client, execution) == path.entered
    assert told["status"] == path.status
    assert (json.loads(told["output"]) if "output" in told else None) == last_output(path)


class City:
    """The city on moto whose machine runs: with its own functions, one at a time."""

    def __init__(self, city: MotoCity) -> None:
        self._city = city
        self._alone = threading.Lock()  # moto's tables lose what threads write at the same time
        self._editions = iter(range(1, 100))
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        self.client = aws.stepfunctions()
        self.machine = settings().machine_arn("recheck")
        asl = json.dumps(quickened(definition(), REGION, ACCOUNT, callback=600))
        self.client.update_state_machine(stateMachineArn=self.machine, definition=asl)

    @property
    def functions(self) -> dict[str, Function]:
        """What the machine calls."""
        return {
            "recheck_send": lambda event: self._once(recheck_send, event),
            "recheck_await": lambda event: self._once(recheck_await, event),
        }

    def noticed(self, days: int = -1) -> str:
        """An inspection with a notice whose last day to correct was yesterday."""
        made = Hamlet(now=clock.now()).opened(edition=next(self._editions))
        now = desk()
        now.cabinet.inspections.save(made, before=None, by="test", now=now.now)
        corrections.notice(made.id, now, shanghai_day(now.now) + timedelta(days=days))
        self.settle()
        return made.id

    def decide(self, how: Callable[[str, Desk], Inspection], id: str) -> None:
        """A result is recorded, and told."""
        with self._alone:
            how(id, desk())
        self.settle()

    def settle(self) -> None:
        with self._alone:
            self._city.settle()

    def call(self, path: str, *grants: str) -> tuple[int, Any]:
        with self._alone:
            return self._city.call("POST", path, {}, grants=grants)

    def inspection(self, id: str) -> Inspection:
        found = Store(ports.table("inspections")).inspections.get(id)
        assert found
        return found.value

    def awaits(self, id: str, attempt: int = 1) -> None:
        """Wait until the machine has left its token for this attempt."""

        def left() -> bool:
            timer = self.timer(id)
            return bool(timer and timer.token and timer.attempt == attempt)

        eventually(left)

    def timer(self, id: str) -> Timer | None:
        found = Store(ports.table("inspections")).timers.get(id)
        return found.value if found else None

    def break_off(self, id: str) -> None:
        """Have an execution fail that awaits its result; moto would not stop one."""
        timer = self.timer(id)
        assert timer
        nonsense = json.dumps({"outcome": "nonsense"})
        self.client.send_task_success(taskToken=timer.token, output=nonsense)
        assert ended(self.client, self.execution(id))["status"] == "FAILED"

    def execution(self, id: str, attempt: int = 1) -> str:
        arn = self.machine.replace(":stateMachine:", ":execution:")
        return f"{arn}:{id}-{attempt}"

    def _once(self, function: Callable[[Any, Any], Any], event: dict[str, Any]) -> Any:
        with self._alone:
            return function(event, Context())


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with mock_aws(config=REAL), moto_city() as moto:
        city = City(moto)
        with invoking(city.functions):
            yield city


@pytest.mark.parametrize(
    ("how", "outcome", "end"),
    [
        (corrections.corrected, "corrected", "Corrected"),
        (corrections.failed, "failed", "JointDisposal"),
        (corrections.cancelled, "withdrawn", "Withdrawn"),
    ],
)
def test_b7_from_the_notice_to_its_result_the_machine_waits_with_our_own_functions(
    city: City, how: Callable[[str, Desk], Inspection], outcome: str, end: str
) -> None:
    id = city.noticed()
    city.awaits(id)
    assert city.inspection(id).state is InspectionState.RECHECKING
    city.decide(how, id)
    told = ended(city.client, city.execution(id))
    same = {"inspection": id, "attempt": 1, "outcome": outcome, "wait": 0}
    assert (told["status"], json.loads(told["output"])) == ("SUCCEEDED", same)
    assert entered(city.client, city.execution(id))[-3:] == ("AwaitResult", "Decide", end)
    city.settle()
    city.decide(lambda id, now: city.inspection(id), id)  # told again, nobody waits any more


def test_b7_an_operator_has_a_lost_execution_started_again(city: City) -> None:
    id = city.noticed()
    city.awaits(id)
    city.break_off(id)
    assert city.call("/v1/rechecks/reconcile", "gaj:lead")[0] == 404
    status, told = city.call("/v1/rechecks/reconcile", "city:operator")
    assert (status, told) == (202, {"timers": "machine"})
    city.settle()
    city.awaits(id, attempt=2)
    city.decide(corrections.corrected, id)
    told = ended(city.client, city.execution(id, 2))
    assert json.loads(told["output"])["outcome"] == "corrected"


def test_b7_the_hourly_reconcile_starts_nothing_twice(city: City) -> None:
    id = city.noticed()
    city.awaits(id)
    recheck_reconcile(TICK, Context())
    city.settle()
    found = city.client.list_executions(stateMachineArn=city.machine, statusFilter="RUNNING")
    mine = [one["name"] for one in found["executions"] if one["name"].startswith(id)]
    assert mine == [f"{id}-1"]
    city.decide(corrections.corrected, id)
    ended(city.client, city.execution(id))


def test_b7_where_the_sweep_waits_the_same_happens_without_the_machine(city: City) -> None:
    with swept():
        id = city.noticed()
        assert city.inspection(id).state is InspectionState.CORRECTING
        inspections_sweep(TICK, Context())
        recheck_reconcile(TICK, Context())
        city.settle()
        assert city.inspection(id).state is InspectionState.RECHECKING
        city.decide(corrections.failed, id)
        later = city.noticed()
        assert city.call("/v1/rechecks/reconcile", "city:operator")[1] == {"timers": "sweep"}
        city.settle()
        assert city.inspection(later).state is InspectionState.RECHECKING
        with pytest.raises(city.client.exceptions.ExecutionDoesNotExist):
            city.client.describe_execution(executionArn=city.execution(id))


def test_b7_where_the_machine_waits_there_is_nothing_to_sweep(city: City) -> None:
    id = city.noticed(days=3)
    inspections_sweep(TICK, Context())
    city.settle()
    assert city.inspection(id).state is InspectionState.CORRECTING
    city.client.stop_execution(executionArn=city.execution(id))


@contextmanager
def swept() -> Iterator[None]:
    """Meanwhile the deployment's timers are the sweep."""
    os.environ["SANWEI_TIMERS"] = "sweep"
    settings.cache_clear()
    try:
        yield
    finally:
        del os.environ["SANWEI_TIMERS"]
        settings.cache_clear()
