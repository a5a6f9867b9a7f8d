"""The room's books over HTTPS: which versions there are, and putting another in force (C1, C12)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.credit.grading import GradingBook
from functions.credit.wiring import books
from functions.shared import clock
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Fault, Invalid, NotFound
from functions.shared.handbooks import Edition, Handbook
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


class BookName(StrEnum):
    """Which books there are."""

    CATALOGUE = "catalogue"
    PERIODS = "periods"
    GRADING = "grading"
    REPAIR = "repair"


class BookIn(BaseModel):
    """A whole version of a book as TOML, and the day of Shanghai from which it holds (left out:
    today). The versions before it go on holding until then."""

    model_config = ConfigDict(extra="forbid")

    toml: Annotated[str, Field(min_length=1, max_length=120_000)]  # as a record of a table holds it
    since: date | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class BookQuery(BaseModel):
    """Which version's text; left out: of the one that holds today."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[str, StringConstraints(max_length=40)] = ""


class BookTold(BaseModel):
    """The versions of a book, which of them holds today, and the text of one."""

    book: BookName
    holds: str
    editions: tuple[Edition, ...]
    version: str
    toml: str


@bp.route("/v1/credit/books/{book}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The versions of a book of rules, and the text of one",
        Action.BOOK_READ,
        query=BookQuery,
        reply=BookTold,
    ),
)
def get_book(book: str, caller: Caller, query: BookQuery) -> BookTold:
    require(caller, Action.BOOK_READ, ANYONE, "book")
    name, handbook = _book(book)
    editions = handbook.list_editions()
    holds = str(handbook.on(shanghai_day(clock.now())).version)
    wanted = query.version or holds
    # The configuration's own version stands there, and nowhere else.
    text = handbook.text("" if wanted == editions[0].version else wanted)
    return BookTold(book=name, holds=holds, editions=editions, version=wanted, toml=text)


@bp.route("/v1/credit/books/{book}", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Put a version of a book in force from a day",
        Action.BOOK_WRITE,
        BookIn,
        reply=Edition,
        status=201,
    ),
)
def post_book(book: str, caller: Caller, body: BookIn) -> Edition:
    require(caller, Action.BOOK_WRITE, ANYONE, "book")
    name, handbook = _book(book)
    now = clock.now()
    today = shanghai_day(now)
    since = body.since or today
    if since < today:
        raise Invalid.of("book_since_past", "since", today=today.isoformat())
    if name is BookName.GRADING:
        _refuse_unknown_items(handbook, body.toml, since)
    elif name in (BookName.CATALOGUE, BookName.PERIODS):
        _refuse_unknown_periods(name, handbook, body.toml, since)
    return handbook.publish(body.toml, since, note=body.note, by=caller.id, now=now)


def _book(name: str) -> tuple[BookName, Handbook]:  # type: ignore[type-arg]
    if name not in set(BookName):
        raise NotFound("book")
    handbook = getattr(books(), name)
    assert isinstance(handbook, Handbook)
    return BookName(name), handbook


def _refuse_unknown_items(handbook: Handbook[GradingBook], text: str, since: date) -> None:
    """Raises Invalid where a rule counts items that the catalogue does not know on that day: it
    would count nothing, and nobody would notice. What cannot be read `publish` refuses."""
    try:
        rules = handbook.parse(text).rules
    except ValueError:
        return
    known = {one.id for one in books().catalogue.on(since).entries}
    faults = [
        Fault("rule_item_unknown", "toml", params={"rule": rule.id, "item": item})
        for rule in rules
        for condition in rule.conditions
        for item in condition.items
        if item not in known
    ]
    if faults:
        raise Invalid.all(faults)


def _refuse_unknown_periods(
    name: BookName, handbook: Handbook[Any], text: str, since: date
) -> None:
    """Raises Invalid where an entry of the catalogue goes by periods that the book of periods does
    not know on that day: its rows could be neither taken nor returned. Either may be the new one;
    what cannot be read `publish` refuses."""
    try:
        given = handbook.parse(text)
    except ValueError:
        return
    catalogue = given if name is BookName.CATALOGUE else books().catalogue.on(since)
    periods = given if name is BookName.PERIODS else books().periods.on(since)
    known = {rule.id for rule in periods.rules}
    named = ((one.id, one.public.periods) for one in catalogue.entries if one.public)
    faults = [
        Fault("entry_periods_unknown", "toml", params={"item": item, "periods": id})
        for item, id in named
        if id and id not in known
    ]
    if faults:
        raise Invalid.all(faults)
