"""What must become of a row of credit, and how a row is spoilt while that is being said.

It is said as the layouts and the domain demand it, not as any code answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from random import Random
from typing import Any, NamedTuple

from infra.city.credit_samples import Cells, Company, Layout

ACCEPTED, DUPLICATE, RETURNED, HELD = "accepted", "duplicate", "returned", "held"


class Mended(StrEnum):
    """By which rule a value is brought into its one form, or what is noted beside a row."""

    SPACES = "spaces"
    CODE = "code_form"  # width, capitals
    SERIAL = "date_serial"
    DATE = "date_style"
    BRACKETS = "brackets"
    JOINER = "joiner"
    AMOUNT = "amount_form"
    FORMER_NAME = "former_name"
    NOT_REGISTERED = "not_registered"


NOTES = frozenset({Mended.NOT_REGISTERED})  # change nothing in the row


class Wrong(StrEnum):
    """Why a row is returned."""

    MISSING = "value_missing"
    NEEDED = "value_needed"  # because of what another field says
    NOT_EXPECTED = "value_not_expected"
    TOO_LONG = "field_too_long"
    NOT_LISTED = "value_not_listed"
    CHECK_DIGIT = "code_check_digit"
    IDENTITY = "code_citizen_id"
    KIND = "code_unlike_kind"
    NAME_OF_OTHER = "name_of_other"
    NAME_OF_NOBODY = "name_not_of_code"
    PERSON = "identity_check_digit"
    FUTURE = "date_future"
    BEFORE = "date_before"
    NOT_AFTER = "date_not_after"
    AMOUNT = "amount_differs"
    SWAPPED = "columns_swapped"
    TAKEN = "document_taken"
    CONTRADICTS = "row_contradicts"
    BYTES = "text_undecodable"


@dataclass(frozen=True, slots=True)
class Truth:
    """What must become of a row (numbered from 1).

    `faults` are (field, why) of a returned row; `mended` (field, rule) of an accepted one; `of` the
    earlier row that it repeats or contradicts, or whose document it claims; `late` whether it comes
    after its limit. `subject` is a code, or a person's number.
    """

    row: int
    kind: str
    taken: str = ACCEPTED
    subject: str = ""
    faults: frozenset[tuple[str, Wrong]] = frozenset()
    mended: frozenset[tuple[str, Mended]] = frozenset()
    of: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A row and the truth about it, while it is being spoilt."""

    cells: Cells
    truth: Truth

    def put(self, **cells: str) -> Draft:
        """With other cells."""
        return replace(self, cells=self.cells | cells)

    def about(self, company: Company) -> Draft:
        """About another company, whosever it was."""
        cells = {"XDR_MC": company.name, "XDR_LB": company.kind, "XDR_SHXYM": company.code}
        cells |= {"FRDB": self.cells["FRDB"] or "陈晴禾", "XDR_ZJLX": "", "XDR_ZJHM": ""}
        return self.put(**cells).told(subject=company.code)

    def mended(self, rule: Mended, *fields: str) -> Draft:
        """To be accepted, these fields corrected by a rule."""
        return self.told(mended=self.truth.mended | {(one, rule) for one in fields})

    def returned(self, why: Wrong, *fields: str) -> Draft:
        """To be returned with a fault in each field."""
        faults = self.truth.faults | {(one, why) for one in fields}
        return self.told(taken=RETURNED, faults=faults, mended=frozenset())

    def told(self, **truth: Any) -> Draft:
        """With other words about it."""
        return replace(self, truth=replace(self.truth, **truth))


@dataclass
class Mess:
    """What rows are spoilt with: chance, other companies, and accepted rows that nobody used.

    `renamed` are those companies that have a former name; `strangers` are in no registry.
    """

    chance: Random
    layout: Layout
    today: date
    companies: list[Company]
    renamed: list[Company]
    strangers: list[Company]
    earlier: list[Draft] = field(default_factory=list)
    turn: int = 0

    def other(self, than: str) -> Company:
        """A registered company with another code."""
        while (one := self.chance.choice(self.companies)).code == than:
            continue
        return one

    def take_earlier(self) -> Draft:
        """An accepted row, which nobody else will use."""
        return self.earlier.pop(self.chance.randrange(len(self.earlier)))

    def next_of(self, fields: tuple[str, ...]) -> str:
        """One after the other, so that each gets its share."""
        self.turn += 1
        return fields[self.turn % len(fields)]


class Dirt(NamedTuple):
    """A way to spoil a row. `after`: it needs an accepted row before it; `raw`: only a file of
    bytes can hold it; `renamed`: it needs a company that has a former name."""

    name: str
    spoil: Callable[[Draft, Mess], Draft]
    layouts: tuple[Layout, ...] = tuple(Layout)
    after: bool = False
    raw: bool = False
    renamed: bool = False
