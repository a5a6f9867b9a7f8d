"""What inspectors look at, which violations there are, and the limits: the city's own data (B2)."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from functions.shared.events.credit import Grade
from functions.shared.events.inspections import Reason
from functions.shared.timekeeping import Limit

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
OTHER = "other"  # the kind that every item has, so that the list stays open; it needs a note


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Whom(StrEnum):
    """Which entities an item is looked at for."""

    ALL = "all"
    STANDING = "standing"  # those that have a place of their own
    CLUSTER = "cluster"  # those registered at a cluster's address: nobody at the door is no fault


class Route(StrEnum):
    """To whom a violation goes that joint disposal did not solve (B10)."""

    ADDRESS = "address"  # market regulation: towards the abnormal-operation list
    GENERAL = "general"  # unlicensed business of a general trade: market regulation
    LICENSED = "licensed"  # every department that licenses the trade
    UNCLEAR = "unclear"  # the town's office decides
    NOBODY = "nobody"  # it is urged and recorded, and goes no further


class InspectionItem(_Frozen):
    """One thing to look at. `each_licence`: once for each licence that the entity should hold by
    its matched supervision items. `urged`: what is wrong is told to the operator and recorded, and
    brings no notice."""

    code: Name
    name: str = Field(min_length=1)
    ask: str = Field(min_length=1)
    whom: Whom = Whom.ALL
    each_licence: bool = False
    urged: bool = False


class ViolationKind(_Frozen):
    """One kind of violation of an item; `on_the_spot`: simple enough to be settled there; `photo`:
    it can be seen, so whoever finds it shows it (B6)."""

    code: Name
    item: Name
    name: str = Field(min_length=1)
    route: Route
    law: str = ""
    on_the_spot: bool = False
    photo: bool = False


class Correction(_Frozen):
    """The working days that a notice gives to correct, where the inspector does not say, and the
    fewest and the most that may be said."""

    usual: int = Field(ge=1)
    least: int = Field(ge=1)
    most: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.least <= self.usual <= self.most:
            raise ValueError("least, usual and most must stand in this order")
        return self


class NoticeForm(_Frozen):
    """How a notice is numbered (B7): `number` has the places `{year}`, `{place}` (the last 6 digits
    of the village's code, or of the town's that stands in for it) and `{serial}`, which counts for
    each place and year. `ground` is that of violations of which no law is known."""

    number: str = "改〔{year}〕{place}-{serial:04d}号"
    ground: str = ""

    @field_validator("number")
    @classmethod
    def _tells_apart(cls, number: str) -> str:
        places = (2026, "000001", 1), (2027, "000001", 1), (2026, "000002", 1), (2026, "000001", 2)
        try:
            numbers = {number.format(year=y, place=p, serial=s) for y, p, s in places}
        except (KeyError, IndexError, ValueError):
            raise ValueError("a number has the places year, place and serial, no other") from None
        if len(numbers) < len(places):
            raise ValueError("a number needs its year, its place and its serial")
        return number

    def numbered(self, unit: str, year: int, serial: int) -> str:
        """The number of a notice of `unit`: a village, or the office of a town.

        >>> NoticeForm().numbered("office.441900119000", 2026, 7)
        '改〔2026〕119000-0007号'
        """
        place = unit.rpartition(".")[2][-6:] if unit[-1].isdigit() else "000000"
        return self.number.format(year=year, place=place, serial=serial)


class Referrals(_Frozen):
    """The supervision items under which market regulation gets what no licence is about."""

    address: str = Field(min_length=1)
    general: str = Field(min_length=1)


class PlanRule(_Frozen):
    """What a credit grade changes in the visits to a subject (C12): those of which reasons are left
    out, and every how many months one is made besides. A new address and a new entity are always
    visited (B3)."""

    skips: tuple[Literal[Reason.SCOPE], ...] = ()
    months: int | None = Field(default=None, ge=1, le=120)


class Book(_Frozen):
    """One version of what inspections go by (`infra/city/inspection_items.toml`)."""

    version: str = Field(min_length=1)
    correction: Correction
    notice: NoticeForm = NoticeForm()
    referrals: Referrals
    limits: tuple[Limit, ...] = Field(min_length=1)
    items: tuple[InspectionItem, ...] = Field(min_length=1)
    kinds: tuple[ViolationKind, ...] = Field(min_length=1)
    plan: dict[Grade, PlanRule] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        items = [one.code for one in self.items]
        kinds = [(one.item, one.code) for one in self.kinds]
        if len(set(items)) < len(items) or len(set(kinds)) < len(kinds):
            raise ValueError("an item, or a kind of an item, stands there twice")
        if lost := {item for item, _ in kinds} - set(items):
            raise ValueError(f"kinds of no item: {', '.join(sorted(lost))}")
        most = self.correction.most
        if any(one.stage == "recheck" and one.n <= most for one in self.limits):
            raise ValueError("the recheck's limit must leave a day after the longest correction")
        return self

    @cached_property
    def _items(self) -> dict[str, InspectionItem]:
        return {one.code: one for one in self.items}

    @cached_property
    def _kinds(self) -> dict[tuple[str, str], ViolationKind]:
        return {(one.item, one.code): one for one in self.kinds}

    def item(self, code: str) -> InspectionItem | None:
        """The item with this code."""
        return self._items.get(code)

    def kind(self, item: str, code: str) -> ViolationKind | None:
        """A kind of violation of an item; `other` is one of every item's, also of one that the book
        has no longer: an inspection that was opened with it must still come to its end."""
        found = self._kinds.get((item, code))
        if found is None and code == OTHER:
            return ViolationKind(
                code=OTHER, item=item, name="其他", route=Route.UNCLEAR, photo=True
            )
        return found

    def kinds_of(self, item: str) -> tuple[ViolationKind, ...]:
        """All kinds of violation of an item, `other` last."""
        own = (one for one in self.kinds if one.item == item and one.code != OTHER)
        other = self.kind(item, OTHER)
        return (*own, other) if other else tuple(own)


def parse_book(text: str) -> Book:
    """The book of a TOML file; raises ValueError that names the field or the line."""
    return Book.model_validate(tomllib.loads(text))
