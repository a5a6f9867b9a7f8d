"""Checks one row by its entry of the catalogue: cleanses it, and finds everything that is wrong
(C4). Pure, and fast enough that a batch costs its writes, not its checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from functions.credit.batches import Checked, Claim
from functions.credit.catalogue import Entry, FieldRule, FieldType, Shown
from functions.credit.cleansing import (
    IDENTITY,
    SAYS_NOTHING,
    UNDECODED,
    WIDE,
    Change,
    Changes,
    narrowed,
    tidied,
    without_identities,
)
from functions.credit.dependences import Check, Found, checks_of
from functions.credit.domain import Correction
from functions.credit.readers import reader_of
from functions.credit.reading import Read, Reading, faulty
from functions.credit.swaps import swapped
from functions.shared.errors import Fault

NATURAL_PERSON = "自然人"
_MOST_KEPT = 100  # characters of a corrected text that the trace keeps
_LONGEST_RAW = 500  # of a value whose form is read, before it is
_FOLDED = (FieldType.TEXT, FieldType.NAME)
# Types whose readers know themselves what an identity number is among their values.
_OWN_LOOK = (FieldType.IDENTITY, FieldType.CODE, FieldType.DOCUMENT)


@dataclass(frozen=True, slots=True)
class _Column:
    """A field as it is checked: `read` is None for free text; longer than `most` is not read."""

    name: str
    rule: FieldRule
    read: Read | None
    most: int
    required: bool
    identity: bool

    @staticmethod
    def of(rule: FieldRule) -> _Column:
        read = reader_of(rule)
        most = rule.longest if read is None else max(_LONGEST_RAW, rule.longest)
        identity = rule.type is FieldType.IDENTITY
        return _Column(rule.name, rule, read, most, rule.required, identity)


@dataclass(frozen=True, slots=True)
class _Plan:
    """An entry, compiled."""

    entry: Entry
    columns: tuple[_Column, ...]
    checks: tuple[tuple[str, str, Check], ...]  # field, by, check
    places: Mapping[str, int]


class _Same:
    """An entry by its identity: a changed catalogue may hold another of the same id and version,
    and comparing thirty fields for every row would cost more than checking it."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def __hash__(self) -> int:
        return id(self.entry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.entry is self.entry


def check_row(entry: Entry, cells: Mapping[str, str], row: int, today: date) -> Checked:
    """A row as it may go on, with the trace of what was corrected, and all its faults.

    `cells` are texts by the layout's names (a missing one is empty, a strange one is not read);
    `row` counts from 1; `today` is Shanghai's. Dates become YYYY-MM-DD, amounts plain decimals in
    the column's unit, enumerations the catalogue's own words. Never raises.
    """
    plan = _plan_of(_Same(entry))
    checked = _Row(row, plan)
    suspicious = _suspicious(cells.values())
    for column in plan.columns:
        text = cells.get(column.name)
        if not text:
            if column.required:
                checked.lacks(column)
        elif suspicious or text in SAYS_NOTHING or len(text) > column.most:
            checked.cleanse(column, text, today)
        elif column.read is None:
            checked.values[column.name] = text
        else:
            checked.keep(column, column.read(text, today))
    checked.depend()
    return checked.result(cells)


def shown(entry: Entry, record_values: Mapping[str, str], to: Shown) -> dict[str, str]:
    """The values that the public, or officials, may see, in the layout's order. What is shown to
    nobody, and identity numbers, are in neither."""
    seen = {Shown.PUBLIC} if to is Shown.PUBLIC else {Shown.PUBLIC, Shown.OFFICIALS}
    return {
        rule.name: record_values[rule.name]
        for rule in entry.fields
        if rule.name in record_values
        and rule.shown in seen
        and rule.type is not FieldType.IDENTITY
        and to is not Shown.NEVER
    }


@lru_cache(64)
def _plan_of(same: _Same) -> _Plan:
    entry = same.entry
    columns = tuple(_Column.of(one) for one in entry.fields)
    checks = tuple((rule.field, rule.by, check) for rule, check in checks_of(entry))
    return _Plan(entry, columns, checks, {one.name: n for n, one in enumerate(entry.fields)})


def _suspicious(texts: Iterable[str]) -> bool:
    """A cheap look at the whole row: the cells are looked at closely only where it finds something
    to tidy. Finding too much costs time, finding too little would let dirt pass."""
    text = f"|{'|'.join(texts)}|"
    return (
        not text.isprintable()
        or "| " in text
        or " |" in text
        or WIDE.search(text) is not None
        or IDENTITY.search(text) is not None
    )


class _Row:
    """A row that is being checked."""

    __slots__ = ("bad", "corrections", "found", "identities", "plan", "values")

    def __init__(self, row: int, plan: _Plan) -> None:
        self.plan = plan
        self.found = Found(row, [], [], [])
        self.values: dict[str, str] = {}
        self.identities: dict[str, str] = {}
        self.corrections: list[Correction] = []
        self.bad: set[str] = set()

    def cleanse(self, column: _Column, text: str, today: date) -> None:
        """Read a cell that is not as it should be."""
        changes: Changes = []
        cleansed = _cleansed(column, text, changes)
        if isinstance(cleansed, Reading):
            self._refuse(column, cleansed)
        elif cleansed in SAYS_NOTHING and cleansed not in column.rule.values:
            self._nothing(column, cleansed)
        elif len(cleansed) > column.most:
            self._refuse(column, _too_long(column, cleansed))
        elif column.read is None:
            self.keep(column, Reading(cleansed), changes)
        else:
            self.keep(column, column.read(cleansed, today), changes)

    def lacks(self, column: _Column) -> None:
        """A required cell is empty."""
        self._refuse(column, faulty("value_missing"))

    def depend(self) -> None:
        """Check how the fields depend on each other, where they could be read."""
        all_values = {**self.values, **self.identities} if self.identities else self.values
        for field, by, check in self.plan.checks:
            if field not in self.bad and by not in self.bad:
                check(all_values, self.found)
        for field in self.found.dropped:
            if before := self.values.pop(field, ""):
                self.corrections.append(Correction(field=field, rule="zero", before=before))

    def result(self, cells: Mapping[str, str]) -> Checked:
        """The row as it was checked."""
        found = self.found
        if not self.values and not self.identities and not any(map(str.strip, cells.values())):
            found.faults[:] = [Fault("row_empty", "", found.row)]
        elif found.faults and (swap := self._swap(cells)):
            found.faults[:] = [swap]
        places = self.plan.places
        found.faults.sort(key=lambda fault: places.get(fault.field, -1))
        return Checked(
            row=found.row,
            values=self.values,
            identities=self.identities,
            corrections=tuple(self.corrections),
            faults=tuple(found.faults),
            warnings=tuple(found.warnings),
            claim=self._claim(),
        )

    def keep(self, column: _Column, reading: Reading, changes: Iterable[Change] = ()) -> None:
        """Take what was read, and the trace of it."""
        name, value = column.name, reading.value
        if reading.fault:
            return self._refuse(column, reading)
        if len(value) > column.rule.longest:
            return self._refuse(column, _too_long(column, value))
        for warning in reading.warnings:
            self.found.warnings.append(Fault(warning, name, self.found.row))
        changes = (*changes, *reading.changes)
        if column.identity:
            self.identities[name] = value
            changes = [(rule, "", "") for rule, _, _ in changes]
        else:
            self.values[name] = value
        if changes:
            self._trace(name, changes)

    def _trace(self, name: str, changes: Iterable[Change]) -> None:
        """Keep what was changed: one rule at work in several steps is one correction."""
        steps: dict[str, tuple[str, str]] = {}
        for rule, before, after in changes:
            steps[rule] = (steps[rule][0] if rule in steps else before, after)
        for rule, (before, after) in steps.items():
            self.corrections.append(
                Correction(field=name, rule=rule, before=_clipped(before), after=_clipped(after))
            )

    def _nothing(self, column: _Column, text: str) -> None:
        """A cell that says that there is nothing to say (无, N/A)."""
        if column.required:
            return self.lacks(column)
        self._trace(column.name, [("nothing", text, "")] if text else [])

    def _refuse(self, column: _Column, reading: Reading) -> None:
        self.bad.add(column.name)
        fault = Fault(reading.fault, column.name, self.found.row, dict(reading.params))
        self.found.faults.append(fault)

    def _swap(self, cells: Mapping[str, str]) -> Fault | None:
        wrong = {*self.bad, *(fault.field for fault in self.found.faults)}
        return swapped(self.plan.entry, cells, wrong, self.found.row)

    def _claim(self) -> Claim:
        roles = self.plan.entry.roles
        code = self.values.get(roles.code) or self.values.get(roles.registration, "")
        identity = self.identities.get(roles.person, "")
        kind = self.values.get(roles.kind)
        person = kind == NATURAL_PERSON if kind else bool(identity) and not code
        name = self.values.get(roles.name, "")
        return Claim(name=name, code=code, person=person, identity=identity if person else "")


def _cleansed(column: _Column, text: str, changes: Changes) -> str | Reading:
    """The text in one form, or a fault where no value may be taken from it."""
    if UNDECODED.search(text):
        return faulty("text_undecodable")
    text = tidied(text, changes)
    if column.rule.type in _FOLDED:
        text = narrowed(text, changes)
    if column.rule.type in _OWN_LOOK:
        return text
    hidden = without_identities(text)
    if hidden == text:
        return text
    if column.rule.type is not FieldType.TEXT:
        return faulty("identity_misplaced")
    changes[:] = [("identity_in_text", "", "")]
    return hidden


def _too_long(column: _Column, text: str) -> Reading:
    return faulty("field_too_long", most=column.rule.longest, found=len(text))


def _clipped(text: str) -> str:
    return text if len(text) <= _MOST_KEPT else f"{text[: _MOST_KEPT - 1]}…"
