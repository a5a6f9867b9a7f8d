"""Notices a row whose values stand in each other's columns, so that it is returned once, with the
two columns named, instead of with ten faults (C4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from functions.credit.catalogue import Entry, FieldRule, FieldType
from functions.credit.shapes import Shape, has_number, is_document, looser_shape_of
from functions.shared.errors import Fault

_SHAPES = {
    FieldType.CODE: Shape.CODE,
    FieldType.IDENTITY: Shape.IDENTITY,
    FieldType.DATE: Shape.DATE,
    FieldType.AMOUNT: Shape.AMOUNT,
    FieldType.DOCUMENT: Shape.DOCUMENT,
    FieldType.NAME: Shape.NAME,
}
_ANY_WORDS = (FieldType.TEXT, FieldType.NAME)
_LISTS = (FieldType.ENUM, FieldType.ENUMS)


def swapped(
    entry: Entry, cells: Mapping[str, str], wrong: Collection[str], row: int
) -> Fault | None:
    """`columns_swapped` for the first field among the `wrong` ones that plainly holds what another
    of them should hold; None where each is wrong in its own way.

    Both must be wrong: a value that fits its own column is never moved. Only words take anything:
    a document's number that stands among them is missed where its own column holds words.
    """
    rules = [entry.by_name[name] for name in entry.by_name if name in wrong]
    for rule in rules:
        value = cells.get(rule.name, "").strip()
        if value and (other := _owner(rule, value, rules, cells)) is not None:
            return _told(rule, other, row)
    for rule in rules:
        value = cells.get(rule.name, "").strip()
        words = rule.type is FieldType.DOCUMENT and value and not has_number(value)
        if words and (other := _strayed(entry, cells)) is not None:
            return _told(rule, other, row)
    return None


def _told(rule: FieldRule, other: FieldRule, row: int) -> Fault:
    params = {"column": rule.title, "other": other.title, "other_field": other.name}
    return Fault("columns_swapped", rule.name, row, params)


def _strayed(entry: Entry, cells: Mapping[str, str]) -> FieldRule | None:
    """The column of words that holds the number of a document."""
    words = (one for one in entry.fields if one.type in _ANY_WORDS)
    return next((one for one in words if is_document(cells.get(one.name, "").strip())), None)


def _owner(
    rule: FieldRule, value: str, rules: Iterable[FieldRule], cells: Mapping[str, str]
) -> FieldRule | None:
    """The column that the value of `rule` belongs to: first one whose own value belongs here."""
    owners = [other for other in rules if other is not rule and _is(other, value)]
    if _is(rule, value) or not owners:
        return None
    mutual = (one for one in owners if _is(rule, cells.get(one.name, "").strip()))
    return next(mutual, owners[0])


def _is(rule: FieldRule, value: str) -> bool:
    """Whether a value is plainly one of this column's."""
    if rule.type in _LISTS:
        return value in rule.values or (bool(value) and set(value.split(";")) <= {*rule.values})
    shape = _SHAPES.get(rule.type)
    return shape is not None and looser_shape_of(value) is shape
