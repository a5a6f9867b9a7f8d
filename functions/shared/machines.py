"""A state machine of this deployment: start an execution, answer its callback, see which run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

RUNNING = "RUNNING"
_AT_ONCE = 1000  # executions: the service gives 100 to whoever does not ask, few times a second
# Whoever the token belongs to waits no more: it was answered, it timed out, or it is long gone.
_NOBODY_WAITS = {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}


class Machine(Protocol):
    """What a use case needs of a state machine."""

    def start(self, name: str, body: str) -> None:
        """Start the execution `name` with the JSON object `body`; where the name is taken, nothing
        happens."""
        ...

    def answer(self, token: str, body: str) -> bool:
        """Give the JSON object `body` to the task that waits with `token`; False where none does
        any more."""
        ...

    def running(self) -> Iterator[str]:
        """The names of all executions that run; the newest may be missing."""
        ...

    def status(self, name: str) -> str | None:
        """How an execution stands (`RUNNING`, `FAILED`, …); None where there is none, or none any
        more (90 days after its end)."""
        ...


class StepFunctions:
    """`Machine` on Step Functions; `arn` is the machine's."""

    def __init__(self, client: SFNClient, arn: str) -> None:
        self._client = client
        self._arn = arn

    def start(self, name: str, body: str) -> None:
        try:
            self._client.start_execution(stateMachineArn=self._arn, name=name, input=body)
        except ClientError as error:
            if _code(error) != "ExecutionAlreadyExists":
                raise

    def answer(self, token: str, body: str) -> bool:
        try:
            self._client.send_task_success(taskToken=token, output=body)
        except ClientError as error:
            if _code(error) not in _NOBODY_WAITS:
                raise
            return False
        return True

    def running(self) -> Iterator[str]:
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=self._arn,
            statusFilter="RUNNING",
            PaginationConfig={"PageSize": _AT_ONCE},
        )
        return (one["name"] for page in pages for one in page["executions"])

    def status(self, name: str) -> str | None:
        arn = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            return self._client.describe_execution(executionArn=arn)["status"]
        except ClientError as error:
            if _code(error) != "ExecutionDoesNotExist":
                raise
            return None


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]
