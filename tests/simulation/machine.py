"""A small interpreter of our state machine (`infra/recheck.asl.json`), on a clock that jumps.

It knows what the definition uses and refuses the rest, so that nothing in it can be passed over.
Functions are called when the test lets the machine work, never by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

from functions.shared.machines import RUNNING
from tests.fakes.interrupted import Crash

ASL = Path(__file__).parents[2] / "infra" / "recheck.asl.json"
SUCCEEDED, FAILED, ABORTED = "SUCCEEDED", "FAILED", "ABORTED"
Function = Callable[[dict[str, Any]], Any]
_SECOND = timedelta(seconds=1)
_FIELDS = {
    "Wait": {"SecondsPath", "Next"},
    "Task": {"Resource", "Parameters", "OutputPath", "TimeoutSeconds", "Retry", "Catch", "Next"},
    "Choice": {"Choices", "Default"},
    "Succeed": set(),
    "Fail": {"Error", "Cause"},
}


def definition() -> dict[str, Any]:
    """The machine as it is deployed, its placeholders unfilled."""
    return dict(json.loads(ASL.read_text(encoding="utf-8")))


@dataclass
class Execution:
    """One run of the machine. `entered` are the states that it was in, `next_at` when it goes on
    by itself, `token` what a callback would answer."""

    name: str
    data: Any
    state: str
    next_at: datetime
    entered: list[str] = field(default_factory=list)
    status: str = RUNNING
    error: str = ""
    token: str = ""
    retries: int = 0
    plan: int = 0  # the entry of the agenda that holds
    begun: bool = False  # the wait or task of this state

    @property
    def transitions(self) -> int:
        """What the bill counts: states that were entered, retries included."""
        return len(self.entered)


class AslMachine:
    """`Machine` whose executions run in this process, on `clock`.

    `functions` are called by the last part of their name (`recheck_send`); what one raises, a crash
    included, fails its task. `stop` loses an execution as if the service had.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        clock: Callable[[], datetime],
        asl: Mapping[str, Any] | None = None,
    ) -> None:
        self._asl = asl or definition()
        self.functions = functions
        self._clock = clock
        self._tokens: dict[str, Execution] = {}
        self._agenda: list[tuple[datetime, int, Execution]] = []
        self._alive: dict[str, Execution] = {}
        self._plans = 0
        self.executions: dict[str, Execution] = {}
        for name, state in self._asl["States"].items():
            _check(name, state)

    def start(self, name: str, body: str) -> None:
        if name not in self.executions:
            first = self._asl["StartAt"]
            begun = Execution(name, json.loads(body), first, self._clock(), [first])
            self.executions[name] = self._alive[name] = begun
            self._plan(begun, self._clock())

    def answer(self, token: str, body: str) -> bool:
        execution = self._tokens.pop(token, None)
        if execution is None or execution.status != RUNNING or execution.token != token:
            return False
        self._leave(execution, json.loads(body))
        return True

    def running(self) -> Iterator[str]:
        return iter(list(self._alive))

    def status(self, name: str) -> str | None:
        found = self.executions.get(name)
        return found.status if found else None

    def stop(self, name: str) -> None:
        """Lose a running execution."""
        if self.executions[name].status == RUNNING:
            self._end(self.executions[name], ABORTED)

    def wake(self, name: str) -> None:
        """Let an execution go on at once, as the service's clock would that runs ahead."""
        self._plan(self.executions[name], self._clock())

    @property
    def transitions(self) -> int:
        """Of all executions together."""
        return sum(one.transitions for one in self.executions.values())

    def next_at(self) -> datetime | None:
        """When the next execution goes on by itself; None where all wait for others, or are
        over."""
        while self._agenda:
            at, plan, execution = self._agenda[0]
            if execution.status == RUNNING and execution.plan == plan:
                return at
            heappop(self._agenda)
        return None

    def work(self) -> int:
        """Let everything go on that may by now; how many steps that were."""
        steps = 0
        while (at := self.next_at()) and at <= self._clock():
            self._step(heappop(self._agenda)[2])
            steps += 1
        return steps

    def _plan(self, execution: Execution, at: datetime) -> None:
        self._plans += 1
        execution.next_at, execution.plan = at, self._plans
        heappush(self._agenda, (at, self._plans, execution))

    def _step(self, execution: Execution) -> None:
        state = self._asl["States"][execution.state]
        match state["Type"]:
            case "Wait":
                self._wait(execution, state)
            case "Task":
                self._task(execution, state)
            case "Choice":
                self._enter(execution, _chosen(state, execution.data))
            case "Succeed":
                self._end(execution, SUCCEEDED)
            case "Fail":
                execution.error = state["Error"]
                self._end(execution, FAILED)

    def _wait(self, execution: Execution, state: Mapping[str, Any]) -> None:
        if execution.begun:
            self._enter(execution, state["Next"])
            return
        seconds = _at(state["SecondsPath"], execution.data)
        if not isinstance(seconds, int) or not 0 <= seconds <= 99_999_999:
            raise ValueError(f"{execution.name} cannot wait {seconds!r} seconds")
        execution.begun = True
        self._plan(execution, self._clock() + seconds * _SECOND)

    def _task(self, execution: Execution, state: Mapping[str, Any]) -> None:
        if execution.token:  # it waits for a callback, and this is its end
            self._failed(execution, state, "States.Timeout")
            return
        waits = state["Resource"].endswith(".waitForTaskToken")
        token = f"{execution.name}/{execution.transitions}" if waits else ""
        if waits:  # before the call: it may be answered from within
            self._tokens[token] = execution
            execution.token = token
            self._plan(execution, self._clock() + state["TimeoutSeconds"] * _SECOND)
        given = _filled(state["Parameters"], execution.data, token)
        function = self.functions[given["FunctionName"].rpartition("-")[2]]
        try:
            told = json.loads(json.dumps(function(given["Payload"])))
        except (Exception, Crash) as error:
            if execution.token == token:
                self._failed(execution, state, type(error).__name__)
            return
        if not waits:
            self._leave(execution, _at(state.get("OutputPath", "$"), {"Payload": told}))

    def _failed(self, execution: Execution, state: Mapping[str, Any], error: str) -> None:
        """As the retriers and catchers of the state say."""
        self._tokens.pop(execution.token, None)
        execution.token = ""
        for retry in state.get("Retry", ()):
            if _matches(retry, error) and execution.retries < retry["MaxAttempts"]:
                pause = retry["IntervalSeconds"] * retry["BackoffRate"] ** execution.retries
                execution.retries += 1
                execution.entered.append(execution.state)
                self._plan(execution, self._clock() + pause * _SECOND)
                return
        for catch in state.get("Catch", ()):
            if _matches(catch, error):
                place = catch["ResultPath"].removeprefix("$.")
                execution.data = {**execution.data, place: {"Error": error}}
                self._enter(execution, catch["Next"])
                return
        execution.error = error
        self._end(execution, FAILED)

    def _leave(self, execution: Execution, data: Any) -> None:
        execution.data = data
        self._enter(execution, self._asl["States"][execution.state]["Next"])

    def _enter(self, execution: Execution, state: str) -> None:
        execution.state = state
        execution.entered.append(state)
        execution.token, execution.retries, execution.begun = "", 0, False
        self._plan(execution, self._clock())

    def _end(self, execution: Execution, status: str) -> None:
        self._tokens.pop(execution.token, None)
        execution.status, execution.token = status, ""
        self._alive.pop(execution.name, None)


