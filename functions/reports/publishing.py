"""What happens to bulletins: published once, numbered, frozen, and read as they were (A23)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.reports import reading
from functions.reports.bulletin_page import bulletin_page
from functions.reports.bulletin_sheets import bulletin_book
from functions.reports.bulletins import (
    MOST_LISTED,
    TITLE,
    Bulletin,
    Content,
    Draft,
    Form,
    Order,
    OverdueTold,
    RankRule,
    mark_of,
    object_key,
    ranked,
)
from functions.reports.figures import By
from functions.reports.reading import Asked, Overdue
from functions.reports.scope import Scope
from functions.shared import messages
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.calendar import shanghai_day
from functions.shared.directory import town_of
from functions.shared.errors import Conflict, Fault, Invalid, Kind, NotFound, Problem
from functions.shared.names import Names
from functions.shared.objects import Objects
from functions.shared.table import Stale
from functions.shared.watches import Watch

_TRIES = 20  # for a number that others keep taking
_YEARS_BACK = 10  # within which a period is published once


class Altered(Problem):
    """What stands in the bucket is not what was published; it is not shown."""

    kind = Kind.UNAVAILABLE


class Register(Protocol):
    """Where it stands what was published."""

    def add(self, bulletin: Bulletin, *, by: str, now: datetime) -> None:
        """Enter it; raises Stale where its number is taken."""
        ...

    def get(self, year: int, number: int) -> Bulletin | None: ...

    def list_by_year(self, year: int) -> list[Bulletin]: ...


@dataclass(frozen=True, slots=True)
class Press:
    """What publishing and reading need; the `desk` of figures is asked for only to publish."""

    register: Register
    bucket: Objects
    desk: Callable[[], reading.Desk]
    now: datetime


def publish(order: Order, caller: Caller, press: Press) -> Bulletin:
    """Freeze the figures of a period as the next bulletin of this year.

    All its forms are written before the record that names them with their digests: a crash before
    that leaves objects that nobody reads, and no number is used up. Two at once want the same
    number; who comes second sees the other's record, and takes the next, or is refused where both
    are about one period. The same order again is the bulletin that it made.

    Raises NotFound where the caller may not publish, Invalid for a period that is not over,
    Conflict where `ref` has published another period (that would be lost in silence), or where the
    period has a bulletin.
    """
    _check(order, caller, press)
    year, key = shanghai_day(press.now).year, order.key(caller.id)
    earlier = _published_before(year, order, press.register)
    draft: Draft | None = None
    for _ in range(_TRIES):
        known = press.register.list_by_year(year)
        for one in (*known, *earlier):
            if one.key == key:
                return _same(one, order)
        _check_new(order, (*known, *earlier))
        number = max((one.number for one in known), default=0) + 1
        draft = draft or drafted(order, caller, press)
        bulletin = _printed(Content.of(draft, year, number), key, press.bucket)
        try:
            press.register.add(bulletin, by=caller.id, now=press.now)
        except Stale:
            continue
        return bulletin
    raise Stale(mark_of(year, 0))


def show_draft(order: Order, caller: Caller, press: Press) -> Draft:
    """What `publish` would freeze now; nothing is stored, and no number used up.

    Raises what `publish` does; Conflict also where it is this order that made the bulletin.
    """
    _check(order, caller, press)
    year = shanghai_day(press.now).year
    earlier = _published_before(year, order, press.register)
    _check_new(order, (*press.register.list_by_year(year), *earlier))
    return drafted(order, caller, press)


def _check(order: Order, caller: Caller, press: Press) -> None:
    require(caller, Action.BULLETIN_PUBLISH, ANYONE, "bulletin")
    if order.last >= shanghai_day(press.now):
        raise Invalid.of("period_not_over", "to", day=order.last.isoformat())


def _published_before(year: int, order: Order, register: Register) -> list[Bulletin]:
    """The bulletins of the years before `year` that may be about the order's period, or be its own:
    those since the period ended, and last year's in any case."""
    first = max(year - _YEARS_BACK, min(order.last.year, year - 1))
    return [one for past in range(first, year) for one in register.list_by_year(past)]


def _check_new(order: Order, known: Iterable[Bulletin]) -> None:
    for one in known:
        if (one.first, one.last) == (order.first, order.last):
            named = {"mark": one.mark, "number": f"{one.year}/{one.number}"}
            raise Conflict.of("period_published", "from", **named)


