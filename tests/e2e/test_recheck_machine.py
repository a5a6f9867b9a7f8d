"""The recheck machine, run for real on the local city's emulator: every way, as the others do."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import emulator
from infra.emulator import ACCOUNT, REGION, Emulator, free_port
from tests.simulation import paths
from tests.simulation.machine import definition
from tests.simulation.paths import (
    AWAIT_FAILS_UNHEARD,
    PATHS,
    first_input,
    last_output,
    quickened,
    without_retries,
)
from tests.simulation.paths import Path as Way

pytestmark = pytest.mark.e2e
PATIENCE = 60.0
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sanwei-local-recheck"
PLAYER = '''
"""Plays the scripts of `paths`; how often each was called is kept in files."""
import json, os, pathlib
import boto3
import paths

HOME = pathlib.Path(os.environ["HOME_OF_CALLS"])


def recheck_send(event, context):
    return paths.sent(event, _call("send", event))


def recheck_await(event, context):
    answer = paths.result(event, _call("await", event))
    if answer is not None:
        machine = boto3.client("stepfunctions")
        machine.send_task_success(taskToken=event["token"], output=json.dumps(answer))


def _call(name, event):
    kept = HOME / (name + " " + event["inspection"])
    number = int(kept.read_text()) if kept.exists() else 0
    kept.write_text(str(number + 1))
    return number
'''


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator with the two functions, on which nothing else runs."""
    state = tmp_path_factory.mktemp("machine")
    running = emulator.start(state, free_port())
    try:
        deploy(running, state)
        yield running
    finally:
        emulator.stop(state)


def deploy(machine: Emulator, state: Path) -> None:
    calls = state / "calls"
    calls.mkdir()
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as zipped:
        zipped.writestr("player.py", PLAYER)
        zipped.write(paths.__file__, "paths.py")
    for name in ("recheck_send", "recheck_await"):
        machine.client("lambda").create_function(
            FunctionName=f"sanwei-local-{name}",
            Runtime="python3.11",
            Role=ROLE,
            Handler=f"player.{name}",
            Code={"ZipFile": package.getvalue()},
            Environment={"Variables": {"HOME_OF_CALLS": str(calls)}},
            Timeout=30,
        )


@pytest.fixture(scope="module")
def executions(machine: Emulator) -> dict[str, str]:
    """Every way, started at once."""
    client = machine.client("stepfunctions")
    asl = json.dumps(quickened(definition(), REGION, ACCOUNT))
    made = client.create_state_machine(name="sanwei-local-recheck", definition=asl, roleArn=ROLE)
    arn = made["stateMachineArn"]
    return {
        way.name: client.start_execution(
            stateMachineArn=arn, name=way.name, input=json.dumps(first_input(way))
        )["executionArn"]
        for way in (*PATHS, AWAIT_FAILS_UNHEARD)
    }


def ended(client: Any, execution: str) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while (told := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < end, "it did not end"
        time.sleep(0.1)
    return dict(told)


def entered(client: Any, execution: str) -> tuple[str, ...]:
    pages = client.get_paginator("get_execution_history").paginate(executionArn=execution)
    events = [one for page in pages for one in page["events"]]
    told = [one["stateEnteredEventDetails"] for one in events if "stateEnteredEventDetails" in one]
    return without_retries([one["name"] for one in told])


@pytest.mark.parametrize("way", (*PATHS, AWAIT_FAILS_UNHEARD), ids=lambda way: way.name)
def test_b7_the_emulator_goes_every_way_as_moto_and_the_interpreter_do(
    machine: Emulator, executions: dict[str, str], way: Way
) -> None:
    client = machine.client("stepfunctions")
    told = ended(client, executions[way.name])
    assert entered(client, executions[way.name]) == way.entered
    assert told["status"] == way.status
    if way.status == "SUCCEEDED":  # of a failure it tells the error where the others tell nothing
        assert json.loads(told["output"]) == last_output(way)
