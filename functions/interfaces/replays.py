"""Delivering again all that a unit's system was told since some instant (A22): how far one is."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.interfaces.domain import Delivery, EventType, State, happened_at, mark
from functions.shared.trail import fingerprint


class Which(StrEnum):
    """Which deliveries are delivered again, by their state."""

    PARKED = "parked"
    DELIVERED = "delivered"
    ANY = "any"


class Replay(BaseModel):
    """One request to deliver again what happened from `since` to `asked_at`.

    `after` is the last delivery that was looked at; `looked` and `sent` count. Deliveries bear its
    id once they are on their way by it, so a page that is gone through twice sends nothing twice.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    unit: str
    since: AwareDatetime
    state: Which
    asked_by: str
    asked_at: AwareDatetime
    after: str = ""
    looked: int = 0
    sent: int = 0
    done: bool = False

    def reaches(self, delivery: Delivery) -> bool:
        """Whether a delivery tells of something that had happened when this was asked."""
        return happened_at(delivery.id) <= self.asked_at

    def covers(self, delivery: Delivery) -> bool:
        """Whether a delivery is to go out again by this request, and has not yet."""
        if delivery.replay == self.id or delivery.type == EventType.SYSTEM_TEST:
            return False
        return self.state is Which.ANY or delivery.state is State(self.state)

    @property
    def start(self) -> str:
        """The id after which it goes on."""
        return self.after or mark(self.unit, self.since)

    def gone_on(self, page: list[Delivery], sent: int, *, last: bool) -> Replay:
        """After a page of which `sent` are on their way; `last`: nothing comes after it."""
        return self.model_copy(
            update={
                "after": page[-1].id if page else self.after,
                "looked": self.looked + len(page),
                "sent": self.sent + sent,
                "done": last,
            }
        )


def replay_id(unit: str, ref: str) -> str:
    """`<unit>_<hash>`: the same for the same reference of a unit's caller."""
    name = fingerprint([unit, ref])[:16].replace("_", "1").replace("-", "0")
    return f"{unit.replace('.', '-')}_{name}"
