"""Batches in the emulator as mappings ask for them: its own stop at ten and wait for nothing.

Small batches are most of what a city on one machine spends its time on. AWS waits as long as the
mapping's window says; here a fraction of a second is enough to fill a batch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb, lambda_svc, sqs

WINDOW_SECONDS = 0.3
_SMALL = 10  # up to which AWS, too, delivers without a window
_MOST_REMEMBERED = 1000


class Window:
    """Holds a batch back until it is full, or `seconds` after it was first looked for."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._now = now
        self._since: dict[object, float] = {}

    def holds(self, batch: object, found: int, most: int) -> bool:
        """Whether to wait, with `found` of `most`; `batch` is what stays the same meanwhile."""
        if found == 0 or found >= most:
            return False
        if len(self._since) > _MOST_REMEMBERED:
            self._since.clear()  # those then wait once more
        now = self._now()
        return now - self._since.setdefault(batch, now) < self.seconds


def install() -> None:
    """Makes the emulator's poller, before it starts, take whole batches."""
    window = Window(WINDOW_SECONDS)
    dynamodb.stream_records_since = _records(dynamodb.stream_records_since, window)
    sqs._receive_messages_for_esm = _messages(sqs._receive_messages_for_esm, window)


def _records(read: Callable[..., list[Any]], window: Window) -> Callable[..., list[Any]]:
    def whole(table: str, position: int, most: int, **scope: Any) -> list[Any]:
        records = read(table, position, most, **scope)
        if window.holds((table, position), len(records), most):
            _look_again(window)
            return []
        return records

    return whole


def _messages(receive: Callable[..., list[Any]], window: Window) -> Callable[..., list[Any]]:
    def whole(url: str, most: int) -> list[Any]:
        if most <= _SMALL:
            return receive(url, most)
        waiting = _visible(url)
        if window.holds((url, waiting[:1]), len(waiting), most):
            _look_again(window)
            return []
        batch: list[Any] = []
        while len(batch) < most and (more := receive(url, most - len(batch))):
            batch += more
        return batch

    return whole


def _visible(url: str) -> tuple[str, ...]:
    """The ids of the messages that could be received now, the oldest first."""
    now = time.time()
    with sqs._queues_lock:
        messages = sqs._get_q(url)["messages"]
        return tuple(one["id"] for one in messages if one["visible_at"] <= now)


def _look_again(window: Window) -> None:
    """The poller sleeps for a second where it finds nothing."""
    timer = threading.Timer(window.seconds, lambda_svc.esm_wake.set)
    timer.daemon = True
    timer.start()
