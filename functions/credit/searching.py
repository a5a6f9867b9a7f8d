"""One search over all subjects that may be found: by code, by name, by a name's beginning (C8).

Key persons are in no index of names and no code is theirs, so nothing here can find one.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, Field

from functions.credit.desk import Desk
from functions.credit.domain import Named, Subject, kind_of
from functions.credit.names import beginning_of, key_of, normalised
from functions.shared.calendar import shanghai_day
from functions.shared.codes import clean_code
from functions.shared.errors import Invalid
from functions.shared.events.credit import SubjectKind

LEAST = 2  # characters of a name's beginning, besides its region
MOST = 50  # subjects that one search finds
PER_PAGE = 10
_LONGEST_CODE = 18


class SubjectFound(BaseModel):
    """A subject that was found; `formerly` is the name by which, where it bears another now.
    `registered`: the registry knows it. `cancelled`: it trades no more."""

    code: str
    name: str
    kind: SubjectKind
    formerly: str | None = None
    registered: bool
    cancelled: bool


class SubjectsFound(BaseModel):
    """A page of what was found, whole names before beginnings; `next` is the page after it. At most
    50 subjects are found: who needs another gives more of its name."""

    subjects: list[SubjectFound] = Field(default_factory=list)
    next: int | None = None


def search(text: str, page: int, desk: Desk) -> SubjectsFound:
    """The subjects with a code or name, or whose name begins so; pages count from 1.

    Raises Invalid for a beginning of fewer than two characters, or a region alone, that is
    nobody's whole name.
    """
    names = _by_code(text, desk) or _by_name(text, desk)
    last = page * PER_PAGE
    chosen = names[last - PER_PAGE : last]
    subjects = desk.cabinet.subjects.get_many({one.code for one in chosen})
    found = [_found(one, subjects[one.code].value) for one in chosen if one.code in subjects]
    return SubjectsFound(
        subjects=[one for one in found if one.registered or is_public(one.code, desk)],
        next=page + 1 if last < len(names) else None,
    )


def is_public(code: str, desk: Desk) -> bool:
    """Whether a record of a subject is shown today. Of whom the registry knows nothing, there is
    nothing to be found without one: that it stands here would tell of a record that is not shown.
    """
    today = shanghai_day(desk.now)
    return any(record.shown_on(today) for record in desk.cabinet.list_records(code))


def _by_code(text: str, desk: Desk) -> list[Named]:
    code = clean_code(text)
    kind = kind_of(code)
    if kind is SubjectKind.PERSON or len(code) > _LONGEST_CODE:
        return []
    found = desk.cabinet.subjects.get(code)
    return [Named(key="", whole="", name=found.value.name, code=code, kind=kind)] if found else []


def _by_name(text: str, desk: Desk) -> list[Named]:
    exact = desk.cabinet.list_names(beginning_of(text, desk.regions), MOST)
    key = key_of(text, desk.regions)
    if len(key) < LEAST or desk.regions.are_all(key):
        if not exact:
            raise Invalid.of("query_short", "q", least=LEAST)
        return _once(exact)
    return _once([*exact, *desk.cabinet.list_names(key, MOST)])


def _once(names: Iterable[Named]) -> list[Named]:
    """Every subject once, by its first name among these, at most 50."""
    first: dict[str, Named] = {}
    for one in names:
        if one.code not in first or first[one.code].former:
            first[one.code] = one
    return list(first.values())[:MOST]


def _found(name: Named, subject: Subject) -> SubjectFound:
    same = normalised(name.name) == normalised(subject.name)
    return SubjectFound(
        code=subject.code,
        name=subject.name,
        kind=subject.kind,
        formerly=None if same else name.name,
        registered=subject.edition > 0,
        cancelled=subject.cancelled,
    )
