"""The recheck machine, run for real on moto: every way, and once with our own functions."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from statelint.linter import Linter

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

REGION, ACCOUNT = "us-east-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sanwei-local-recheck"
REAL = {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}
PATIENCE = 30.0
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


class Played:
    """The paths on one state machine, all at once."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, str]] = Counter()
        self.client = boto3.client("stepfunctions", region_name=REGION)
        asl = json.dumps(quickened(definition(), REGION, ACCOUNT))
        self.arn = self.client.create_state_machine(
            name="sanwei-local-recheck", definition=asl, roleArn=ROLE
        )["stateMachineArn"]

    def start(self, path: Path) -> str:
        return str(
            self.client.start_execution(
                stateMachineArn=self.arn, name=path.name, input=json.dumps(first_input(path))
            )["executionArn"]
        )

    def ended(self, execution: str) -> dict[str, Any]:
        patience, told = threading.Event(), {"status": "RUNNING"}
        for _ in range(int(PATIENCE / 0.05)):
            told = self.client.describe_execution(executionArn=execution)  # type: ignore[assignment]
            if told["status"] != "RUNNING":
                break
            patience.wait(0.05)
        return told

    def entered(self, execution: str) -> list[str]:
        events = self.client.get_execution_history(executionArn=execution)["events"]
        return [
            one["stateEnteredEventDetails"]["name"]
            for one in events
            if "stateEnteredEventDetails" in one
        ]

    def send(self, event: dict[str, Any]) -> Any:
        return sent(event, self._call("send", event))

    def wait(self, event: dict[str, Any]) -> None:
        if (answer := result(event, self._call("await", event))) is not None:
            self.client.send_task_success(taskToken=event["token"], output=json.dumps(answer))

    def _call(self, name: str, event: dict[str, Any]) -> int:
        key = name, event["inspection"]
        self.calls[key] += 1
        return self.calls[key] - 1


@pytest.fixture(scope="module")
def played() -> Iterator[dict[str, tuple[Played, str]]]:
    """Every path, started at once; its execution."""
    with mock_aws(config=REAL):  # type: ignore[arg-type]
        played = Played()
        with invoking({"recheck_send": played.send, "recheck_await": played.wait}):
            started = {path.name: played.start(path) for path in (*PATHS, AWAIT_FAILS)}
            yield {name: (played, execution) for name, execution in started.items()}


@pytest.mark.parametrize("path", (*PATHS, AWAIT_FAILS), ids=lambda path: path.name)
def test_b7_moto_goes_every_way_as_the_interpreter_does(
    played: dict[str, tuple[Played, str]], path: Path
) -> None:
    machine, execution = played[path.name]
    told = machine.ended(execution)
    assert without_retries(machine.entered(execution)) == path.entered
    assert told["status"] == path.status
    assert (json.loads(told["output"]) if "output" in told else None) == last_output(path)
