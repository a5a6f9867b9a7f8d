"""Who sees an inspection, and what of it: its whole life, and the board of a unit (B1, B4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, Field

from functions.inspections.allowing import may_now
from functions.inspections.assigning import proposal_for
from functions.inspections.awaiting import AwaitedVisit, awaited_visit, round_awaited
from functions.inspections.book import Book
from functions.inspections.changes import told
from functions.inspections.desk import Desk, Waiting
from functions.inspections.domain import Inspection, InspectionVerb
from functions.inspections.proposing import Load, Proposal, proposed
from functions.inspections.seen import Round
from functions.shared.authorization import Action, Caller, Owner, Role, allows, require
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import Light, light
from functions.shared.directory import is_village, town_of
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.inspections import InspectionState, InspectionTold
from functions.shared.paging import cursor_of, record_of
from functions.shared.photos import SENT_WITHIN

_ON_NO_BOARD = (InspectionState.CLOSED, InspectionState.REFERRED)  # nobody of the grid acts
_MOST_ROWS = 50  # of a page of a board
_MOST_READ = 1000  # inspections that one filtered page may read


class PictureTold(BaseModel):
    """A photo, and where it may be looked at for `expires_in` seconds."""

    key: str
    url: str
    expires_in: int


class KindTold(BaseModel):
    """A kind of violation that may be reported of a check; of `other` a note is needed."""

    code: str
    name: str
    on_the_spot: bool
    photo: bool


class InspectionLife(Inspection):
    """An inspection with all that was said and done. `lights` are today's, by the stage whose limit
    runs, `light` the worst of them; `proposal` is whom the system would send, while it waits.
    `kinds` are those that may be reported, by the item of its checks; `awaited` is the visit that
    it waits for, with all that may be said at it; `wrong` are the checks that are wrong now; `may`
    is what its reader may do about it now, where it was read."""

    light: Light
    lights: dict[str, Light]
    proposal: Proposal | None = None
    pictures: tuple[PictureTold, ...] = ()
    kinds: dict[str, tuple[KindTold, ...]] = Field(default_factory=dict)
    awaited: AwaitedVisit | None = None
    wrong: tuple[str, ...] = ()
    may: tuple[InspectionVerb, ...] = ()


class InspectionRow(InspectionTold):
    """An inspection on the board of its unit; `may` is what its reader may do about it now,
    `awaits` the visit that it waits for."""

    light: Light
    awaits: Round | None = None
    proposal: Proposal | None = None
    may: tuple[InspectionVerb, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a board is asked for; None: all."""

    state: InspectionState | None = None
    inspector: str | None = None

    def fits(self, inspection: Inspection) -> bool:
        """Whether it is asked for."""
        state = self.state in (None, inspection.state)
        return state and self.inspector in (None, inspection.inspector)


def read_inspection(id: str, caller: Caller, desk: Desk) -> Inspection:
    """The inspection with its whole life; raises NotFound for whoever may not see it."""
    found = desk.cabinet.inspections.get(id)
    if found is None or not sees(caller, found.value):
        raise NotFound("inspection")
    return found.value


def sees(caller: Caller, inspection: Inspection) -> bool:
    """Whether it is the caller's to see: the units that have or had it, the office of their town,
    the departments that it was referred or handed on to, dispatchers, oversight and the grid
    platform; of a village's inspectors only those to whom it is or was assigned (B1)."""
    walks = caller if caller.id in inspection.inspectors else caller.without(Role.INSPECTOR)
    return any(allows(walks, Action.INSPECTION_READ, owner) for owner in _owners(inspection))


def life_of(inspection: Inspection, desk: Desk, reader: Caller | None = None) -> InspectionLife:
    """All of `inspection`, with today's lights, fresh links to its photos, the proposal, and what
    its `reader` may do."""
    today = shanghai_day(desk.now)
    return InspectionLife(
        **dict(inspection),
        light=light(inspection.clocks, today),
        lights={clock.stage: light((clock,), today) for clock in inspection.clocks},
        proposal=proposal_for(inspection, desk),
        pictures=tuple(
            PictureTold(
                key=key,
                url=desk.photos.link(key, seconds=SENT_WITHIN),
                expires_in=SENT_WITHIN,
            )
            for key in _photos(inspection)
        ),
        kinds={check.item: _kinds(check.item, desk.book) for check in inspection.checks},
        awaited=awaited_visit(inspection, desk),
        wrong=tuple(one.check for one in inspection.failed()),
        may=may_now(inspection, reader) if reader else (),
    )


