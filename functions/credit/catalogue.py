"""The catalogue: what may be collected, from whom, how it is checked, for how long it is public.

Everything that reads a row goes by an entry; a new item is data (C1). What is not in the catalogue
never enters the raw store (C3).
"""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from functions.shared.calendar import Unit
from functions.shared.events.credit import Category, SubjectKind

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ANY_SOURCE = "*"


class Frozen(BaseModel):
    """A value. What is wrong with one is said without what was given: it may be somebody's number,
    and errors are logged."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FieldType(StrEnum):
    """What a field's text must be, and how it is cleansed."""

    TEXT = "text"
    NAME = "name"  # of a person or an organisation
    CODE = "code"  # USCC, GB 32100-2015
    REGISTRATION = "registration"  # 15 or 13 digits
    ORGANISATION = "organisation"  # GB 11714
    IDENTITY = "identity"  # an identity number: kept encrypted, shown to nobody
    DATE = "date"
    AMOUNT = "amount"  # a decimal number, in the unit that the title says
    NUMBER = "number"  # a whole number
    DOCUMENT = "document"  # the number of a document, in one style of brackets
    ENUM = "enum"
    ENUMS = "enums"  # several of an enumeration, joined by `;`


class Shown(StrEnum):
    """Who may see a field."""

    PUBLIC = "public"
    OFFICIALS = "officials"
    NEVER = "never"


class FieldRule(Frozen):
    """One column: its name in the layout, its Chinese title (also as a heading), other headings.

    `longest` counts characters. `values` are those of an enumeration; `other`: also `其他-…`;
    `synonyms` are other ways to write some of them, corrected to these.
    `digits` and `places` bound an amount as N(digits,places) does.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,29}$")]
    title: _Name
    headings: tuple[str, ...] = ()
    type: FieldType = FieldType.TEXT
    longest: int = Field(default=200, ge=1, le=10_000)
    required: bool = False
    values: tuple[str, ...] = ()
    other: bool = False
    synonyms: dict[str, str] = Field(default_factory=dict)
    digits: int = Field(default=18, ge=1, le=18)
    places: int = Field(default=6, ge=0, le=6)
    future: bool = False  # a date may lie after today
    shown: Shown = Shown.PUBLIC


class CheckKind(StrEnum):
    """How one field depends on another."""

    REQUIRED_WHEN = "required_when"  # `field` is needed where `by` holds one of `values`
    ABSENT_UNLESS = "absent_unless"  # `field` must be empty unless `by` holds one of `values`
    NOT_BEFORE = "not_before"  # the day `field` is not before the day `by`
    AFTER = "after"  # the day `field` is after the day `by`
    AMOUNT_IN_TEXT = "amount_in_text"  # the amount equals the one that the text `by` states
    CODE_FITS_KIND = "code_fits_kind"  # 92… codes are sole traders, 91… are not
    CITIZEN_ID_WHEN = "citizen_id_when"  # `field` is by GB 11643 where `by` holds one of `values`


class CheckRule(Frozen):
    """One dependence between fields. For `amount_in_text`, `values` are the words before the
    amount (罚款), and `unit` is how many yuan one unit of `field` is."""

    kind: CheckKind
    field: str
    by: str
    values: tuple[str, ...] = ()
    unit: int = 1


class Roles(Frozen):
    """Which fields say who the subject is, and what the record's marks are ("": none does)."""

    name: str
    code: str = ""
    registration: str = ""  # a code in an old form
    kind: str = ""  # whether it is a person
    person: str = ""  # the subject's identity number, where it is a person
    document: str = ""
    decided: str = ""
    valid_until: str = ""
    public_until: str = ""
    organ: str = ""  # the code of the organ that decided
    organ_name: str = ""
    source: str = ""  # the code of the source
    content: str = ""
    amount: str = ""
    sorts: str = ""  # kinds of penalty, of list …


class Public(Frozen):
    """Whether records are shown, and how long: for `months` from the decision, until `field`, by
    the `periods` of the rules on publicity (C7), or for good."""

    months: int | None = Field(default=None, ge=1, le=1200)
    until: str = ""  # a field that holds a day
    periods: str = ""  # an id in the book of periods


class Due(Frozen):
    """Within how many days of the day of decision a row must be handed in (C1)."""

    n: int = Field(ge=1, le=3660)
    unit: Unit = Unit.WORKING


