"""The life of a delivery: who receives an event, what an answer means, when to try again (A8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.shared.directory import GRID, office
from functions.shared.events import (
    CloudEvent,
    alerts,
    clues,
    credit,
    discipline,
    inspections,
    interfaces,
    supervision,
)
from functions.shared.trail import fingerprint

# The pause after each failed attempt: ten attempts over about three days.
PAUSES = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
# When the sweep looks after a delivery that was sent again and may have been lost in a crash: it is
# long, or a slow receiver's backlog would fill the queue.
ON_ITS_WAY = timedelta(hours=1)
KEPT = timedelta(days=90)
_LONGEST_PAUSE = timedelta(hours=24)
LONGEST_WAIT = timedelta(days=3)  # for an endpoint that rests
_MOST_ATTEMPTS_KEPT = 20  # of one delivery; replays add more


class EventType(StrEnum):
    """What a unit's system may be told."""

    TASK_PUSHED = supervision.TASK_PUSHED
    TASK_CHANGED = supervision.TASK_CHANGED
    CASE_DECIDED = supervision.CASE_DECIDED
    CLUE_REPORTED = clues.CLUE_REPORTED
    CLUE_CHANGED = clues.CLUE_CHANGED
    INSPECTION_OPENED = inspections.INSPECTION_OPENED
    INSPECTION_CHANGED = inspections.INSPECTION_CHANGED
    BATCH_CHANGED = credit.BATCH_CHANGED
    PARCEL_READY = credit.PARCEL_READY
    DISPUTE_OPENED = credit.DISPUTE_OPENED
    DISPUTE_CHANGED = credit.DISPUTE_CHANGED
    SANCTION_CHANGED = discipline.SANCTION_CHANGED
    CONSTRAINT_CHANGED = discipline.CONSTRAINT_CHANGED
    ALERT_RAISED = alerts.ALERT_RAISED
    ALERT_ENDED = alerts.ALERT_ENDED
    SYSTEM_TEST = interfaces.SYSTEM_TEST


