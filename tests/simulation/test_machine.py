"""The interpreter of the recheck machine: it goes every way, and refuses what it does not know."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulation.machine import AslMachine, definition
from tests.simulation.paths import (
    AWAIT_FAILS,
    PATHS,
    Path,
    first_input,
    last_output,
    result,
    sent,
    without_retries,
)

START = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Play:
    """Plays a path on a clock that jumps to whatever comes next."""

    def __init__(self, path: Path) -> None:
        self.now = START
        self.path = path
        self.calls: Counter[str] = Counter()
        self.machine = AslMachine(
            {"recheck_send": self._send, "recheck_await": self._await}, lambda: self.now
        )
        self.machine.start(path.name, json.dumps(first_input(path)))
        while at := self.machine.next_at():
            self.now = max(self.now, at)
            self.machine.work()

    def _send(self, event: dict[str, Any]) -> Any:
        return sent(event, self._call("send"))

    def _await(self, event: dict[str, Any]) -> None:
        if (answer := result(event, self._call("await"))) is not None:
            assert self.machine.answer(event["token"], json.dumps(answer))
            assert not self.machine.answer(event["token"], json.dumps(answer))

    def _call(self, name: str) -> int:
        self.calls[name] += 1
        return self.calls[name] - 1


@pytest.mark.parametrize("path", (*PATHS, AWAIT_FAILS), ids=lambda path: path.name)
def test_b7_the_machine_goes_every_way(path: Path) -> None:
    execution = Play(path).machine.executions[path.name]
    assert without_retries(execution.entered) == path.entered
    assert execution.status == path.status
    if (output := last_output(path)) is not None:
        kept = {name: execution.data[name] for name in output}
        assert kept == output


def test_b7_every_state_of_the_machine_is_on_some_way() -> None:
    entered = {state for path in PATHS for state in path.entered}
    assert entered == definition()["States"].keys()


def test_b7_a_month_passes_until_a_callback_counts_as_lost() -> None:
    play = Play(next(path for path in PATHS if path.script == "sent,withdrawn;lost"))
    assert play.now - START == timedelta(days=30, seconds=1)


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("CorrectionPeriod", {"Timestamp": "2026-03-02T00:00:00Z"}),
        ("SendRecheck", {"ResultSelector": {}}),
        ("Decide", {"Assign": {}}),
    ],
)
def test_what_the_interpreter_does_not_know_it_refuses(state: str, change: dict[str, Any]) -> None:
    asl = definition()
    asl["States"][state] |= change
    with pytest.raises(ValueError, match=f"{state}: .*{next(iter(change))}"):
        AslMachine({}, lambda: START, asl)