class Cycle(StrEnum):
    """How often a source produces rows of an item."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Habit(Frozen):
    """When a batch is far from what its source usually sends (C6): more than `times` the usual
    rows, or a share of returned rows more than `errors` above the usual one. Before there are
    `known` batches, a share of returned rows above `first` is far."""

    times: float = Field(default=10, gt=1)
    errors: float = Field(default=0.3, gt=0, le=1)
    first: float = Field(default=0.5, gt=0, le=1)
    known: int = Field(default=3, ge=1)
    few: int = Field(default=50, ge=0)  # smaller batches are never far


class Entry(Frozen):
    """One item of the catalogue, by which rows are checked. `key` names the fields whose values,
    with the subject, make a row the same record; entries of one `group` share these keys.

    A document is about one subject, unless it is `shared`: a list of the honoured, a case with
    several debtors. Rows of an entry that `yields` stand in for those of others of its group: they
    never replace one, whichever came first.
    """

    id: _Id
    version: int = Field(ge=1)
    title: _Name
    category: Category
    sources: tuple[str, ...]  # units, or `*`
    subjects: tuple[SubjectKind, ...]
    holds_from: date
    holds_until: date | None = None
    cycle: Cycle
    due: Due | None = None
    public: Public | None = None  # None: never
    severity: str = ""  # of the publicity period, where no rule finds another
    group: str = ""
    shared: bool = False
    yields: bool = False
    key: tuple[str, ...]
    roles: Roles
    habit: Habit = Habit()
    fields: tuple[FieldRule, ...]
    checks: tuple[CheckRule, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, FieldRule]:
        """The fields by their names."""
        return {one.name: one for one in self.fields}

    @property
    def one_subject(self) -> bool:
        """Whether no two subjects may have a record of one key: where it names a document."""
        return self.roles.document in self.key and not self.shared

    def in_force(self, on: date) -> bool:
        """Whether the entry holds on a day."""
        return self.holds_from <= on and (self.holds_until is None or on <= self.holds_until)

    def takes_from(self, unit: str) -> bool:
        """Whether a department may hand in rows of it."""
        return ANY_SOURCE in self.sources or unit in self.sources

    @model_validator(mode="after")
    def _names_known(self) -> Self:
        """Raises ValueError where a role, a key or a check names a field that is not there, where
        two fields have one name, or a synonym means no value."""
        if len(self.by_name) != len(self.fields):
            raise ValueError("two fields of one name")
        for one in self.fields:
            if strange := sorted({*one.synonyms.values()} - {*one.values}):
                raise ValueError(f"{one.name} has no value {', '.join(strange)}")
        roles = [one for one in self.roles.model_dump().values() if one]
        until = [self.public.until] if self.public and self.public.until else []
        named = {*roles, *self.key, *until, *(x for c in self.checks for x in (c.field, c.by))}
        if strangers := sorted(named - {one.name for one in self.fields}):
            raise ValueError(f"no such field: {', '.join(strangers)}")
        return self


class Source(Frozen):
    """A department that hands in rows: its unit, its name and its own unified code."""

    unit: str
    name: str
    code: str


class Catalogue(Frozen):
    """A version of the catalogue."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    sources: tuple[Source, ...]
    entries: tuple[Entry, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        """Raises ValueError where a source is named twice, or two entries of an item hold on one
        day: which of them checks a row must not hang on their order."""
        if len({one.unit for one in self.sources}) != len(self.sources):
            raise ValueError("a source is named twice")
        held: dict[str, date] = {}
        for one in sorted(self.entries, key=lambda one: (one.id, one.holds_from)):
            if one.id in held and one.holds_from <= held[one.id]:
                raise ValueError(f"two entries of {one.id} hold on {one.holds_from}")
            held[one.id] = one.holds_until or date.max
        return self

    def entry(self, id: str, on: date) -> Entry | None:
        """The entry that holds on a day."""
        return next((one for one in self.entries if one.id == id and one.in_force(on)), None)

    def source(self, unit: str) -> Source | None:
        """The source whose unit it is."""
        return next((one for one in self.sources if one.unit == unit), None)


def parse_catalogue(text: str) -> Catalogue:
    """The catalogue of a TOML file (`infra/city/catalogue.toml`): `[layouts.<name>]` are fields
    and checks that several entries share by `layout = [...]`, in that order before their own.

    Raises ValueError: pydantic's `ValidationError`, whose locations name the fields,
    `TOMLDecodeError`, which names the line, or one that names the strange layout.
    """
    given = tomllib.loads(text)
    layouts = given.pop("layouts", {})
    for entry in given.get("entries", ()):
        names = entry.pop("layout", ())
        if strange := sorted({*names} - {*layouts}):
            raise ValueError(f"no such layout: {', '.join(strange)}")
        used = [layouts[name] for name in names]
        for part in ("fields", "checks"):
            shared = [one for layout in used for one in layout.get(part, ())]
            entry[part] = [*shared, *entry.get(part, ())]
    return Catalogue.model_validate(given)