def _same(bulletin: Bulletin, order: Order) -> Bulletin:
    if (bulletin.first, bulletin.last) != (order.first, order.last):
        raise Conflict.of("ref_used", "ref")
    return bulletin


def drafted(order: Order, caller: Caller, press: Press) -> Draft:
    """What the bulletin states, as things stand now; it has no number yet."""
    scope, desk = Scope(caller), press.desk()
    asked = Asked(order.first, order.last, ())
    gathered = reading.gather(asked, scope, desk)
    departments = reading.tabulate(gathered, (By.DEPARTMENT,), desk)
    towns = reading.tabulate(gathered, (By.TOWN,), desk)
    overdue = gathered.late
    tasks = sum(one.passed.is_task for one in overdue)
    return Draft(
        title=order.title or TITLE,
        first=order.first,
        last=order.last,
        note=order.note,
        fewest=order.fewest,
        rule=_rule(order.fewest),
        total=departments.total,
        departments=ranked(departments.rows, order.fewest),
        towns=ranked(towns.rows, order.fewest),
        as_at=press.now,
        overdue_count=len(overdue),
        overdue_tasks=tasks,
        overdue_clues=len(overdue) - tasks,
        overdue=list_told(overdue[:MOST_LISTED], desk),
    )


def _rule(fewest: int) -> RankRule:
    zh, en = (
        messages.text("bulletin_rule", one, fewest=fewest) for one in (messages.ZH, messages.EN)
    )
    return RankRule(zh=zh, en=en)


def read_bulletin(year: int, number: int, form: Form, caller: Caller, press: Press) -> bytes:
    """A form of a bulletin, exactly as it was published; nothing is computed.

    Raises NotFound where there is no such bulletin, Altered where its object is another by now.
    """
    require(caller, Action.BULLETIN_READ, ANYONE, "bulletin")
    bulletin = press.register.get(year, number)
    if bulletin is None:
        raise NotFound("bulletin")
    digest = bulletin.digests[form]
    try:
        body = press.bucket.read(object_key(year, number, digest, form))
    except NotFound:
        raise Altered(Fault("bulletin_altered", "bulletin")) from None
    if hashlib.sha256(body).hexdigest() != digest:
        raise Altered(Fault("bulletin_altered", "bulletin"))
    return body


def list_bulletins(year: int, caller: Caller, press: Press) -> list[Bulletin]:
    """The bulletins of a year, the newest first."""
    require(caller, Action.BULLETIN_READ, ANYONE, "bulletin")
    return sorted(press.register.list_by_year(year), key=lambda one: -one.number)


def list_told(found: Sequence[Overdue], desk: reading.Desk) -> tuple[OverdueTold, ...]:
    """What is overdue, as others are told of it."""
    return tuple(_told(one, watch, desk.names) for one, watch in reading.watched(found, desk))


def _told(overdue: Overdue, watch: Watch, names: Names) -> OverdueTold:
    first = min(watch.clocks, key=lambda clock: clock.due)
    return OverdueTold(
        subject=watch.subject,
        kind=watch.kind,
        title=watch.title,
        unit=watch.unit,
        unit_name=names.unit(watch.unit),
        town=town_of(watch.unit),
        stage=first.stage,
        due=overdue.passed.due,
        days_late=overdue.days_late,
    )


def _printed(content: Content, key: str, bucket: Objects) -> Bulletin:
    """Write every form of `content`; what then has to be entered."""
    digests: dict[Form, str] = {}
    for form, body in _forms(content):
        digest = hashlib.sha256(body).hexdigest()
        bucket.write(object_key(content.year, content.number, digest, form), body)
        digests[form] = digest
    same = {"year", "number", "mark", "title", "first", "last", "published_at"}
    shown: Mapping[str, object] = {name: getattr(content, name) for name in same}
    return Bulletin.model_validate({**shown, "key": key, "digests": digests})


def _forms(content: Content) -> Iterator[tuple[Form, bytes]]:
    yield Form.JSON, content.model_dump_json(exclude_none=True).encode()
    yield Form.PAGE, bulletin_page(content).encode()
    yield Form.SHEET, bulletin_book(content)
