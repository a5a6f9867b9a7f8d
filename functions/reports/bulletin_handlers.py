"""Bulletins (通报) over HTTPS: published once, then read as they were published (A23)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from chalice import Blueprint, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel

from functions.reports import publishing
from functions.reports.bulletin_page import POLICY
from functions.reports.bulletins import Bulletin, Content, Draft, Form, Order
from functions.reports.wiring import press
from functions.shared import clock
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.calendar import shanghai_day
from functions.shared.errors import NotFound
from functions.shared.http import Operation, file_reply, operation
from functions.shared.workbooks import XLSX

bp = Blueprint(__name__)
_JSON, _HTML = "application/json", "text/html; charset=utf-8"
_MOST_DIGITS = 6


class BulletinTold(BaseModel):
    """A published bulletin, with the SHA-256 of each form in which it can be read."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    year: int
    number: int
    mark: str
    title: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    published_at: AwareDatetime
    sha256: dict[Form, str]


class MadeTold(RootModel[BulletinTold | Draft]):
    """The bulletin that was published, or the draft that was asked for."""


class BulletinsQuery(BaseModel):
    """Of which year; else of this one."""

    model_config = ConfigDict(extra="forbid")

    year: Annotated[int, Field(ge=2000, le=2200)] | None = None


class BulletinsTold(BaseModel):
    """The bulletins of a year, the newest first."""

    year: int
    bulletins: list[BulletinTold]


@bp.route("/v1/bulletins", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation("Publish a bulletin, or draft one", Action.BULLETIN_PUBLISH, Order, reply=MadeTold),
)
def post_bulletin(caller: Caller, body: Order) -> BulletinTold | Draft:
    if body.draft:
        return publishing.show_draft(body, caller, press())
    return _told(publishing.publish(body, caller, press()))


@bp.route("/v1/bulletins", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "The bulletins of a year",
        Action.BULLETIN_READ,
        query=BulletinsQuery,
        reply=BulletinsTold,
    ),
)
def get_bulletins(caller: Caller, query: BulletinsQuery) -> BulletinsTold:
    year = query.year or shanghai_day(clock.now()).year
    found = publishing.list_bulletins(year, caller, press())
    return BulletinsTold(year=year, bulletins=[_told(one) for one in found])


@bp.route("/v1/bulletins/{year}/{number}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a bulletin", Action.BULLETIN_READ, reply=Content))
def get_bulletin(year: str, number: str, caller: Caller) -> Response:
    return file_reply(_read(year, number, Form.JSON, caller).decode(), _JSON)


@bp.route("/v1/bulletins/{year}/{number}/page", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("A bulletin as a page", Action.BULLETIN_READ, gives="text/html"))
def get_bulletin_page(year: str, number: str, caller: Caller) -> Response:
    page = _read(year, number, Form.PAGE, caller).decode()
    return file_reply(page, _HTML, Content_Security_Policy=POLICY, X_Content_Type_Options="nosniff")


@bp.route("/v1/bulletins/{year}/{number}/xlsx", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("A bulletin as a sheet", Action.BULLETIN_READ, gives=XLSX))
def get_bulletin_sheet(year: str, number: str, caller: Caller) -> Response:
    sheet = _read(year, number, Form.SHEET, caller)
    name = f"bulletin-{year}-{number}.xlsx"
    return file_reply(sheet, XLSX, Content_Disposition=f'attachment; filename="{name}"')


def _read(year: str, number: str, form: Form, caller: Caller) -> bytes:
    for text in (year, number):
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            raise NotFound("bulletin")
    return publishing.read_bulletin(int(year), int(number), form, caller, press())


def _told(bulletin: Bulletin) -> BulletinTold:
    names = BulletinTold.model_fields.keys() - {"sha256"}
    shown = {name: getattr(bulletin, name) for name in names}
    return BulletinTold(**shown, sha256=bulletin.digests)
