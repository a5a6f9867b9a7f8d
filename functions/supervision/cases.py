"""What supervision owes an entity: the tasks its newest registration calls for or ends (A2-A7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.shared.calendar import Calendar
from functions.shared.directory import Directory
from functions.shared.events.registry import Happening, Registration
from functions.shared.events.supervision import Outcome
from functions.shared.matching.items import ItemSet, SupervisionItem
from functions.shared.matching.matcher import Match, Matcher
from functions.shared.matching.text import readable
from functions.supervision.deadlines import pushed
from functions.supervision.domain import Task, task_id

_MOST_OUTCOMES = 20
_UNREADABLE = "scope_"  # begins the reasons for which a scope waits


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ruling(_Frozen):
    """What a person decided where the system could not (A6).

    `town` and `village` place an address; `items` names what applies where the scope could not be
    read (empty: nothing does).
    """

    edition: int
    by: str
    at: AwareDatetime
    note: str
    town: str | None = None
    village: str | None = None
    items: tuple[str, ...] | None = None

    def over(self, earlier: Ruling | None) -> Ruling:
        """This ruling with what `earlier` settled on the same edition and this one leaves open."""
        if earlier is None or earlier.edition != self.edition:
            return self
        placed = self if self.town or self.village else earlier
        items = earlier.items if self.items is None else self.items
        return self.model_copy(
            update={"town": placed.town, "village": placed.village, "items": items}
        )


class Decided(_Frozen):
    """One edition's outcome."""

    edition: int
    outcome: Outcome


