"""`Letters` on SQS: our own redrive, since not every partition has the queues' own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from functions.interfaces.failures import Letter, Way

_AT_ONCE = 10  # messages of one call, by SQS
_LOOKING = 30  # seconds that messages are hidden from others, while they are looked at or moved
_EXCERPT = 500  # characters of a body that are shown
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")

Message = Mapping[str, Any]


class SqsLetters:
    """`Letters` on SQS."""

    def __init__(self, client: Any, url_of: Callable[[str], str]) -> None:
        self._client = client
        self._url_of = url_of

    def count(self, queue: str) -> int:
        reply = self._client.get_queue_attributes(
            QueueUrl=self._url_of(queue), AttributeNames=list(_COUNTS)
        )
        return sum(int(reply["Attributes"][name]) for name in _COUNTS)

    def look(self, queue: str, most: int) -> list[Letter]:
        url = self._url_of(queue)
        seen = list(chain.from_iterable(self._batches(url, most)))
        for start in range(0, len(seen), _AT_ONCE):
            self._client.change_message_visibility_batch(
                QueueUrl=url,
                Entries=[
                    {
                        "Id": str(number),
                        "ReceiptHandle": message["ReceiptHandle"],
                        "VisibilityTimeout": 0,
                    }
                    for number, message in enumerate(seen[start : start + _AT_ONCE])
                ],
            )
        return [_letter(message) for message in seen]

    def move(self, way: Way, most: int) -> int:
        source, target = self._url_of(way.source), self._url_of(way.target)
        # All are taken up before the first is sent: one that fails again would be met again.
        found = list(chain.from_iterable(self._batches(source, most)))
        for message in found:
            self._client.send_message(QueueUrl=target, **_again(message))
            self._client.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
        return len(found)

    def _batches(self, url: str, most: int) -> Iterator[list[Message]]:
        """The messages there, ten at a time, hidden meanwhile; at most `most`."""
        while most > 0:
            reply = self._client.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(most, _AT_ONCE),
                VisibilityTimeout=_LOOKING,
                WaitTimeSeconds=1,  # else only some of the cloud's servers are asked
                MessageAttributeNames=["reason"],
                MessageSystemAttributeNames=["All"],
            )
            batch: list[Message] = reply.get("Messages", [])
            if not batch:
                return
            yield batch
            most -= len(batch)


def _again(message: Message) -> dict[str, str]:
    """The message as it was first sent, in its group; the reason stays behind."""
    group = message["Attributes"].get("MessageGroupId")
    more = {"MessageGroupId": group} if group else {}
    return {"MessageBody": message["Body"], **more}


def _letter(message: Message) -> Letter:
    attributes = message["Attributes"]
    reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
    return Letter(
        id=message["MessageId"],
        reason=reason or _parked_reason(message["Body"]),
        sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        receives=int(attributes["ApproximateReceiveCount"]),
        body=message["Body"][:_EXCERPT],
    )


def _parked_reason(body: str) -> str:
    """The reason that parked changes carry in their body."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return str(told.get("reason", "")) if isinstance(told, dict) else ""
