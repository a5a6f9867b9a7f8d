"""What happens in alerts: limits are followed, and what has come due is raised (A13-A15)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from functions.alerts import domain
from functions.alerts.domain import News
from functions.alerts.ladder import Rules
from functions.alerts.news import news_in
from functions.shared.authorization import Action, Caller, Owner, Role, allows
from functions.shared.directory import town_of
from functions.shared.errors import NotFound
from functions.shared.events import CloudEvent
from functions.shared.events.alerts import Watched
from functions.shared.inbox import Claim
from functions.shared.table import Record
from functions.shared.watches import SHARDS, Change, Place, PlacePage, Watch

SYSTEM = "system"
_PAGE = 25


class Watches(Protocol):
    """Where watches are kept."""

    def change(
        self, subject: str, unit: str, how: Change, *, by: str, now: datetime
    ) -> Watch | None: ...


class DueIndex(Protocol):
    """Which watches are due."""

    def list_due(
        self, shard: int, until: datetime, *, limit: int, after: Record | None = None
    ) -> PlacePage: ...


class BySubject(Protocol):
    """All watches of a subject."""

    def list_of(self, subject: str) -> list[Watch]: ...


class Claims(Protocol):
    """Who has taken on what."""

    def claim(self, unit: str, kind: str, subject: str) -> Claim | None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case works with: watches, claims, the rules that hold, the present instant."""

    watches: Watches
    claims: Claims
    rules: Rules
    now: datetime


@dataclass(slots=True)
class Looked:
    """What a sweep of a shard did: how many watches it looked at, which of them failed and why,
    and whether it came to the end."""

    watches: int = 0
    failed: list[tuple[Place, Exception]] = field(default_factory=list)
    done: bool = False


def watch(event: CloudEvent, desk: Desk) -> int:
    """Follow what `event` says of limits; returns for how many units it does.

    Each unit's watch is one write that raises first what the former limits owed until they
    stopped, so nothing depends on whether a sweep came by. A crash between two units' writes is
    harmless: the repeat of the event writes those that lack, and what is newer stays.
    """
    news = news_in(event)
    if news is None:
        return 0
    for unit in news.clocks:
        desk.watches.change(
            news.subject, unit, _following(news, unit, desk), by=SYSTEM, now=desk.now
        )
    return len(news.clocks)


def _following(news: News, unit: str, desk: Desk) -> Change:
    def follow(old: Watch | None) -> Watch | None:
        if old and old.sequence >= news.sequence:
            return old
        settled = _raised(old, news.at, desk) if old else None
        return domain.placed(domain.followed(settled, news, unit), desk.now, desk.rules)

    return follow


def shards_to_raise(until: datetime) -> list[str]:
    """One message per shard; what comes due after `until` is the next sweep's."""
    return [json.dumps({"shard": shard, "until": until.isoformat()}) for shard in SHARDS]


def raise_due(
    shard: int, until: datetime, index: DueIndex, desk: Desk, go_on: Callable[[], bool]
) -> Looked:
    """Raise what has come due in a shard, to its end or as far as `go_on` allows.

    A watch and all that it owes is one conditional write, which also takes it out of what is due:
    two sweeps at once, a sweep and an event, and a sweep that died raise each alert once. A watch
    that cannot be read or written stays due, and holds up no other.
    """
    looked = Looked()
    after: Record | None = None
    while go_on():
        page = index.list_due(shard, until, limit=_PAGE, after=after)
        for place in page.places:
            try:
                desk.watches.change(*place, _looking(until, desk), by=SYSTEM, now=desk.now)
            except Exception as error:
                looked.failed.append((place, error))
        looked.watches += len(page.places)
        after = page.after
        if after is None:
            looked.done = True
            break
    return looked


def _looking(until: datetime, desk: Desk) -> Change:
    def look(old: Watch | None) -> Watch | None:
        return domain.placed(_raised(old, until, desk), until, desk.rules) if old else None

    return look


def _raised(watch: Watch, until: datetime, desk: Desk) -> Watch:
    alerts = domain.owed(watch, until, desk.rules)
    if not alerts:
        return watch
    claim = desk.claims.claim(watch.unit, watch.kind, watch.subject)
    return domain.with_raised(watch, alerts, claim.person if claim else None, desk.now)


def read_watches(subject: str, caller: Caller, watches: BySubject) -> list[Watch]:
    """The watches of a subject that are the caller's to see; raises NotFound where none is. What
    has gone to another town was with the units of the one before, and is still theirs to see."""
    seen = [one for one in watches.list_of(subject) if _sees(caller, one)]
    if not seen:
        raise NotFound("subject")
    return seen


def _sees(caller: Caller, watch: Watch) -> bool:
    """Whether a watch is the caller's to see. Joint discipline is no dispatcher's (C13)."""
    if watch.kind in (Watched.SANCTION, Watched.CONSTRAINT):
        caller = caller.without(Role.DISPATCHER)
    return allows(caller, Action.ALERT_READ, Owner(watch.unit, town_of(watch.unit) or watch.town))
