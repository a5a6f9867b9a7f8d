"""The constraint list and the instruments: read, published in versions (C13)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.discipline.books import publish
from functions.discipline.instruments import Grounds, InstrumentKind
from functions.discipline.wiring import books, desk
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.events.discipline import MeasureTold
from functions.shared.handbooks import Edition
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


_SAME = ("id", "version", "kind", "title", "document", "grounds", "months")


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DisciplineBookQuery(_In):
    """Which version's text; that of the configuration where none is named."""

    version: Annotated[str, Field(max_length=40)] = ""


class DisciplineBookTold(BaseModel):
    """A book: all its versions, which holds when, and the text of one."""

    book: str
    editions: tuple[Edition, ...]
    toml: str


class InstrumentTold(BaseModel):
    """An instrument that holds today: what it is, which records ground it, which measures it draws
    from the list, for how many months (None: until it is lifted). `units` are those of the caller
    that may propose by it."""

    id: str
    version: int
    kind: InstrumentKind
    title: str
    document: str
    grounds: Grounds
    measures: tuple[MeasureTold, ...]
    months: int | None = None
    units: tuple[str, ...] = ()


class InstrumentsTold(BaseModel):
    """The instruments that hold today."""

    instruments: tuple[InstrumentTold, ...]


class DisciplineBookIn(_In):
    """A version of a book as TOML, in force from the day `since` on (in Shanghai; today)."""

    toml: Annotated[str, Field(min_length=1, max_length=300_000)]
    since: date | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


@bp.route("/v1/discipline/instruments", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The instruments of joint discipline that hold today, and who of the caller's units may "
        "propose by each",
        Action.BOOK_READ,
        reply=InstrumentsTold,
    ),
)
def get_instruments(caller: Caller) -> InstrumentsTold:
    require(caller, Action.BOOK_READ, ANYONE, "book")
    at, own = desk(), caller.units(Action.SANCTION_INITIATE)
    listed = at.constraints.on(at.today).by_code
    return InstrumentsTold(
        instruments=tuple(
            InstrumentTold(
                **{name: getattr(one, name) for name in _SAME},
                measures=tuple(
                    MeasureTold(code=code, title=listed[code].title, law=listed[code].law)
                    for code in one.measures
                    if code in listed
                ),
                units=tuple(unit for unit in sorted(own) if one.may_initiate(unit)),
            )
            for one in at.instruments.on(at.today).instruments
            if one.in_force(at.today)
        )
    )


@bp.route("/v1/discipline/books/{book}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Read the constraint list or the instruments",
        Action.BOOK_READ,
        query=DisciplineBookQuery,
        reply=DisciplineBookTold,
    ),
)
def get_discipline_book(
    book: str, caller: Caller, query: DisciplineBookQuery
) -> DisciplineBookTold:
    require(caller, Action.BOOK_READ, ANYONE, "book")
    found = books().named(book)
    return DisciplineBookTold(
        book=book, editions=found.list_editions(), toml=found.text(query.version)
    )


@bp.route("/v1/discipline/books/{book}", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Publish a version of the constraint list or the instruments",
        Action.BOOK_WRITE,
        DisciplineBookIn,
        reply=Edition,
        status=201,
    ),
)
def post_discipline_book(book: str, caller: Caller, body: DisciplineBookIn) -> Edition:
    require(caller, Action.BOOK_WRITE, ANYONE, "book")
    at = desk()
    directory = at.rules.on(at.now).directory
    return publish(
        books(), book, body.toml, body.since,
        note=body.note, by=caller.id, directory=directory, now=at.now,
    )  # fmt: skip
