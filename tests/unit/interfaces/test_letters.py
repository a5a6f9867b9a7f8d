"""Redrive moves what lay there when it began, and ends (A22)."""

from itertools import count
from typing import Any

from functions.interfaces.failures import Way
from functions.interfaces.letters import SqsLetters


class HopelessQueues:
    """SQS with a consumer that buries whatever is sent again at once."""

    def __init__(self, lying: int) -> None:
        self._ids = count()
        self.dead = [self._message() for _ in range(lying)]
        self.sent = 0

    def _message(self) -> dict[str, Any]:
        return {"ReceiptHandle": str(next(self._ids)), "Body": "{}", "Attributes": {}}

    def receive_message(self, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        visible = [one for one in self.dead if "hidden" not in one][:MaxNumberOfMessages]
        for message in visible:
            message["hidden"] = True
        return {"Messages": visible}

    def send_message(self, **_: Any) -> None:
        self.sent += 1
        self.dead.append(self._message())

    def delete_message(self, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        self.dead = [one for one in self.dead if one["ReceiptHandle"] != ReceiptHandle]


def test_a22_what_fails_at_once_again_is_sent_once() -> None:
    queues = HopelessQueues(lying=12)
    moved = SqsLetters(queues, str).move(Way("push-plan-dead", "push-plan"), 500)
    assert (moved, queues.sent, len(queues.dead)) == (12, 12, 12)


def test_a22_no_more_are_moved_than_were_asked_for() -> None:
    queues = HopelessQueues(lying=12)
    assert SqsLetters(queues, str).move(Way("push-plan-dead", "push-plan"), 5) == 5