class State(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    PARKED = "parked"  # given up: shown in the console, sent again by a replay


class Problem(StrEnum):
    """Why an attempt failed, where no status says it."""

    NETWORK = "network"
    ADDRESS = "address"  # the name leads to a private address
    NOT_JOINED = "not_joined"  # the system was disabled or has left meanwhile
    TEST_MODE = "test_mode"  # the system was put into test mode meanwhile
    WAITED = "waited"  # its endpoint answered nobody for as long as anything is tried


class Attempt(BaseModel):
    """One POST: when, and what came back, a status or a problem."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    status: int | None = None
    problem: Problem | None = None


class Delivery(BaseModel):
    """One event on its way to one unit's system; `event` is the body as it is sent.

    `tried` counts all attempts, `tries` those since the last replay; `attempts` holds the latest.
    A message for the queue names `tried`, so that one which was overtaken does nothing. While it is
    pending the sweep looks after it, from `due_at`. `replay` is the request by which it was last
    delivered again with many others.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    unit: str
    type: str
    subject: str
    sequence: int
    event: str
    state: State = State.PENDING
    due_at: AwareDatetime
    planned_at: AwareDatetime
    tried: int = 0
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    replay: str = ""
    replayed_at: AwareDatetime | None = None

    def on_its_way(self, now: datetime) -> Delivery:
        """A message for it has been sent; should that be lost, it is due again."""
        return self.model_copy(update={"due_at": now + ON_ITS_WAY})

    def put_off(self, until: datetime) -> Delivery:
        """Not tried, since its receiver rests; it is due again `until`."""
        return self.model_copy(update={"due_at": until})

    def replayed(self, now: datetime) -> Delivery:
        """Sent again from the beginning, whatever became of it."""
        again = {"state": State.PENDING, "tries": 0, "replayed_at": now}
        return self.on_its_way(now).model_copy(update=again)

    def waited_out(self, now: datetime) -> Delivery | None:
        """Parked, where it has waited for its endpoint as long as anything is tried; else None."""
        if now - (self.replayed_at or self.planned_at) < LONGEST_WAIT:
            return None
        return self.after(Answer(problem=Problem.WAITED), now)

    @property
    def expires_at(self) -> int:
        """When its record may be forgotten, in seconds since 1970."""
        return int((self.planned_at + KEPT).timestamp())

    def after(self, answer: Answer, now: datetime) -> Delivery:
        """What `answer` makes of it: delivered, parked, or due again after a pause."""
        attempt = Attempt(at=now, status=answer.status, problem=answer.problem)
        tries = self.tries + 1
        state, due = _judged(answer, tries, now)
        return self.model_copy(
            update={
                "state": state,
                "due_at": due,
                "tried": self.tried + 1,
                "tries": tries,
                "attempts": (*self.attempts, attempt)[-_MOST_ATTEMPTS_KEPT:],
            }
        )


class First(BaseModel):
    """What a first attempt is made at, as the queue carries it: an event, for whom, since when.

    It has no record before that attempt, which saves every delivery that succeeds at once half of
    what it costs; until then its message alone looks after it.
    """

    model_config = ConfigDict(frozen=True)

    unit: str
    planned_at: AwareDatetime
    event: CloudEvent

    def delivery(self) -> Delivery:
        """Its delivery, not tried; a repeat's has the same id."""
        return Delivery(
            id=delivery_id(self.event, self.unit),
            unit=self.unit,
            type=self.event.type,
            subject=self.event.subject,
            sequence=self.event.sequence,
            event=self.event.model_dump_json(),
            due_at=self.planned_at,
            planned_at=self.planned_at,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a POST: a status with its `retry_after`, or a problem."""

    status: int | None = None
    problem: Problem | None = None
    retry_after: str = ""

    @property
    def gone(self) -> bool:
        """Whether the receiver wants nothing more."""
        return self.status == 410

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def unreachable(self) -> bool:
        """Whether nobody answered, or nobody who could: no word about this very delivery."""
        return self.problem is Problem.NETWORK or (self.status is not None and self.status >= 500)

    @property
    def final(self) -> bool:
        """Whether the same would come of every further attempt: a 4xx other than 429."""
        if self.problem in (Problem.NOT_JOINED, Problem.TEST_MODE, Problem.WAITED):
            return True
        return self.status is not None and 400 <= self.status < 500 and self.status != 429


def receivers(event: CloudEvent) -> tuple[str, ...]:
    """The units that an event is for (A3): a task's unit and the one that it has just left; for a
    decided case the office of its town, or the city's where no town is known; for a clue its office
    and who has a share of it (A17); for an inspection who must act, its village, the office of its
    town and the grid platform (B11); for a batch its source, for a parcel its destination (C10),
    for a dispute who must act and who has just acted (C11), for a sanction its initiator and the
    credit office, for a participant's part that participant alone (C13); for an alert its receiver
    on the ladder (A15). Nobody for what only our own rooms tell each other, grades and records of
    credit among it: those are asked for, or come in parcels."""
    if event.type not in set(EventType):
        return ()
    units: list[str | None] = [event.data.get("unit"), event.data.get("left")]
    match event.type.partition(".")[0]:
        case "case":
            units = [office(event.data.get("town"))]
        case "clue":
            shares = event.data.get("shares", ())
            units = [event.data.get("office"), *(share.get("unit") for share in shares)]
        case "inspection":
            units += [event.data.get("village"), office(event.data.get("town")), GRID]
        case "sanction":
            units += [event.data.get("office")]
    return tuple(dict.fromkeys(unit for unit in units if unit))


def delivery_id(event: CloudEvent, unit: str) -> str:
    """`<unit>_<instant of the event>_<hash>`: a unit's ids sort by time, and name where they stand.

    At most 64 characters, none of them a dot, which separates the parts of what is signed.
    """
    name = fingerprint([event.id, unit])[:16].replace("_", "1").replace("-", "0")
    return f"{mark(unit, event.time)}_{name}"


def mark(unit: str, at: datetime) -> str:
    """Where an instant lies among a unit's ids: before those of its own second."""
    return f"{unit.replace('.', '-')}_{at.astimezone(UTC).strftime('%Y%m%d%H%M%S')}"


def happened_at(delivery: str) -> datetime:
    """When that happened which a delivery's id tells of, to the second."""
    instant = delivery.split("_")[1]
    return datetime.strptime(instant, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def unit_of(delivery: str) -> str:
    """The unit that a delivery's id names."""
    return delivery.partition("_")[0].replace("-", ".")


def _judged(answer: Answer, tries: int, now: datetime) -> tuple[State, datetime]:
    if answer.delivered:
        return State.DELIVERED, now
    if answer.final or tries > len(PAUSES):
        return State.PARKED, now
    pause = max(PAUSES[tries - 1], _asked_pause(answer.retry_after, now))
    return State.PENDING, now + min(pause, _LONGEST_PAUSE)


def _asked_pause(retry_after: str, now: datetime) -> timedelta:
    """The pause that a Retry-After header asks for, in seconds or as a date; none if unreadable."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return timedelta()
    return max(until - now, timedelta()) if until.tzinfo else timedelta()
