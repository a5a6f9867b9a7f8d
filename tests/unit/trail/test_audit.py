"""An audit names the row that was changed, in whichever piece it shows (D1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from functions.shared.errors import Conflict
from functions.shared.table import Record
from functions.shared.trail import digest, seal
from functions.trail.audit import Chains, Link, Piece, check_piece, list_days
from functions.trail.domain import archive_key, packed, removal
from functions.trail.usecases import root_key, seal_day
from tests.fakes.objects import MemoryObjects

DAY = date(2026, 3, 2)
NEXT = DAY + timedelta(days=1)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def life(pk: str, versions: int) -> list[Record]:
    records: list[Record] = []
    for number in range(1, versions + 1):
        content = {"pk": pk, "sk": "T", "state": f"s{number}"}
        before = records[-1] if records else None
        records.append(seal(content, before=before, by=f"officer{number}", now=NOW))
    return records


def sealed(days: dict[date, list[list[Record]]]) -> tuple[MemoryObjects, MemoryObjects]:
    """An archive with an object for each list of a day, every day of it sealed."""
    archive, roots = MemoryObjects(), MemoryObjects()
    for day, objects in sorted(days.items()):
        for number, records in enumerate(objects):
            archive.write(archive_key("supervision", day, f"{number:042d}"), packed(records))
        seal_day(day, archive, roots)
    return archive, roots


def whole(days: Iterable[date], archive: MemoryObjects, roots: MemoryObjects) -> list[Piece]:
    pieces: list[Piece] = []
    for day in days:
        after: str | None = ""
        while after is not None:
            pieces.append(check_piece(day, archive, roots, after))
            after = pieces[-1].after
    return pieces


def joined(pieces: list[Piece]) -> Chains:
    chains = Chains()
    for piece in pieces:
        chains.add(piece.links)
    return chains


def named(pieces: list[Piece]) -> set[tuple[str, int | None, str]]:
    own = {(one.pk, one.version, one.fails) for piece in pieces for one in piece.row_faults}
    return own | {(one.pk, one.version, one.fails) for one in joined(pieces).faults()}


def test_d1_what_nobody_touched_shows_nothing_and_says_how_much_was_looked_at() -> None:
    a, b = life("T#a", 3), life("T#b", 2)
    archive, roots = sealed({DAY: [a[:2], b], NEXT: [a[2:]]})
    pieces = whole((DAY, NEXT), archive, roots)
    assert named(pieces) == set() and not any(piece.object_faults for piece in pieces)
    assert [(one.checked.objects, one.checked.records) for one in pieces] == [(2, 4), (1, 1)]
    assert joined(pieces).older == 0 and list_days(roots) == [DAY, NEXT]


def test_d1_a_batch_that_was_archived_twice_is_no_fault() -> None:
    a = life("T#a", 3)
    archive, roots = sealed({DAY: [a[:2], a[:1], a[1:]]})
    assert named(whole([DAY], archive, roots)) == set()


@pytest.mark.parametrize("same_day", [True, False])
def test_d1_a_row_that_was_changed_in_its_table_is_named(same_day: bool) -> None:
    """Its stream brings the changed row into the archive, whose earlier versions know better."""
    a = life("T#a", 2)
    changed = {**a[1], "state": "closed"}
    days = {DAY: [a, [changed]]} if same_day else {DAY: [a], NEXT: [[changed]]}
    assert ("T#a", 2, "hash") in named(whole(days, *sealed(days)))


def test_d1_a_row_that_was_changed_and_sealed_anew_shows_over_the_days() -> None:
    a = life("T#a", 2)
    forged = {**a[1], "state": "closed"}
    forged["hash"] = digest(forged)
    archive, roots = sealed({DAY: [a], NEXT: [[forged]]})
    assert named(whole([NEXT], archive, roots)) == set()
    assert named(whole([DAY, NEXT], archive, roots)) == {("T#a", 2, "version")}


def test_d1_a_version_that_does_not_follow_from_the_one_before_is_named_with_its_author() -> None:
    a, other = life("T#a", 3), life("T#a", 3)
    strange = {**other[2], "prev_hash": "x" * 32}
    strange["hash"] = digest(strange)
    archive, roots = sealed({DAY: [a[:2]], NEXT: [[strange]]})
    (fault,) = joined(whole([DAY, NEXT], archive, roots)).faults()
    assert (fault.table, fault.pk, fault.sk, fault.version, fault.by, fault.fails) == (
        "supervision",
        "T#a",
        "T",
        3,
        "officer3",
        "prev_hash",
    )


def test_d1_a_version_that_is_missing_between_shows() -> None:
    a = life("T#a", 3)
    archive, roots = sealed({DAY: [a[:1]], NEXT: [a[2:]]})
    assert named(whole([DAY, NEXT], archive, roots)) == {("T#a", 3, "version")}


def test_d1_a_chain_that_began_earlier_is_no_fault_but_counted() -> None:
    a = life("T#a", 3)
    archive, roots = sealed({DAY: [a[:1]], NEXT: [a[1:]]})
    pieces = whole([NEXT], archive, roots)
    assert (named(pieces), joined(pieces).older) == (set(), 1)


def test_d1_rows_without_a_seal_and_rows_that_were_removed_are_named() -> None:
    a = life("T#a", 1)
    foreign = {"pk": "T#x", "sk": "T", "state": "closed"}
    archive, roots = sealed({DAY: [[*a, removal(a[0]), foreign]]})
    assert named(whole([DAY], archive, roots)) == {("T#a", 1, "removed"), ("T#x", None, "unsealed")}


def test_d1_objects_that_were_changed_added_or_removed_since_the_sealing_are_named() -> None:
    a, b, c = life("T#a", 1), life("T#b", 1), life("T#c", 1)
    archive, roots = sealed({DAY: [a, b, c]})
    keys = list(archive)
    bodies = {key: archive.read(key) for key in keys[:2]}
    bodies[keys[0]] = packed([{**a[0], "state": "closed"}])
    bodies[keys[1]] = b"no archive"
    tampered = MemoryObjects({**bodies, archive_key("supervision", DAY, "9" * 42): packed(a)})
    (piece,) = whole([DAY], tampered, roots)
    assert {(one.key.rpartition("/")[2][:42], one.fails) for one in piece.object_faults} == {
        (f"{0:042d}", "changed"),
        (f"{1:042d}", "changed"),
        (f"{2:042d}.jsonl.gz"[:42], "removed"),
        ("9" * 42, "added"),
    }
    assert [(one.pk, one.fails) for one in piece.row_faults] == [("T#a", "hash")]


def test_d1_a_root_that_was_forged_or_holds_on_to_another_day_shows() -> None:
    archive, roots = sealed({DAY: [life("T#a", 1)], NEXT: [life("T#b", 1)]})
    again = MemoryObjects({key: roots.read(key) for key in roots if key != root_key(DAY)})
    other, _ = sealed({DAY: [life("T#z", 1)]})
    seal_day(DAY, other, again)
    (piece,) = whole([NEXT], archive, again)
    assert [(one.key, one.fails) for one in piece.object_faults] == [(root_key(NEXT), "root")]


def test_d1_a_large_day_is_read_in_pieces_that_miss_nothing() -> None:
    lives = [life(f"T#{number}", 2) for number in range(60)]
    objects = [[one[0]] for one in lives] + [[one[1]] for one in lives]
    lives[59][1]["state"] = "closed"
    archive, roots = sealed({DAY: objects})
    pieces = whole([DAY], archive, roots)
    assert [piece.checked.objects for piece in pieces] == [50, 50, 20]
    assert {piece.objects for piece in pieces} == {120}
    assert named(pieces) == {("T#59", 2, "hash")}


def test_d1_a_day_that_is_not_sealed_yet_is_said_to_be_so() -> None:
    with pytest.raises(Conflict) as refused:
        check_piece(DAY, MemoryObjects(), MemoryObjects())
    assert refused.value.faults[0].code == "day_not_sealed"


def test_a_link_that_is_told_twice_is_one() -> None:
    chains = Chains()
    link = Link(table="t", pk="p", sk="s", version=1, hash="h")
    chains.add([link, link])
    assert list(chains.faults()) == [] and chains.older == 0
