"""The archive and its daily roots: nothing is missed, and what is tampered with shows (D1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from functions.shared.stream import removals
from functions.shared.table import Record
from functions.shared.trail import seal
from functions.trail.domain import archive_key, packed, removal
from functions.trail.usecases import check_day, check_histories, root_key, seal_day, seal_until
from tests.fakes.objects import MemoryObjects

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def _record() -> Record:
    return seal({"pk": "T#1", "sk": "T", "state": "pushed"}, before=None, by="system", now=NOW)


def _archive(days: int) -> MemoryObjects:
    archive = MemoryObjects()
    for back in range(days):
        key = archive_key("supervision", DAY - timedelta(days=back), f"{back:042d}")
        archive.write(key, packed([_record()]))
    return archive


def test_d1_a_record_that_somebody_removed_shows() -> None:
    record = _record()
    image = {
        "pk": {"S": "T#1"},
        "sk": {"S": "T"},
        "version": {"N": "1"},
    }
    event = {
        "Records": [
            {"dynamodb": {"NewImage": image}},
            {"dynamodb": {"OldImage": image, "NewImage": image}},
            {"dynamodb": {"OldImage": image}},
        ]
    }
    gone = [removal(one) for one in removals(event)]
    archive = MemoryObjects({archive_key("supervision", DAY, "1"): packed([record, *gone])})
    assert [(one.pk, one.version, one.fails) for one in check_histories([DAY], archive)] == [
        ("T#1", 1, "removed")
    ]


def test_d1_nights_that_were_missed_are_sealed_by_the_next_one_in_an_unbroken_chain() -> None:
    archive, roots = _archive(6), MemoryObjects()
    first = seal_day(DAY - timedelta(days=4), archive, roots)
    made = seal_until(DAY, archive, roots)
    assert [root.day for root in made] == [DAY - timedelta(days=back) for back in (3, 2, 1, 0)]
    before = [first.root, *(root.root for root in made[:-1])]
    assert [root.before for root in made] == before
    assert seal_until(DAY, archive, roots) == made[-1:]


def test_d1_the_first_night_seals_what_is_there_and_invents_no_days() -> None:
    archive, roots = _archive(2), MemoryObjects()
    made = seal_until(DAY, archive, roots)
    assert [root.day for root in made] == [DAY - timedelta(days=1), DAY]


def test_d1_a_root_that_does_not_follow_from_what_it_lists_shows() -> None:
    archive, roots = _archive(1), MemoryObjects()
    root = seal_day(DAY, archive, roots)
    assert check_day(DAY, archive, roots) == []
    forged = root.model_copy(update={"before": "0" * 64})
    roots.write(root_key(DAY), forged.model_dump_json().encode())
    assert check_day(DAY, archive, roots) == [root_key(DAY)]
