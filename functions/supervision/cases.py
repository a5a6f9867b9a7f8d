"""An entity in supervision: what was decided for it, by whom, and by which rules (A2-A7)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.shared.calendar import Calendar
from functions.shared.directory import Directory
from functions.shared.events.registry import Happening, Registration
from functions.shared.events.supervision import Outcome
from functions.shared.matching.items import ItemSet, SupervisionItem
from functions.shared.matching.matcher import Matcher


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
    address: str = ""
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


class Scope(_Frozen):
    """The scope of business by which one edition's tasks were pushed, as it stood then (A5)."""

    code: str
    edition: int
    name: str
    text: str

    @property
    def id(self) -> str:
        """How it is asked for."""
        return scope_id(self.code, self.edition)


def scope_id(code: str, edition: int) -> str:
    """How the scope of one edition is asked for."""
    return f"{code}.{edition}"


class Referrals(_Frozen):
    """The tasks that inspections have called for at one entity (B10): no registration brings them
    or takes their reason away, but the entity's end ends them (A7)."""

    code: str
    tasks: tuple[str, ...] = ()


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
