"""A clue, the shares of it that receivers have, and every step that it took (A17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from functions.clues.evidence import End, Evidence
from functions.clues.limits import Event, Timekeeper
from functions.shared.clocks import ClockTold
from functions.shared.errors import Conflict
from functions.shared.events.clues import ClueState, ShareState
from functions.shared.trail import fingerprint

MOST_STEPS = 80  # of one clue: more than anybody needs
MOST_SHARES = 30  # of one clue: with the longest notes below 256 KB, where an event ends
SYSTEM = "system"
_MOST_BYTES = 390_000  # of one clue: a record ends at 400 KB
_TO_END = 10_000  # bytes that it takes to end a share in any way, with the longest notes

Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Frozen(BaseModel):
    """Base of the room's values."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ClueVerb(StrEnum):
    """A step in a clue's life."""

    REPORT = "report"
    ASSIGN = "assign"  # also: take back
    CLIMB = "climb"  # a dispute goes to the common superior
    RECEIVE = "receive"
    HANDLE = "handle"
    DISPUTE = "dispute"
    CLOSE = "close"
    RECOUNT = "recount"  # by the next calendar


class Ground(StrEnum):
    """Why a share is not its receiver's."""

    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"
    NO_VIOLATION_KNOWN = "no_violation_known"


class Position(Frozen):
    """Where it was seen, in degrees (WGS 84, six places: a decimetre)."""

    lat: Decimal
    lon: Decimal


class Proposal(Frozen):
    """A unit that is competent by what was seen, with the reason (A5): an item, its law, and the
    words and the clause that call for it. Without `unit` nobody in the directory bears the name of
    the item's department. `certain`: every department of the item is known."""

    unit: str | None = None
    item: str
    item_version: int
    licence: str
    law: str
    words: tuple[str, ...]
    clause: str
    certain: bool = False


class Draft(Frozen):
    """What a reporter says: `code` is absent where the subject has none, `photos` are keys."""

    code: str | None = None
    name: str = ""
    place: str
    town: str
    village: str | None = None
    position: Position | None = None
    seen: str
    kinds: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    reporter: str


class ClueStep(Frozen):
    """Who did what when. `unit` is whose step it was: the reporter, an office or a receiver;
    `ref` is the sender's id of the message: a step with the same `ref` is the same step."""

    verb: ClueVerb
    at: AwareDatetime
    by: str
    unit: str
    ref: str
    note: str = ""
    units: tuple[str, ...] = ()
    relieve: tuple[str, ...] = ()
    ground: Ground | None = None
    responsible: str | None = None
    to: str | None = None
    evidence: Evidence | None = None


class Share(Frozen):
    """One receiver's share. `next` says that it was assigned after somebody had disputed, `final`
    that the superior of the disputing units assigned it."""

    unit: str
    state: ShareState = ShareState.ASSIGNED
    by: str
    automatic: bool = False
    item: str = ""
    licence: str = ""
    law: str = ""
    words: tuple[str, ...] = ()
    note: str = ""
    next: bool = False
    final: bool = False
    end: End | None = None
    clocks: tuple[ClockTold, ...] = ()
    assigned_at: AwareDatetime
    ended_at: AwareDatetime | None = None

    @property
    def open(self) -> bool:
        """Whether its receiver has to act."""
        return self.state in (ShareState.ASSIGNED, ShareState.RECEIVED)

    def ended(self, state: ShareState, now: AwareDatetime, end: End | None = None) -> Share:
        """This share in a state in which its receiver need not act; its clocks stop."""
        change: dict[str, Any] = {"state": state, "end": end, "ended_at": now, "clocks": ()}
        return self.model_copy(update=change)


class Clue(Draft):
    """One suspicion. `office` assigns it now, `offices` are all that had it; `climbed`: `office` is
    the common superior of those who disputed, and what it decides is final. `clocks` run for the
    office while it has something to assign. Each unit has one share, its newest."""

    id: str
    proposals: tuple[Proposal, ...] = ()
    item_set: str = ""
    office: str
    offices: tuple[str, ...]
    climbed: bool = False
    shares: tuple[Share, ...] = ()
    clocks: tuple[ClockTold, ...] = ()
    steps: tuple[ClueStep, ...] = Field(min_length=1)
    reported_at: AwareDatetime
    changed_at: AwareDatetime

    @property
    def state(self) -> ClueState:
        """Where the clue stands: with receivers while one has to act, else with its office while
        it has to assign, else over."""
        if any(share.open for share in self.shares):
            return ClueState.ASSIGNED
        return ClueState.REPORTED if self.waits else ClueState.CLOSED

    @property
    def running(self) -> tuple[ClockTold, ...]:
        """The limits that run for its office and its receivers."""
        return (*self.clocks, *(clock for share in self.shares for clock in share.clocks))

    @property
    def waits(self) -> bool:
        """Whether the office has to decide: somebody disputes, or nobody has it or had it."""
        states = {share.state for share in self.shares}
        served = states & {ShareState.ASSIGNED, ShareState.RECEIVED, ShareState.CLOSED}
        return ShareState.DISPUTED in states or not served

    def share_of(self, unit: str) -> Share | None:
        """The share of a unit."""
        return next((share for share in self.shares if share.unit == unit), None)

    def disputed(self) -> tuple[str, ...]:
        """The units whose disputes wait for the office."""
        return tuple(one.unit for one in self.shares if one.state is ShareState.DISPUTED)


