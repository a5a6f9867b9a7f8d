"""Whom records are about, as the registry tells it: names, town, whether it still trades (C4)."""

from __future__ import annotations

from collections.abc import Iterator

from functions.credit.desk import SYSTEM, Desk
from functions.credit.domain import MOST_FORMER, Named, Subject, kind_of
from functions.credit.names import named
from functions.credit.store import name_id
from functions.shared.events.credit import SubjectKind
from functions.shared.events.registry import Happening, Registration

_PLACE = frozenset({"name", "province", "city", "address"})  # what of a registration shows here


def take_registration(told: Registration, desk: Desk) -> None:
    """Keep a subject and the index of its names as the registry tells it.

    The newest edition decides, and a late one still tells a former name, so any order ends in the
    same state. An edition that changes nothing here costs no write; one that says that it changed
    what stands here is kept though it reads the same, for what lay between may come late. The
    index follows the subject that is stored, and every repeat sees to it, so that a death between
    the two writes is mended by the message's own repeat.
    """
    shelf = desk.cabinet.subjects
    shelf.change(told.code, lambda old: _taken(told, old), by=SYSTEM, now=desk.now)
    _index(told.code, desk)


def ensure_subject(code: str, name: str, kind: SubjectKind, desk: Desk) -> None:
    """Keep a subject of whom the registry has told nothing, by the name that its first record
    gives; of a person nothing but the key, and nothing is found by a person's name (C8).

    The index comes first: who finds the subject may take it that its name is found too, and an
    entry whose subject a death kept from being written leads nowhere.
    """
    if desk.cabinet.subjects.get(code):
        return
    bears = "" if kind is SubjectKind.PERSON else name
    new = Subject(code=code, kind=kind, name=bears, claimed=bears, changed_at=desk.now)
    if bears:
        _write(named(bears, code, kind, desk.regions), desk)
    desk.cabinet.subjects.change(code, lambda old: old or new, by=SYSTEM, now=desk.now)


def _taken(told: Registration, old: Subject | None) -> Subject:
    """The subject after a registration."""
    if old is None or told.edition > old.edition:
        new = _newest(told, old)
        return old if old and _says_nothing_new(told, old, new) else new
    if told.name == old.name or told.name in old.former:
        return old
    return old.model_copy(update={"former": _some({*old.former, told.name})})


def _newest(told: Registration, old: Subject | None) -> Subject:
    known = {*old.former, old.name} if old and old.edition else set()
    return Subject(
        code=told.code,
        kind=kind_of(told.code),
        name=told.name,
        former=_some(known - {told.name}),
        claimed=old.claimed if old else "",
        edition=told.edition,
        town=told.town,
        cancelled=told.happening is Happening.CANCELLATION,
        changed_at=told.received_at,
    )


def _says_nothing_new(told: Registration, old: Subject, new: Subject) -> bool:
    if told.happening is not Happening.CHANGE or not _PLACE.isdisjoint(told.changed):
        return False
    same = {"edition": old.edition, "changed_at": old.changed_at}
    return new.model_copy(update=same) == old


def _some(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names))[:MOST_FORMER]


def _index(code: str, desk: Desk) -> None:
    """Bring the index in line with the stored subject; again where that changed meanwhile, since
    who is late would otherwise leave the flags of an older name."""
    while stored := desk.cabinet.subjects.get(code):
        if not _write_names(stored.value, desk):
            return
        now = desk.cabinet.subjects.get(code)
        if now and now.record["version"] == stored.record["version"]:
            return


def _write_names(subject: Subject, desk: Desk) -> bool:
    """Write the entries that differ; whether there were any."""
    wanted = {name_id(one): one for one in _entries(subject, desk)}
    found = desk.cabinet.names.get_many(wanted)
    differ = [one for id, one in wanted.items() if id not in found or found[id].value != one]
    for one in differ:
        _write(one, desk)
    return bool(differ)


def _write(entry: Named, desk: Desk) -> None:
    desk.cabinet.names.change(name_id(entry), lambda old: entry, by=SYSTEM, now=desk.now)


def _entries(subject: Subject, desk: Desk) -> Iterator[Named]:
    """The entries that a subject has in the index; two spellings of one name are one, the present
    one's."""
    present = named(subject.name, subject.code, subject.kind, desk.regions)
    for name in (subject.claimed, *subject.former):
        entry = named(name, subject.code, subject.kind, desk.regions)
        if entry.whole and entry.whole != present.whole:
            yield entry.model_copy(update={"former": True})
    if present.whole:
        yield present