def _check(name: str, state: Mapping[str, Any]) -> None:
    known = _FIELDS[state["Type"]] | {"Type", "Comment"}
    if strange := state.keys() - known:
        raise ValueError(f"{name}: this interpreter does not know {', '.join(sorted(strange))}")


def _chosen(state: Mapping[str, Any], data: Any) -> str:
    for rule in state["Choices"]:
        if rule.keys() != {"Variable", "StringEquals", "Next"}:
            raise ValueError(f"a rule that this interpreter does not know: {rule}")
        if _at(rule["Variable"], data) == rule["StringEquals"]:
            return str(rule["Next"])
    return str(state["Default"])


def _matches(rule: Mapping[str, Any], error: str) -> bool:
    names = rule["ErrorEquals"]
    failed = "States.TaskFailed" in names and error != "States.Timeout"
    return "States.ALL" in names or error in names or failed


def _filled(template: Any, data: Any, token: str) -> Any:
    """`template` with every `name.$` read from the data, or the token from the context."""
    if not isinstance(template, dict):
        return template
    filled = {}
    for name, value in template.items():
        if not name.endswith(".$"):
            filled[name] = _filled(value, data, token)
        elif value == "$$.Task.Token":
            filled[name.removesuffix(".$")] = token
        else:
            filled[name.removesuffix(".$")] = _at(value, data)
    return filled


def _at(path: str, data: Any) -> Any:
    """What stands at `$` or `$.name`; raises KeyError where nothing does."""
    if path == "$":
        return data
    start, _, name = path.partition(".")
    if start != "$" or "." in name or "[" in name:
        raise ValueError(f"a path that this interpreter does not know: {path}")
    return data[name]
