"""From a table's stream to the topic: changes become events, and what cannot be told is parked.

A failing stream record would hold its shard, so a record is published or parked, never raised;
only a parking that fails raises, and then the mapping's own retries and on-failure target act.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from functions.shared.dynamo import read_item
from functions.shared.events import CloudEvent
from functions.shared.logging import log
from functions.shared.table import Record, Table

Translate = Callable[[Record | None, Record], Iterable[CloudEvent]]
_MOST_ENTRIES = 10  # of one publish_batch
_MOST_BYTES = 240_000  # of one publish_batch, which ends at 262,144


@dataclass(frozen=True, slots=True)
class Change:
    """One record before (None: it is new) and after; removals are not told."""

    old: Record | None
    new: Record

    @property
    def key(self) -> dict[str, Any]:
        """The record's key and version."""
        return {name: self.new[name] for name in ("pk", "sk", "version")}


class Topic(Protocol):
    """Where events go; returns the ids that were not taken."""

    def publish(self, events: list[CloudEvent]) -> set[str]: ...


class Parking(Protocol):
    """Where the keys of untellable records wait for `sanwei redrive`."""

    def park(self, key: Mapping[str, Any], reason: str) -> None: ...


def changes(event: Mapping[str, Any]) -> Iterator[Change]:
    """The inserts and updates of a DynamoDB stream batch."""
    for record in event["Records"]:
        image = record["dynamodb"]
        if new := image.get("NewImage"):
            old = image.get("OldImage")
            yield Change(read_item(old) if old else None, read_item(new))


def removals(event: Mapping[str, Any]) -> Iterator[Record]:
    """What the records of a DynamoDB stream batch were that were removed."""
    for record in event["Records"]:
        image = record["dynamodb"]
        if "NewImage" not in image and (old := image.get("OldImage")):
            yield read_item(old)


def tell(batch: Iterable[Change], translate: Translate, topic: Topic, parking: Parking) -> int:
    """Publish what `translate` makes of each change; returns how many events went out."""
    owed: dict[str, Change] = {}
    events: list[CloudEvent] = []
    for change in batch:
        try:
            made = list(translate(change.old, change.new))
        except Exception as error:  # one bad record must not hold back its shard
            log.exception("untellable change", key=change.key)
            parking.park(change.key, f"{type(error).__name__}: {error}")
            continue
        events += made
        owed.update((event.id, change) for event in made)
    log.info("telling", events=len(events))
    untold = {event_id: why for group in groups(events) for event_id, why in _untold(group, topic)}
    for event_id, reason in untold.items():
        parking.park(owed[event_id].key, reason)
    return len(events) - len(untold)


def _untold(group: list[CloudEvent], topic: Topic) -> Iterator[tuple[str, str]]:
    """The ids of the events that the topic did not take, and why.

    A topic that refuses the whole call (one event is too large, it is away) must not hold back the
    shard either: redrive tells what was parked one by one.
    """
    try:
        refused = topic.publish(group)
    except Exception as error:
        log.exception("the topic failed", events=len(group))
        yield from ((one.id, f"{type(error).__name__}: {error}"[:1000]) for one in group)
    else:
        yield from ((event_id, "the topic refused the event") for event_id in refused)


def republish(key: Mapping[str, Any], table: Table, translate: Translate, topic: Topic) -> None:
    """Tell the present state of a parked record, as if it had just been written.

    Raises RuntimeError where the topic refuses, so that the message comes again.
    """
    record = table.get(key["pk"], key["sk"])
    events = list(translate(None, record)) if record else []
    for group in groups(events):
        if topic.publish(group):
            raise RuntimeError("the topic refused the event")


def groups(events: Iterable[CloudEvent]) -> Iterator[list[CloudEvent]]:
    """`events` in batches that one publish may carry."""
    group: list[CloudEvent] = []
    size = 0
    for one in events:
        length = len(one.model_dump_json().encode())
        if group and (len(group) == _MOST_ENTRIES or size + length > _MOST_BYTES):
            yield group
            group, size = [], 0
        group.append(one)
        size += length
    if group:
        yield group


class SnsTopic:
    """`Topic` on SNS: the event as raw JSON, its type as the attribute that filters read."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self._arn = arn

    def publish(self, events: list[CloudEvent]) -> set[str]:
        entries = [
            {
                "Id": str(number),
                "Message": one.model_dump_json(),
                "MessageAttributes": {"type": {"DataType": "String", "StringValue": one.type}},
            }
            for number, one in enumerate(events)
        ]
        reply = self._client.publish_batch(TopicArn=self._arn, PublishBatchRequestEntries=entries)
        return {events[int(failed["Id"])].id for failed in reply.get("Failed", [])}


class SqsParking:
    """`Parking` on a queue without a consumer."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def park(self, key: Mapping[str, Any], reason: str) -> None:
        body = json.dumps({"key": dict(key), "reason": reason}, ensure_ascii=False)
        self._client.send_message(QueueUrl=self._url, MessageBody=body)
