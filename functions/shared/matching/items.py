"""Supervision items: what a scope must be licensed for, by whom, and the words that say so (A4)."""

import tomllib
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_serializer,
)

from functions.shared.matching.acts import Act

_CODE = r"^[A-Z]{2,4}[0-9]{2}$"
_SHORT, _MIDDLING = 5, 20  # days of a limit

Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Words = tuple[Word, ...]
_Acts = Annotated[list[Act], Field(json_schema_extra={"uniqueItems": True})]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    LICENCE = "licence"  # 许可
    FILING = "filing"  # 备案


class Level(StrEnum):
    """The rung whose unit receives the task (A3)."""

    TOWN = "town"
    CITY = "city"
    PROVINCE = "province"
    NATIONAL = "national"


class Stage(StrEnum):
    RECEIVE = "receive"
    VERIFY = "verify"
    HANDLE = "handle"
    CLOSE = "close"


class Event(StrEnum):
    """A step of the task from which a limit counts."""

    PUSHED = "pushed"
    RECEIVED = "received"
    VERIFIED = "verified"


class Milestone(StrEnum):
    """What happens outside, on a day that the receiver reports, and starts a statutory period."""

    ACCEPTED = "accepted"  # 受理: a licence's working days run
    FILED = "filed"  # 立案: a penalty's calendar days run


class Limit(_Frozen):
    """`n` working or calendar days for one stage, counted from a named event (A13). The limit is
    near from so many working days before its end as `remind` says."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    stage: Stage
    n: int = Field(gt=0, le=3660)
    unit: Literal["working", "calendar"]
    start: Event | Milestone = Field(alias="from")
    remind: int | None = Field(default=None, ge=0, le=60)

    @property
    def days_before(self) -> int:
        """How many working days before its end the limit is near, where it does not say: 1 of a
        short one (up to 5 days), 2 of a middling one (up to 20), else 5."""
        if self.remind is not None:
            return self.remind
        return 1 if self.n <= _SHORT else 2 if self.n <= _MIDDLING else 5


class Rule(_Frozen):
    """Words that call for the item, and what must stand around them.

    Without `acts` the word is an activity in itself (劳务派遣); with `acts` it is a thing, and
    something on the list must be done with it (药品 + retail). The word must close its phrase:
    what may stand between it and the end, besides endings like 服务, are the `tails`. One of
    `after` must stand earlier in the phrase, where there are any. `never` are longer words that
    only contain the word (销售电子 has no 售电), or what the phrase must not contain. `alone`: the
    word also counts as the verb of a list (印刷：纸盒), not only where it has no list (养殖).
    """

    words: Words = Field(min_length=1)
    acts: frozenset[Act] = frozenset()
    tails: Words = ()
    after: Words = ()
    never: Words = ()
    alone: bool = False

    @field_serializer("acts")
    def _in_one_order(self, acts: frozenset[Act]) -> _Acts:
        """A set has another order in every process, and the text of a version has a digest."""
        return sorted(acts)


class SupervisionItem(_Frozen):
    """One version of an item. Empty applicability lists mean everyone (A4)."""

    code: str = Field(pattern=_CODE)
    version: int = Field(ge=1)
    licence: str = Field(min_length=1)
    kind: Kind
    departments: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = Field(min_length=1)
    level: Level
    law: str = ""
    article: str = ""
    note: str = ""
    holds_from: date
    holds_until: date | None = None
    push: bool = True
    rules: tuple[Rule, ...] = ()
    never: Words = ()
    excluded_by: Words = ()
    covered_by: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    entity_types: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()

    def in_force(self, on: date) -> bool:
        return self.holds_from <= on and (self.holds_until is None or on <= self.holds_until)

    def admits(self, *, industry: str = "", entity_type: str = "", district: str = "") -> bool:
        """Whether the item's lists admit an entity (A4). Codes match by their beginning. An empty
        list admits everyone, and so does a value that nobody gave, since a missing industry must
        not hide a danger."""
        given = (
            (self.industry_codes, industry),
            (self.entity_types, entity_type),
            (self.districts, district),
        )
        return all(not listed or not value or value.startswith(listed) for listed, value in given)

    @property
    def ground(self) -> str:
        """Law and article as they are quoted to an officer."""
        return f"{self.law}{self.article}" or self.note


class ItemSet(_Frozen):
    """All items under one version; `in_force` leaves those that hold on a day."""

    version: str = Field(min_length=1)
    items: tuple[SupervisionItem, ...]

    def in_force(self, on: date) -> Self:
        items = tuple(item for item in self.items if item.in_force(on))
        return self.model_copy(update={"items": items})


class BadItems(ValueError):
    """The item file cannot be used; the message names each item and field at fault.

    `error` is what the fields are at fault with, where it is they, and `codes` the items by their
    place in it.
    """

    def __init__(
        self, text: str, error: ValidationError | None = None, codes: tuple[str, ...] = ()
    ) -> None:
        super().__init__(text)
        self.error, self.codes = error, codes


def parse_items(text: str) -> ItemSet:
    """Read an item file (TOML).

    Fields that most items share stand once under `[defaults]`, and the limits of licences and
    filings under `[limits]`; an item's own value wins.

    Raises BadItems with one line per fault: `SJ07 rules.0.words: …`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadItems(f"not TOML: {error}") from error
    defaults, limits = data.get("defaults", {}), data.get("limits", {})
    rows = [
        {"limits": limits.get(row.get("kind"), []), **defaults, **row}
        for row in data.get("items", [])
    ]
    try:
        found = ItemSet.model_validate({"version": data.get("version", ""), "items": rows})
    except ValidationError as error:
        text = "\n".join(_fault(rows, dict(e)) for e in error.errors())
        codes = tuple(str(row.get("code", place)) for place, row in enumerate(rows, 1))
        raise BadItems(text, error, codes) from error
    _refuse_doubles(found)
    return found


def _fault(rows: list[dict[str, Any]], error: dict[str, Any]) -> str:
    where = list(error["loc"])
    if len(where) > 1 and where[0] == "items":
        row = rows[where[1]]
        where = [row.get("code", f"item {where[1] + 1}"), ".".join(map(str, where[2:]))]
    return f"{' '.join(map(str, where))}: {error['msg']}"


def _refuse_doubles(items: ItemSet) -> None:
    seen: set[tuple[str, int]] = set()
    codes = {item.code for item in items.items}
    for item in items.items:
        if (item.code, item.version) in seen:
            raise BadItems(f"{item.code} version: {item.version} stands twice")
        seen.add((item.code, item.version))
        if unknown := set(item.covered_by) - codes:
            raise BadItems(f"{item.code} covered_by: no such item {', '.join(sorted(unknown))}")
