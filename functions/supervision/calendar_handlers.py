"""The working calendar over HTTPS: load a version, see which holds and which did (A14)."""

from __future__ import annotations

from typing import Annotated

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, require
from functions.shared.http import Operation, operation
from functions.supervision import calendars
from functions.supervision.calendars import Calendars, Loaded
from functions.supervision.store import Store

bp = Blueprint(__name__)


class CalendarIn(BaseModel):
    """A whole calendar, as TOML (the form of `infra/city/calendars`)."""

    model_config = ConfigDict(extra="forbid")

    toml: Annotated[str, Field(min_length=1, max_length=100_000)]


class CalendarTold(BaseModel):
    """The calendar in force, the years for which a notice is in it, and what was loaded, oldest
    first (nothing: the calendar is that of the deployment)."""

    version: str
    years: tuple[int, ...]
    loaded: tuple[Loaded, ...] = ()


@bp.route("/v1/calendar", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("The working calendar in force", Action.CALENDAR_READ, reply=CalendarTold))
def get_calendar(caller: Caller) -> CalendarTold:
    require(caller, Action.CALENDAR_READ, ANYONE, "calendar")
    register = Store(ports.table("supervision")).get_calendars()
    if register:
        return _told(register)
    text = calendars.read_text(ports.objects("config").read(calendars.IN_FORCE_KEY).decode())
    return CalendarTold(version=text.name, years=text.years)


@bp.route("/v1/calendar", methods=["PUT"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Put another version of the working calendar in force",
        Action.CALENDAR_WRITE,
        CalendarIn,
        reply=CalendarTold,
    ),
)
def put_calendar(caller: Caller, body: CalendarIn) -> CalendarTold:
    store = Store(ports.table("supervision"))
    bucket, now = ports.objects("config"), clock.now()
    return _told(calendars.load_calendar(body.toml, caller, store, bucket, now))


def _told(register: Calendars) -> CalendarTold:
    holds = register.in_force
    return CalendarTold(version=holds.version, years=holds.years, loaded=register.loaded)
