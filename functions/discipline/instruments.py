"""The published constraint list, and the instruments that draw their measures from it (C13).

Both are data. An instrument is a memorandum or a jointly issued document: who may initiate, who
takes part with which measures, on which grounds, for how long.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from functions.discipline.domain import Frozen
from functions.shared.calendar import Unit as Days
from functions.shared.directory import Directory
from functions.shared.events.credit import Category
from functions.shared.events.discipline import MeasureTold
from functions.shared.timekeeping import Limit

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,15}$")]
_Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Version = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class MeasureKind(StrEnum):
    """What a measure does to its subject."""

    RESTRICT = "restrict"
    BAN = "ban"
    SUPERVISE = "supervise"  # looked at more often, or more closely
    DENY_HONOUR = "deny_honour"
    DENY_FAVOUR = "deny_favour"  # no subsidies, no short cuts
    PUBLISH = "publish"


class Measure(Frozen):
    """One measure that the law allows, with that law."""

    code: _Code
    title: _Title
    law: _Title
    kind: MeasureKind


class ConstraintList(Frozen):
    """A version of the published list: no other measure may be taken (企业信用约束管理清单)."""

    version: _Version
    measures: tuple[Measure, ...] = Field(min_length=1)

    @cached_property
    def by_code(self) -> dict[str, Measure]:
        """The measures by their codes."""
        return {one.code: one for one in self.measures}

    @model_validator(mode="after")
    def _codes_once(self) -> Self:
        _once("measure", (one.code for one in self.measures))
        return self


class InstrumentKind(StrEnum):
    """What an instrument is on paper."""

    MEMORANDUM = "memorandum"  # 备忘录
    JOINT_DOCUMENT = "joint_document"  # 联合印发文件


class Participant(Frozen):
    """A department that takes part: its measures by code, and the law by which it takes them where
    that is another than the list's."""

    unit: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,15}$")]
    measures: tuple[_Code, ...] = Field(min_length=1)
    law: str = ""


class Grounds(Frozen):
    """Which credit records ground a sanction: of one of these items, or of these categories."""

    items: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()

    def cover(self, item: str, category: Category) -> bool:
        """Whether a record of this item and category is a ground."""
        return item in self.items or category in self.categories

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.items or self.categories):
            raise ValueError("an instrument needs grounds")
        return self


class Instrument(Frozen):
    """One instrument. `measures` are all that it draws from the list. `months` is how long a
    sanction holds (None: until it is lifted); participants report that they carry their measures
    out within `feedback` working days."""

    id: _Id
    version: int = Field(ge=1)
    kind: InstrumentKind
    title: _Title
    document: _Title
    initiators: tuple[str, ...] = Field(min_length=1)
    participants: tuple[Participant, ...] = Field(min_length=1)
    measures: tuple[_Code, ...] = Field(min_length=1)
    grounds: Grounds
    months: int | None = Field(default=None, ge=1, le=1200)
    feedback: int = Field(ge=1, le=250)
    holds_from: date
    holds_until: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether sanctions may be initiated and approved by it on a day."""
        return self.holds_from <= on and (self.holds_until is None or on <= self.holds_until)

    def may_initiate(self, unit: str) -> bool:
        """Whether a unit is an initiator: the department itself, not its units in the towns."""
        return unit in self.initiators

    @model_validator(mode="after")
    def _measures_carried_out(self) -> Self:
        """Raises ValueError where a participant has a measure that the instrument does not draw,
        or where nobody carries one out that it does."""
        _once("participant", (one.unit for one in self.participants))
        taken = {code for one in self.participants for code in one.measures}
        if strangers := sorted(taken - set(self.measures)):
            raise ValueError(f"{self.id} does not draw {', '.join(strangers)}")
        if idle := sorted(set(self.measures) - taken):
            raise ValueError(f"{self.id}: nobody carries out {', '.join(idle)}")
        return self


class Instruments(Frozen):
    """A version of all instruments. `approve`, `receive` and `confirm` are working days: of the
    credit office from the initiation, of a participant from the push, and from the lifting."""

    version: _Version
    approve: int = Field(ge=1, le=250)
    receive: int = Field(ge=1, le=250)
    confirm: int = Field(ge=1, le=250)
    instruments: tuple[Instrument, ...] = Field(min_length=1)

    def instrument(self, id: str, on: date) -> Instrument | None:
        """The instrument of an id that holds on a day."""
        return next((one for one in self.instruments if one.id == id and one.in_force(on)), None)

    def of(self, id: str, version: int) -> Instrument | None:
        """A version of an instrument, whether or not it holds."""
        found = (one for one in self.instruments if (one.id, one.version) == (id, version))
        return next(found, None)

    def ground_anything(self, item: str, category: Category) -> bool:
        """Whether any instrument names records of this item or category."""
        return any(one.grounds.cover(item, category) for one in self.instruments)

    def limits(self, instrument: Instrument) -> tuple[Limit, ...]:
        """The limits of a sanction by `instrument` (A13)."""
        days = (
            ("approve", self.approve, "proposed"),
            ("receive", self.receive, "pushed"),
            ("feedback", instrument.feedback, "pushed"),
            ("confirm", self.confirm, "lifted"),
        )
        return tuple(
            Limit(stage=stage, n=n, unit=Days.WORKING, start=start) for stage, n, start in days
        )

    @model_validator(mode="after")
    def _one_in_force(self) -> Self:
        _once("instrument", (f"{one.id}/{one.version}" for one in self.instruments))
        for one in self.instruments:
            for other in self.instruments:
                if one.id == other.id and one.version < other.version and _overlap(one, other):
                    raise ValueError(f"two versions of {one.id} hold on the same day")
        return self


def measures_of(participant: Participant, listed: ConstraintList) -> tuple[MeasureTold, ...]:
    """What a participant has to do, in the words of the list; nothing that is not on it."""
    found = (listed.by_code[code] for code in participant.measures if code in listed.by_code)
    return tuple(
        MeasureTold(code=one.code, title=one.title, law=participant.law or one.law) for one in found
    )


def misfits(
    instruments: Instruments, listed: ConstraintList, directory: Directory
) -> tuple[str, ...]:
    """What instruments name that does not exist: measures that are not on the list, bodies that the
    directory does not know. One line each; none where all is well."""
    found: list[str] = []
    for one in instruments.instruments:
        strange = sorted(set(one.measures) - listed.by_code.keys())
        bodies = {*one.initiators, *(participant.unit for participant in one.participants)}
        unknown = sorted(unit for unit in bodies if "." in unit or not directory.knows(unit))
        found += [f"{one.id}: {code} is not on the constraint list" for code in strange]
        found += [f"{one.id}: {unit} is no department" for unit in unknown]
    return tuple(found)


def parse_constraints(text: str) -> ConstraintList:
    """The list of a TOML file (`infra/city/constraints.toml`).

    Raises ValueError: pydantic's `ValidationError`, whose locations name the fields, or
    `TOMLDecodeError`, which names the line.
    """
    return ConstraintList.model_validate(tomllib.loads(text))


def parse_instruments(text: str) -> Instruments:
    """The instruments of a TOML file (`infra/city/instruments.toml`); raises as
    `parse_constraints`. Whether list and directory know what they name, `misfits` tells."""
    return Instruments.model_validate(tomllib.loads(text))


def _overlap(one: Instrument, other: Instrument) -> bool:
    ends = (one.holds_until or date.max, other.holds_until or date.max)
    return max(one.holds_from, other.holds_from) <= min(ends)


def _once(what: str, names: Iterator[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name} stands there twice")
        seen.add(name)
