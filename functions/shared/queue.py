"""From a queue to a use case, one message at a time: a poison message goes back alone.

After `MOST_RECEIVES` tries it is put on its dead-letter queue with the reason, where
`sanwei redrive` finds it. Should the function itself die (time, memory), the queue's own redrive
policy does the same without a reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.shared.events import CloudEvent
from functions.shared.logging import correlate, log

MOST_RECEIVES = 5


class DeadLetters(Protocol):
    """Where a message goes that cannot be handled."""

    def bury(self, queue: str, body: str, reason: str) -> None:
        """Put `body` on the dead-letter queue of `queue`, with why."""
        ...


class SqsDeadLetters:
    """`DeadLetters` on SQS: the body as it came, the reason as a message attribute."""

    def __init__(self, client: Any, url_of: Callable[[str], str]) -> None:
        self._client = client
        self._url_of = url_of

    def bury(self, queue: str, body: str, reason: str) -> None:
        self._client.send_message(
            QueueUrl=self._url_of(f"{queue}-dead"),
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason[:1000]}},
        )


def each(
    event: Mapping[str, Any],
    context: Any,
    queue: str,
    handle: Callable[[dict[str, Any]], object],
    dead: DeadLetters,
) -> Mapping[str, Any]:
    """Call `handle` with each message's JSON body; the reply names the messages to send again."""

    def one(record: SQSRecord) -> None:
        correlate(record.message_id)
        try:
            handle(json.loads(record.body))
        except Exception as error:
            log.exception("message failed", queue=queue)
            if int(record.attributes.approximate_receive_count) < MOST_RECEIVES:
                raise
            dead.bury(queue, record.body, f"{type(error).__name__}: {error}")

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(dict(event), one, processor, context)


def each_event(
    event: Mapping[str, Any],
    context: Any,
    queue: str,
    handle: Callable[[CloudEvent], object],
    dead: DeadLetters,
) -> Mapping[str, Any]:
    """`each` for queues that hold CloudEvents."""
    return each(event, context, queue, lambda body: handle(CloudEvent.model_validate(body)), dead)
