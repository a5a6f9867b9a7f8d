"""The outside world of this deployment, by short name, each part made once per process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from functions.shared import aws, rehearsal
from functions.shared.dynamo import DynamoTable
from functions.shared.keys import Purpose, unwrapped
from functions.shared.machines import StepFunctions
from functions.shared.objects import S3Objects
from functions.shared.queue import SqsDeadLetters
from functions.shared.settings import settings
from functions.shared.stream import SnsTopic, SqsParking
from functions.shared.vault import KeyVault


@cache
def table(feature: str) -> DynamoTable:
    """The table of a feature; nothing that is written in a rehearsal is kept."""
    real = DynamoTable(aws.dynamodb(), settings().resource(feature))
    return cast(DynamoTable, rehearsal.Curtain(real, rehearsal.DryTable))


@cache
def objects(bucket: str) -> S3Objects:
    """A bucket; nothing that is written in a rehearsal is kept."""
    real = S3Objects(aws.s3(), settings().bucket(bucket))
    return cast(S3Objects, rehearsal.Curtain(real, rehearsal.DryObjects))


@cache
def city_events() -> SnsTopic:
    """The one topic."""
    return SnsTopic(aws.sns(), settings().topic_arn("city-events"))


@cache
def parking(feature: str) -> SqsParking:
    """Where changes of a feature wait that could not be told."""
    return SqsParking(aws.sqs(), aws.queue_url(f"{feature}-parked"))


@cache
def dead_letters() -> SqsDeadLetters:
    """The dead-letter queues."""
    return SqsDeadLetters(aws.sqs(), aws.queue_url)


@cache
def machine(name: str) -> StepFunctions:
    """A state machine. No curtain: only consumers work with machines, and no rehearsal has any."""
    return StepFunctions(aws.stepfunctions(), settings().machine_arn(name))


@cache
def vault(purpose: str) -> KeyVault:
    """Seals and opens what is kept secret for a purpose (`keys.Purpose`); its key is unwrapped once
    per process. Only functions whose policy names the purpose can."""
    return unwrapped(aws.kms(), S3Objects(aws.s3(), settings().bucket("config")), Purpose(purpose))


def call(function: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a function of this deployment answers. Raises OSError where it fails: with its name
    alone, for what it was told may be secret."""
    reply = aws.lambdas().invoke(
        FunctionName=settings().resource(function), Payload=json.dumps(payload).encode()
    )
    if "FunctionError" in reply:
        raise OSError(f"{function} failed")
    return cast(dict[str, Any], json.loads(reply["Payload"].read()))


def send(queue: str, body: str, **more: Any) -> None:
    """Put one message on a queue; none in a rehearsal."""
    if rehearsal.is_on():
        return
    aws.sqs().send_message(QueueUrl=aws.queue_url(queue), MessageBody=body, **more)


def send_all(queue: str, bodies: list[str]) -> None:
    """Put messages on a queue, ten a call; raises OSError where one was not taken. None in
    a rehearsal."""
    if rehearsal.is_on():
        return
    for start in range(0, len(bodies), 10):
        entries: list[Mapping[str, Any]] = [
            {"Id": str(number), "MessageBody": body}
            for number, body in enumerate(bodies[start : start + 10])
        ]
        reply = aws.sqs().send_message_batch(QueueUrl=aws.queue_url(queue), Entries=entries)  # type: ignore[arg-type]
        if failed := reply.get("Failed"):
            raise OSError(f"{queue} did not take {len(failed)} messages: {failed[0]['Code']}")
