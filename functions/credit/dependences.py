"""How one field of a row depends on another: each kind of check of the catalogue (C4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from functions.credit.amounts import amounts_after
from functions.credit.catalogue import CheckKind, CheckRule, Entry, FieldType
from functions.shared.codes import is_citizen_id
from functions.shared.errors import Fault

_SOLE_TRADER = "92"


@dataclass(slots=True)
class Found:
    """What the checks found in a row: faults and warnings, and amounts of zero that say nothing
    (`dropped`). `row` counts from 1."""

    row: int
    faults: list[Fault]
    warnings: list[Fault]
    dropped: list[str]

    def fault(self, code: str, rule: CheckRule, title: str) -> None:
        """The field is wrong; `title` is the column that says so."""
        self.faults.append(Fault(code, rule.field, self.row, {"by": title}))


Check = Callable[[Mapping[str, str], Found], None]  # values in one form, and identity numbers


def checks_of(entry: Entry) -> tuple[tuple[CheckRule, Check], ...]:
    """The checks of an entry, in their order."""
    return tuple((rule, _MAKERS[rule.kind](entry, rule)) for rule in entry.checks)


def _holds(entry: Entry, rule: CheckRule) -> Callable[[Mapping[str, str]], bool]:
    """Whether the field `by` holds one of the rule's values."""
    by, values = rule.by, frozenset(rule.values)
    if entry.by_name[by].type is FieldType.ENUMS:
        return lambda row: not values.isdisjoint(row.get(by, "").split(";"))
    return lambda row: row.get(by, "") in values


def _required_when(entry: Entry, rule: CheckRule) -> Check:
    holds, title = _holds(entry, rule), entry.by_name[rule.by].title

    def check(row: Mapping[str, str], found: Found) -> None:
        if not row.get(rule.field) and holds(row):
            found.fault("value_needed", rule, title)

    return check


def _absent_unless(entry: Entry, rule: CheckRule) -> Check:
    holds, title = _holds(entry, rule), entry.by_name[rule.by].title
    amount = entry.by_name[rule.field].type is FieldType.AMOUNT

    def check(row: Mapping[str, str], found: Found) -> None:
        value = row.get(rule.field)
        # Without `by`, which has a fault of its own, nothing can be said.
        if not value or not row.get(rule.by) or holds(row):
            return
        if amount and value == "0":  # how systems write "none"
            found.dropped.append(rule.field)
        else:
            found.fault("value_not_expected", rule, title)

    return check


def _not_before(entry: Entry, rule: CheckRule) -> Check:
    title = entry.by_name[rule.by].title

    def check(row: Mapping[str, str], found: Found) -> None:
        day, start = row.get(rule.field), row.get(rule.by)
        if day and start and day < start:
            found.fault("date_before", rule, title)

    return check


def _after(entry: Entry, rule: CheckRule) -> Check:
    title = entry.by_name[rule.by].title

    def check(row: Mapping[str, str], found: Found) -> None:
        day, start = row.get(rule.field), row.get(rule.by)
        if day and start and day <= start:
            found.fault("date_not_after", rule, title)

    return check


def _amount_in_text(entry: Entry, rule: CheckRule) -> Check:
    """Equal to one of the stated sums, or to all of them together. A text that states none proves
    nothing: that is said, and refuses nothing."""
    title = entry.by_name[rule.by].title

    def check(row: Mapping[str, str], found: Found) -> None:
        value = row.get(rule.field)
        text = row.get(rule.by)
        if not value or not text or (value == "0" and rule.field in found.dropped):
            return
        stated = amounts_after(text, rule.values)
        if not stated:
            found.warnings.append(Fault("amount_not_stated", rule.field, found.row, {"by": title}))
        elif Decimal(value) * rule.unit not in (*stated, sum(stated)):
            found.fault("amount_differs", rule, title)

    return check


def _code_fits_kind(entry: Entry, rule: CheckRule) -> Check:
    holds, title = _holds(entry, rule), entry.by_name[rule.by].title

    def check(row: Mapping[str, str], found: Found) -> None:
        code = row.get(rule.field)
        if code and row.get(rule.by) and code.startswith(_SOLE_TRADER) is not holds(row):
            found.fault("code_unlike_kind", rule, title)

    return check


def _citizen_id_when(entry: Entry, rule: CheckRule) -> Check:
    holds, title = _holds(entry, rule), entry.by_name[rule.by].title

    def check(row: Mapping[str, str], found: Found) -> None:
        number = row.get(rule.field)
        if number and holds(row) and not is_citizen_id(number):
            found.fault("identity_unlike_kind", rule, title)

    return check


_MAKERS: Mapping[CheckKind, Callable[[Entry, CheckRule], Check]] = {
    CheckKind.REQUIRED_WHEN: _required_when,
    CheckKind.ABSENT_UNLESS: _absent_unless,
    CheckKind.NOT_BEFORE: _not_before,
    CheckKind.AFTER: _after,
    CheckKind.AMOUNT_IN_TEXT: _amount_in_text,
    CheckKind.CODE_FITS_KIND: _code_fits_kind,
    CheckKind.CITIZEN_ID_WHEN: _citizen_id_when,
}
