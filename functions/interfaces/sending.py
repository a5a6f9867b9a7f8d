"""Puts deliveries on their way through the queue."""

from __future__ import annotations

import json

from functions.interfaces.domain import Delivery
from functions.shared import ports


def send(delivery: Delivery) -> None:
    """In the group of its unit: no group waits for another. Nothing happens to a message whose
    attempt somebody else has made meanwhile."""
    body = json.dumps({"delivery": delivery.id, "tried": delivery.tried})
    ports.send("push-deliver", body, MessageGroupId=delivery.unit)


def send_replay(id: str) -> None:
    """A replay of many, to be gone on with."""
    ports.send("push-replay", json.dumps({"replay": id}))