def list_for(
    unit: str, caller: Caller, desk: Desk, wanted: Wanted | None = None, after: str = ""
) -> tuple[list[InspectionRow], str | None]:
    """A page of what a unit has to act on, the earliest due first, and the mark to go on from.

    A town's board, and the city's, is asked unit by unit: one answer costs what is open there. An
    inspector is shown only what is with the person. Raises NotFound where the unit is not the
    caller's, Invalid for a mark that this never gave, and for a state that is on no board.
    """
    wanted = _allowed(unit, caller, wanted or Wanted())
    if wanted.state in _ON_NO_BOARD:
        raise Invalid.of("state_on_no_board", "state", state=wanted.state, unit=unit)
    begin = record_of(after, pk=unit)
    board = sorted(desk.cabinet.list_open(unit), key=_place)
    rows = [row for row in board if wanted.inspector in (None, row.inspector)]
    rows = [row for row in rows if begin is None or _place(row) > begin["sk"]]
    view = _Board(unit, board, caller, desk)
    page: list[InspectionRow] = []
    for first in range(0, min(len(rows), _MOST_READ), _MOST_ROWS):
        chunk = rows[first : first + _MOST_ROWS]
        found = desk.cabinet.inspections.get_many(row.id for row in chunk)
        for row in chunk:
            one = found[row.id].value if row.id in found else None
            if one and one.unit == unit and wanted.fits(one):
                page.append(view.row(one))
            if len(page) == _MOST_ROWS:
                return page, _mark(unit, row)
    return page, _mark(unit, rows[_MOST_READ - 1]) if len(rows) > _MOST_READ else None


class _Board:
    """The board of one unit: its roster and its load are read once."""

    def __init__(self, unit: str, board: list[Waiting], caller: Caller, desk: Desk) -> None:
        roster = desk.cabinet.rosters.get(unit) if is_village(unit) else None
        self._roster = roster.value if roster else None
        self._load = Load.of(board)
        self._today, self._caller = shanghai_day(desk.now), caller

    def row(self, inspection: Inspection) -> InspectionRow:
        waits = inspection.state is InspectionState.WAITING
        return InspectionRow(
            **dict(told(inspection)),
            light=light(inspection.clocks, self._today),
            awaits=round_awaited(inspection),
            proposal=proposed(inspection.address, self._roster, self._load) if waits else None,
            may=may_now(inspection, self._caller),
        )


def _allowed(unit: str, caller: Caller, wanted: Wanted) -> Wanted:
    """What the caller may be shown of a unit's board; raises NotFound where that is nothing."""
    owner = Owner(unit, town_of(unit))
    require(caller, Action.INSPECTION_READ, owner, "unit")
    if allows(caller.without(Role.INSPECTOR), Action.INSPECTION_READ, owner):
        return wanted
    if wanted.inspector not in (None, caller.id):
        raise NotFound("inspector")
    return Wanted(wanted.state, caller.id)


def _owners(inspection: Inspection) -> Iterator[Owner]:
    yield Owner(inspection.home, inspection.town)
    for unit in (*inspection.units, *inspection.handed_to):
        yield Owner(unit, town_of(unit))
    for referral in inspection.referrals:
        yield Owner(referral.unit, town_of(referral.unit))


def _kinds(item: str, book: Book) -> tuple[KindTold, ...]:
    names = ("code", "name", "on_the_spot", "photo")
    return tuple(
        KindTold(**{name: getattr(kind, name) for name in names}) for kind in book.kinds_of(item)
    )


def _photos(inspection: Inspection) -> dict[str, None]:
    found = [key for visit in inspection.visits for one in visit.findings for key in one.photos]
    ends = (visit.finished for visit in inspection.visits)
    signed = [end.signature for end in ends if end and end.signature]
    disposal = inspection.disposal.photos if inspection.disposal else ()
    return dict.fromkeys((*found, *signed, *disposal))


def _place(row: Waiting) -> str:
    """Where a row stands on the board; who has it moves it nowhere."""
    return f"{row.due}|{row.id}"


def _mark(unit: str, row: Waiting) -> str | None:
    return cursor_of({"pk": unit, "sk": _place(row)})
