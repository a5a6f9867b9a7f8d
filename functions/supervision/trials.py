"""Trying a version of the items: what it would have pushed, against the version in force (A4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.shared.calendar import shanghai_day
from functions.shared.events.registry import Registration
from functions.shared.objects import Objects
from functions.supervision.cases import Rulebook
from functions.supervision.needs import needs_of

_MOST_DAYS = 400  # how far back a trial looks
_MOST_EXAMPLES = 100  # of gained and of lost pushes; the counts are whole


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrialOrder(_Frozen):
    """A trial that was ordered: `version` over the last `last` registrations, against `against`."""

    id: str
    version: str
    against: str
    last: int
    ordered_by: str
    ordered_at: AwareDatetime


class Difference(_Frozen):
    """One push that only one of the two versions makes."""

    code: str
    name: str
    item: str
    words: tuple[str, ...]
    clause: str


class TrialResult(_Frozen):
    """What the trial found; `by_item` counts [gained, lost] per item."""

    order: TrialOrder
    registrations: int
    same: int
    gained: int
    lost: int
    by_item: dict[str, tuple[int, int]]
    gained_examples: tuple[Difference, ...]
    lost_examples: tuple[Difference, ...]
    done_at: AwareDatetime


def result_key(trial: str) -> str:
    """Where the result of a trial stands in the configuration bucket."""
    return f"trials/{trial}.json"


def remember(registrations: list[Registration], name: str, bucket: Objects, now: datetime) -> None:
    """Keep decided registrations for trials, one object per batch; a repeat writes it again."""
    lines = "\n".join(one.model_dump_json(exclude_defaults=True) for one in registrations)
    day = shanghai_day(now).isoformat()
    bucket.write(f"released/{day}/{now:%H}/{name}.jsonl", lines.encode())


def recent(last: int, bucket: Objects, now: datetime) -> Iterator[Registration]:
    """The newest registrations, at most `last`, each entity once."""
    seen: set[str] = set()
    today = shanghai_day(now)
    for back in range(_MOST_DAYS):
        day = (today - timedelta(days=back)).isoformat()
        for key in sorted(bucket.list_keys(f"released/{day}/"), reverse=True):
            for line in bucket.read(key).decode().splitlines():
                registration = Registration.model_validate(json.loads(line))
                if registration.code not in seen:
                    seen.add(registration.code)
                    yield registration
                if len(seen) >= last:
                    return


def compare(
    order: TrialOrder,
    registrations: Iterable[Registration],
    tried: Rulebook,
    present: Rulebook,
    now: datetime,
) -> TrialResult:
    """What `tried` would push and `present` would not, and the reverse."""
    count = same = 0
    gained: list[Difference] = []
    lost: list[Difference] = []
    for registration in registrations:
        count += 1
        new, old = _pushes(registration, tried), _pushes(registration, present)
        same += len(new.keys() & old.keys())
        gained += [new[item] for item in sorted(new.keys() - old.keys())]
        lost += [old[item] for item in sorted(old.keys() - new.keys())]
    items = sorted({one.item for one in (*gained, *lost)})
    return TrialResult(
        order=order,
        registrations=count,
        same=same,
        gained=len(gained),
        lost=len(lost),
        by_item={
            item: (sum(g.item == item for g in gained), sum(x.item == item for x in lost))
            for item in items
        },
        gained_examples=tuple(gained[:_MOST_EXAMPLES]),
        lost_examples=tuple(lost[:_MOST_EXAMPLES]),
        done_at=now,
    )


def _pushes(registration: Registration, book: Rulebook) -> dict[str, Difference]:
    return {
        need.item.code: Difference(
            code=registration.code,
            name=registration.name,
            item=need.item.code,
            words=need.match.words,
            clause=need.match.clause,
        )
        for need in needs_of(registration, None, book)
    }
