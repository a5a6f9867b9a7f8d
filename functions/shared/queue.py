"""From a queue to a use case, one message at a time: a poison message goes back alone.

After `MOST_RECEIVES` tries it is put on its dead-letter queue with the reason, where
`sanwei redrive` finds it; one that cannot be read goes there at once, since it never will be.
Should the function itself die (time, memory), the queue's own redrive policy does the same without
a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import TypeAdapter, ValidationError

from functions.shared.events import CloudEvent
from functions.shared.logging import correlate, log

MOST_RECEIVES = 5
_STOP_BEFORE_MS = 30_000  # of a function's time: enough to end a page and hand the rest on
_ANY_OBJECT = TypeAdapter(dict[str, Any])


def reason_of(error: Exception) -> str:
    """Why a message failed, on one line."""
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_input=False, include_context=False)
        named = (f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in found)
        return f"{error.title} cannot be read: " + "; ".join(named)
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


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


def time_left(context: Any) -> bool:
    """Whether a function has time to begin another page."""
    return bool(context.get_remaining_time_in_millis() > _STOP_BEFORE_MS)


def each(
    event: Mapping[str, Any],
    context: Any,
    queue: str,
    handle: Callable[[dict[str, Any]], object],
    dead: DeadLetters,
) -> Mapping[str, Any]:
    """Call `handle` with each message's JSON object; the reply names the messages to send again."""
    return _each(event, context, Reader(queue, _ANY_OBJECT.validate_json, handle), dead)


def each_event(
    event: Mapping[str, Any],
    context: Any,
    queue: str,
    handle: Callable[[CloudEvent], object],
    dead: DeadLetters,
) -> Mapping[str, Any]:
    """`each` for queues that hold CloudEvents."""
    return _each(event, context, Reader(queue, CloudEvent.model_validate_json, handle), dead)


@dataclass(frozen=True, slots=True)
class Reader:
    """A queue, how its messages are read, and what happens to what was read."""

    queue: str
    read: Callable[[str], Any]
    handle: Callable[[Any], object]


def _each(
    event: Mapping[str, Any], context: Any, reader: Reader, dead: DeadLetters
) -> Mapping[str, Any]:
    def one(record: SQSRecord) -> None:
        correlate(record.message_id)
        try:
            message = reader.read(record.body)
        except ValidationError as error:
            log.exception("message unreadable", queue=reader.queue)
            dead.bury(reader.queue, record.body, reason_of(error))
            return
        try:
            reader.handle(message)
        except Exception as error:
            log.exception("message failed", queue=reader.queue)
            if int(record.attributes.approximate_receive_count) < MOST_RECEIVES:
                raise
            dead.bury(reader.queue, record.body, reason_of(error))

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(dict(event), one, processor, context)