class Case(_Frozen):
    """One entity in supervision.

    `turn` counts what was decided for it; `placed` is the turn that gave it the name and the place
    that it has. `needs` maps `<item>@<unit>` to the id of the task that
    serves it, whatever became of that task: a need once served is not pushed again (A7). `dropped`
    are tasks that were ended and may not be closed yet. `reasons` say why a person has to decide,
    and `registration` is what they decide on, or have decided on. `outcomes` are the newest
    editions' outcomes; `happened` is what this decision had to weigh.
    """

    code: str
    edition: int
    turn: int = 1
    placed: int = 1
    name: str
    town: str | None = None
    village: str | None = None
    item_set: str
    outcomes: tuple[Decided, ...] = ()
    needs: dict[str, str] = Field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    cancelled: bool = False
    reasons: tuple[str, ...] = ()
    happened: tuple[Happening, ...] = ()
    registration: Registration | None = None
    ruling: Ruling | None = None
    received_at: AwareDatetime
    decided_at: AwareDatetime

    @property
    def outcome(self) -> Outcome:
        """What became of the newest registration."""
        return self.outcomes[-1].outcome

    def outcome_of(self, edition: int) -> Outcome | None:
        """What became of registration `edition`: its own outcome, or that of the later one which
        replaced it before a sweep; None while it waits for its sweep."""
        later = [one for one in self.outcomes if one.edition >= edition]
        return later[0].outcome if later else None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that a decision rests on, of one version of the item set."""

    items: ItemSet
    matcher: Matcher
    directory: Directory
    calendar: Calendar

    def item(self, code: str, version: int | None = None) -> SupervisionItem | None:
        """The item with this code (and version, where one set holds several), if there is one."""
        found = (item for item in self.items.items if item.code == code)
        return next((item for item in found if version in (None, item.version)), None)


@dataclass(frozen=True, slots=True)
class Need:
    """One item that applies, and the unit that it falls to (None where nobody is known)."""

    item: SupervisionItem
    match: Match
    unit: str | None

    @property
    def key(self) -> str:
        """How a case names this need."""
        return f"{self.item.code}@{self.unit}"


def needs_of(
    registration: Registration,
    ruling: Ruling | None,
    book: Rulebook,
    happened: Sequence[Happening] = (),
    kept: Iterable[str] = (),
) -> list[Need]:
    """What `registration` calls for, each item once per unit that it falls to (A3, A5).

    `happened` is what is to be weighed for items that only some events call for (nothing: what this
    registration did); such an item, once among the needs `kept`, stays until its other grounds fall
    away. What a person ruled needs no other ground.
    """
    town = ruling.town if ruling and ruling.town else registration.town
    happened = happened or (registration.happening,)
    ruled = ruling is not None and ruling.items is not None
    standing = {key.partition("@")[0] for key in kept}
    needs = [
        Need(item, match, book.directory.unit_for(department, item.level, town))
        for item, match in _matched(registration, ruling, book)
        if ruled
        or _applies(item, registration, town)
        and (item.code in standing or _called_by(item, happened))
        for department in item.departments
    ]
    return list({need.key: need for need in needs}.values())


def _matched(
    registration: Registration, ruling: Ruling | None, book: Rulebook
) -> Iterator[tuple[SupervisionItem, Match]]:
    if ruling and ruling.items is not None:
        for code in ruling.items:
            if item := book.item(code):
                yield item, Match(code, item.version, (), ruling.note, item.ground)
        return
    for match in book.matcher.match(registration.scope, registration.name).items:
        if item := book.item(match.code, match.version):
            yield item, match


def _applies(item: SupervisionItem, registration: Registration, town: str | None) -> bool:
    """Whether the item's lists admit the entity; an empty list admits everyone, and so does a
    value that the registry did not give, since a missing industry must not hide a danger (A4)."""
    given = (
        (item.industry_codes, registration.industry),
        (item.entity_types, registration.entity_type),
        (item.districts, town or ""),
    )
    return all(not listed or not value or _among(value, listed) for listed, value in given)


def _called_by(item: SupervisionItem, happened: Sequence[Happening]) -> bool:
    return not item.events or any(_among(one, item.events) for one in happened)


def _among(value: str, listed: tuple[str, ...]) -> bool:
    return any(value.startswith(one) for one in listed)


def obstacles(registration: Registration, ruling: Ruling | None, needs: list[Need]) -> list[str]:
    """Why a person has to look at `registration` (A6); empty where nobody has to."""
    found = []
    if not (ruling and ruling.town) and registration.town is None:
        found.append(registration.place_problem or "town_unknown")
    unreadable = readable(registration.scope)
    if unreadable and not (ruling and ruling.items is not None):
        found.append(f"{_UNREADABLE}{unreadable}")
    unknown = {need.item.code for need in needs if need.unit is None}
    found += [f"department_unknown:{code}" for code in sorted(unknown)]
    return found


def decided(
    before: Case | None,
    registration: Registration,
    book: Rulebook,
    *,
    ruling: Ruling | None = None,
    now: AwareDatetime,
) -> Case:
    """The case after `registration`, or after a person's `ruling` on it.

    Keeps the needs that still stand with their tasks, adds the new ones, drops the others (A7).
    Where the address is not placed, nothing can be pushed; there, and where the scope cannot be
    read, what is open stays open until a person has decided.
    """
    cancelled = registration.happening is Happening.CANCELLATION
    kept = before.needs if before else {}
    turn = before.turn + 1 if before else 1
    happened = _to_weigh(before, registration)
    needs = [] if cancelled else needs_of(registration, ruling, book, happened, kept)
    reasons = [] if cancelled else obstacles(registration, ruling, needs)
    town = ruling.town if ruling and ruling.town else registration.town
    served = {
        need.key: kept.get(need.key) or task_id(registration.code, need.item.code, need.unit, turn)
        for need in needs
        if need.unit
    }
    if reasons and town is None:
        served = dict(kept)
    elif any(reason.startswith(_UNREADABLE) for reason in reasons):
        served = kept | served
    dropped = {task for key, task in kept.items() if key not in served}
    still = set(before.dropped) if before else set()
    outcome = Outcome.MANUAL if reasons else Outcome.PUSHED if served else Outcome.NO_ITEM
    history = before.outcomes if before else ()
    history = tuple(one for one in history if one.edition < registration.edition)
    editions = (*history, Decided(edition=registration.edition, outcome=outcome))
    village = (ruling if ruling and (ruling.town or ruling.village) else registration).village
    stays = before and (before.name, before.town, before.village) == (
        registration.name,
        town,
        village,
    )
    return Case(
        code=registration.code,
        edition=registration.edition,
        turn=turn,
        placed=before.placed if before and stays else turn,
        name=registration.name,
        town=town,
        village=village,
        item_set=book.items.version,
        outcomes=editions[-_MOST_OUTCOMES:],
        needs=served,
        dropped=tuple(sorted(dropped | still)),
        cancelled=cancelled,
        reasons=tuple(reasons),
        happened=happened,
        registration=registration if reasons or ruling else None,
        ruling=ruling,
        received_at=registration.received_at,
        decided_at=now,
    )


def _to_weigh(before: Case | None, registration: Registration) -> tuple[Happening, ...]:
    """What happened to the entity since something was last decided for good: several registrations
    where one sweep took them together, one came late, or a person had yet to decide."""
    if before is None:
        return registration.happened
    undecided = before.happened if before.reasons else ()
    news = registration.edition - before.edition
    return tuple(dict.fromkeys((*undecided, *(registration.happened[-news:] if news else ()))))


def tasks_of(
    case: Case, registration: Registration, book: Rulebook, *, now: AwareDatetime
) -> Iterator[Task]:
    """The tasks that serve the case's needs, as they are when pushed."""
    for need in needs_of(registration, case.ruling, book, kept=case.needs):
        if need.unit is None or need.key not in case.needs:
            continue
        task = Task(
            id=case.needs[need.key],
            code=case.code,
            edition=case.edition,
            turn=case.placed,
            name=case.name,
            item=need.item.code,
            item_version=need.item.version,
            item_set=case.item_set,
            kind=need.item.kind,
            licence=need.item.licence,
            law=need.match.law,
            words=need.match.words,
            clause=need.match.clause,
            unit=need.unit,
            town=case.town,
            village=case.village,
            pushed_at=now,
            changed_at=now,
        )
        yield pushed(task, need.item, book.calendar)