def with_share(clue: Clue, share: Share) -> Clue:
    """`clue` with `share` in place of the one that its unit had, or as a further one."""
    if clue.share_of(share.unit) is None:
        shares = (*clue.shares, share)
    else:
        shares = tuple(share if one.unit == share.unit else one for one in clue.shares)
    if len(shares) > MOST_SHARES:
        raise Conflict.of("too_many_shares", "units", most=MOST_SHARES)
    return clue.model_copy(update={"shares": shares})


def stepped(clue: Clue, *steps: ClueStep, time: Timekeeper) -> Clue:
    """`clue` with its newest `steps`, and the office's clock running where it has to decide.

    A clock that runs goes on: a second dispute, or an edit, starts nothing anew (A13); one that was
    provisional is counted again where the calendar has changed since, with a step of that. Raises
    Conflict where a clue has taken more steps than anybody needs, or longer ones than a record can
    hold; each share can still be ended.
    """
    last = steps[-1]
    clocks = (clue.clocks or time.started(Event.WAITING, last.at)) if clue.waits else ()
    before = counted_again(clue.model_copy(update={"clocks": clocks}), last.at, time)
    change = {"steps": (*before.steps, *steps), "changed_at": last.at}
    after = before.model_copy(update=change)
    if not _leads_to_end(last):
        if len(clue.steps) >= MOST_STEPS:
            raise Conflict.of("clue_too_many_steps", "clue", most=MOST_STEPS)
        if _is_full(after):
            raise Conflict.of("clue_too_long", "clue")
    return after


def counted_again(clue: Clue, now: AwareDatetime, time: Timekeeper) -> Clue:
    """`clue` with its provisional limits by the present calendar, and a step that tells old and new
    (A14); the same where that changes nothing."""
    clocks = time.recounted(clue.clocks)
    shares = tuple(
        one.model_copy(update={"clocks": time.recounted(one.clocks)}) for one in clue.shares
    )
    moved = [
        *_moved("office", clue.clocks, clocks),
        *(
            note
            for old, new in zip(clue.shares, shares, strict=True)
            for note in _moved(old.unit, old.clocks, new.clocks)
        ),
    ]
    if not moved:
        return clue
    note = f"{'; '.join(moved)} ({time.calendar.version})"
    ref = fingerprint([ClueVerb.RECOUNT, note])[:22]
    step = ClueStep(verb=ClueVerb.RECOUNT, at=now, by=SYSTEM, unit=clue.office, ref=ref, note=note)
    change: dict[str, Any] = {
        "clocks": clocks,
        "shares": shares,
        "steps": (*clue.steps, step),
        "changed_at": now,
    }
    return clue.model_copy(update=change)


def _moved(whose: str, old: Iterable[ClockTold], new: Iterable[ClockTold]) -> Iterator[str]:
    for was, is_ in zip(old, new, strict=True):
        if was != is_:
            yield f"{whose}.{was.stage}: {was.due} → {is_.due}"


def _leads_to_end(step: ClueStep) -> bool:
    """Whether a step only brings a share nearer to its end, so that each share has few of them: who
    has answered often must not keep the others from theirs."""
    takes_back = step.verb is ClueVerb.ASSIGN and not step.units
    return step.verb in (ClueVerb.RECEIVE, ClueVerb.CLOSE) or takes_back


def _is_full(clue: Clue) -> bool:
    """Whether what must still be said to end its shares would not fit into a record."""
    written = len(clue.model_dump_json(exclude_defaults=True).encode())
    over = (ShareState.CLOSED, ShareState.RELIEVED)
    left = sum(share.state not in over for share in clue.shares)
    return written + _TO_END * left > _MOST_BYTES
