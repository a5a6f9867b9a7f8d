"""Puts deliveries on their way through the queue, each in its unit's group: none waits for others.

A message holds what a first attempt is made at, or names a record and how often that was tried:
nothing happens to one whose attempt somebody else has made meanwhile.
"""

from __future__ import annotations

import json

from functions.interfaces.domain import Delivery, First
from functions.shared import ports


def start(first: First) -> None:
    """What has no record yet: all of it is in the message, which is hardly longer than its event
    (of at most 240 KB, `shared/stream.py`; a queue takes 256)."""
    ports.send("push-deliver", first.model_dump_json(), MessageGroupId=first.unit)


def send(delivery: Delivery) -> None:
    """What has a record, which is named."""
    body = json.dumps({"delivery": delivery.id, "tried": delivery.tried})
    ports.send("push-deliver", body, MessageGroupId=delivery.unit)


def send_replay(id: str) -> None:
    """A replay of many, to be gone on with."""
    ports.send("push-replay", json.dumps({"replay": id}))
