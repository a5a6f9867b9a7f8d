"""Records go onward in parcels; each destination sees the truth of the moment (C10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.credit.batches import Destination, Sharing
from functions.credit.changes import events_of
from functions.credit.domain import CreditRecord, Provenance
from functions.credit.parcels import (
    PAGE,
    Acknowledgement,
    SharedState,
    acknowledge,
    list_parcels,
    open_parcel,
    sharing_of,
)
from functions.credit.sharing import batch_parcel, follow_record, make_parcel
from functions.credit.store import DUE, OPEN, Store
from functions.credit.takedown import take_down, takedown_jobs
from functions.shared.authorization import Caller, Role
from functions.shared.errors import Invalid, NotFound
from functions.shared.events.credit import PARCEL_READY, Category, RecordState
from functions.shared.provisional import PROVISIONAL
from functions.shared.table import Record
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.fakes.table import FakeTable
from tests.unit.credit.bureau import (
    CREDIT,
    ENTITY,
    NOW,
    OFFICER,
    SOURCE,
    TODAY,
    Bureau,
    code_of,
    somebody,
)

NATION = somebody("nation", Destination.NATION, Role.DESTINATION)
PROVINCE = somebody("province", Destination.PROVINCE, Role.DESTINATION)
FOREIGN = somebody("other", "swsj", Role.DESTINATION)
BATCH = "b1.000000"


def shared(bureau: Bureau, *numbers: int, **more: Any) -> list[CreditRecord]:
    """Records of one batch, in their parcel."""
    records = [bureau.record(f"d{n}", **more) for n in numbers or (1,)]
    make_parcel(BATCH, records, bureau.desk)
    return records


def waiting(bureau: Bureau, caller: Caller = NATION) -> list[str]:
    unit = next(iter(caller.grants)).unit
    return [one.id for one in list_parcels(Destination(unit), "waiting", caller, bureau.desk)]


def states(bureau: Bureau, record: CreditRecord) -> dict[str, str]:
    told = sharing_of(record.id, ENTITY, bureau.desk)
    return {one.destination: one.state for one in told.destinations}


def test_c10_a_parcel_waits_for_three_systems_and_the_enterprises_page_has_it_at_once() -> None:
    told: list[str] = []

    def hear(old: Record | None, new: Record) -> None:
        told.extend(f"{e.type} {e.data['unit']}" for e in events_of(old, new) if "unit" in e.data)

    bureau = Bureau(table=FakeTable(OPEN, DUE, PROVISIONAL, on_write=hear))
    (record,) = shared(bureau)
    assert states(bureau, record) == {
        **dict.fromkeys(("creditnation", "creditprovince", "creditcity"), "waiting"),
        "page": "taken",
    }
    make_parcel(BATCH, [record], bureau.desk)
    ready = [f"{PARCEL_READY} {one}" for one in ("creditnation", "creditprovince", "creditcity")]
    assert [one for one in told if one.startswith(PARCEL_READY)] == ready
    assert waiting(bureau) == [BATCH]


def test_c10_only_what_the_public_may_see_of_enterprises_is_shared_onward() -> None:
    bureau = Bureau()
    hidden = bureau.record("h", public_from=None, public_until=None)
    school = bureau.record("s", code=code_of(7, "12"))
    person = bureau.record("p", code="P" + "A" * 26)
    assert make_parcel(BATCH, [hidden, school, person], bureau.desk) is None
    assert waiting(bureau) == []
    assert states(bureau, hidden) == {}
    with pytest.raises(NotFound):
        sharing_of(person.id, CREDIT, bureau.desk)


def test_c10_each_row_of_a_batch_knows_the_parcel_of_its_chunk() -> None:
    def parcel(row: int) -> str:
        return batch_parcel(Provenance(batch="b1", row=row, source=SOURCE, received_at=NOW))

    assert parcel(1) == parcel(500) != parcel(501) == parcel(1000)


def test_c10_a_destination_fetches_what_the_public_sees_and_nothing_else() -> None:
    bureau = Bureau()
    secret = {"XDR_MC": "东莞市晴禾食品有限公司", "NR": "先进单位", "FR_ZJHM": "x", "OLD": "y"}
    (record,) = shared(bureau, values=secret)
    (told,) = open_parcel(BATCH, "", NATION, bureau.desk).records
    assert (told.id, told.state, told.disputed) == (record.id, SharedState.LIVE, False)
    assert told.values == {"XDR_MC": "东莞市晴禾食品有限公司", "NR": "先进单位"}
    assert {one.destination for one in open_parcel(BATCH, "", NATION, bureau.desk).receipts} == {
        Destination.NATION
    }


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"state": RecordState.WITHDRAWN}, SharedState.WITHDRAWN),
        ({"state": RecordState.REPAIRED}, SharedState.REPAIRED),
        ({"public_until": TODAY - timedelta(days=1)}, SharedState.TAKEN_DOWN),
        ({"public_from": None, "public_until": None}, SharedState.TAKEN_DOWN),
    ],
)
def test_c10_who_fetches_late_gets_the_truth_without_the_content(
    change: dict[str, Any], state: SharedState
) -> None:
    bureau = Bureau()
    shared(bureau, values={"NR": "先进单位"})
    bureau.record("d1", values={"NR": "先进单位"}, retold=True, **change)
    (told,) = open_parcel(BATCH, "", NATION, bureau.desk).records
    assert (told.state, told.values, told.name) == (state, {}, "")


def test_c10_a_large_parcel_is_fetched_page_by_page() -> None:
    bureau = Bureau()
    records = shared(bureau, *range(2 * PAGE + 1))
    found, after = list[str](), ""
    while True:
        page = open_parcel(BATCH, after, NATION, bureau.desk)
        assert len(page.records) <= PAGE
        found += [one.id for one in page.records]
        if page.next is None:
            break
        after = page.next
    assert found == sorted(one.id for one in records)


def test_c10_a_receipt_sent_twice_counts_once_and_each_destination_has_its_own() -> None:
    bureau = Bureau()
    good, bad = shared(bureau, 1, 2)
    said = Acknowledgement(refused={bad.id: "代码不符"})
    acknowledge(BATCH, said, NATION, bureau.desk)
    first = bureau.store.receipts.get(f"{BATCH}/creditnation")
    acknowledge(BATCH, said, NATION, bureau.desk)
    again = bureau.store.receipts.get(f"{BATCH}/creditnation")
    assert first and again and first.record["version"] == again.record["version"]
    assert states(bureau, good)["creditnation"] == "taken"
    assert states(bureau, bad)["creditnation"] == "refused"
    assert states(bureau, bad)["creditprovince"] == "waiting"
    assert waiting(bureau) == [] and waiting(bureau, PROVINCE) == [BATCH]
    (line,) = list_parcels(Destination.NATION, "refused", CREDIT, bureau.desk)
    assert line.refused == {bad.id: "代码不符"}
    acknowledge(BATCH, Acknowledgement(), NATION, bureau.desk)
    assert states(bureau, bad)["creditnation"] == "taken"
    assert list_parcels(Destination.NATION, "refused", CREDIT, bureau.desk) == []


def test_c10_what_is_not_in_the_parcel_cannot_be_refused() -> None:
    bureau = Bureau()
    shared(bureau)
    with pytest.raises(Invalid):
        acknowledge(BATCH, Acknowledgement(refused={"x.y": "?"}), NATION, bureau.desk)


def test_d3_a_foreign_destination_and_whoever_is_none_find_nothing() -> None:
    bureau = Bureau()
    (record,) = shared(bureau)
    for caller in (FOREIGN, OFFICER, ENTITY):
        with pytest.raises(NotFound):
            open_parcel(BATCH, "", caller, bureau.desk)
        with pytest.raises(NotFound):
            acknowledge(BATCH, Acknowledgement(), caller, bureau.desk)
    with pytest.raises(NotFound):
        list_parcels(Destination.PROVINCE, "waiting", NATION, bureau.desk)
    with pytest.raises(NotFound):
        acknowledge(BATCH, Acknowledgement(destination=Destination.PROVINCE), NATION, bureau.desk)
    with pytest.raises(NotFound):
        sharing_of(record.id, somebody("e", code_of(9), Role.ENTITY), bureau.desk)
    assert sharing_of(record.id, OFFICER, bureau.desk).destinations


def test_c10_a_change_reaches_everyone_who_received_the_record_in_a_parcel_of_its_own() -> None:
    bureau = Bureau()
    (record,) = shared(bureau, public_until=TODAY)
    acknowledge(BATCH, Acknowledgement(), NATION, bureau.desk)
    bureau.later(days=1)
    for job in takedown_jobs(bureau.now):
        take_down(job, bureau.desk, lambda: True)
    for _ in range(2):
        follow_record(record.id, bureau.desk)
    own = f"{record.id}.2"
    assert waiting(bureau) == [own]
    (told,) = open_parcel(own, "", NATION, bureau.desk).records
    assert told.state is SharedState.TAKEN_DOWN
    assert {one.parcel for one in sharing_of(record.id, ENTITY, bureau.desk).destinations} == {own}


def test_c11_what_was_shared_and_became_hidden_is_told_too() -> None:
    bureau = Bureau()
    (record,) = shared(bureau)
    bureau.record("d1", public_from=None, public_until=None, retold=True)
    follow_record(record.id, bureau.desk)
    assert set(waiting(bureau)) == {BATCH, f"{record.id}.2"}


def test_c10_what_a_batch_replaced_is_told_by_that_batchs_parcel_alone() -> None:
    bureau = Bureau()
    (record,) = shared(bureau)
    newer = Provenance(batch="b2", row=1, source=SOURCE, received_at=bureau.now)
    bureau.record("d1", provenance=newer)
    follow_record(record.id, bureau.desk)
    assert waiting(bureau) == [BATCH]
    never = bureau.record("n", public_from=None, public_until=None, retold=True)
    follow_record(never.id, bureau.desk)
    follow_record("nobody.x", bureau.desk)
    assert waiting(bureau) == [BATCH]


def test_c10_a_crash_at_any_call_is_mended_by_the_repeat() -> None:
    nth, crashed = 1, True
    while crashed:
        bureau = Bureau()
        record = bureau.record("d1")
        table = Interrupted(bureau.table, nth, crash)
        dying = replace(bureau.desk, cabinet=Store(table))
        try:
            make_parcel(BATCH, [record], dying)
            crashed = False
        except Crash:
            make_parcel(BATCH, [record], bureau.desk)
        assert set(states(bureau, record)) == set(Destination)
        assert waiting(bureau) == [BATCH]
        nth += 1
    assert nth > 15


def test_c10_a_repeat_that_brings_more_lets_the_destination_fetch_again() -> None:
    bureau = Bureau()
    shared(bureau, 1)
    acknowledge(BATCH, Acknowledgement(), NATION, bureau.desk)
    shared(bureau, 1, 2)
    assert waiting(bureau) == [BATCH]
    assert len(open_parcel(BATCH, "", NATION, bureau.desk).records) == 2
    assert Sharing.WAITING in {
        one.state for one in open_parcel(BATCH, "", CREDIT, bureau.desk).receipts
    }


def test_c10_a_repeat_leaves_what_was_taken() -> None:
    bureau = Bureau()
    (record,) = shared(bureau)
    acknowledge(BATCH, Acknowledgement(), NATION, bureau.desk)
    make_parcel(BATCH, [record], bureau.desk)
    assert waiting(bureau) == [] and waiting(bureau, PROVINCE) == [BATCH]


def test_c10_what_never_went_onward_stays_here_though_its_source_changes_it() -> None:
    bureau = Bureau()
    hidden: dict[str, Any] = {"public_from": None, "public_until": None}
    record = bureau.record("light", item="penalty", category=Category.PENALTY, **hidden)
    bureau.record("light", item="penalty", category=Category.PENALTY, note="x", **hidden)
    follow_record(record.id, bureau.desk)
    assert waiting(bureau) == []


def test_c10_who_received_a_record_hears_that_its_source_hid_it_though_it_is_disputed_by_then() -> (
    None
):
    bureau = Bureau()
    (record,) = shared(bureau)
    newer = Provenance(batch="b2", row=1, source=SOURCE, received_at=bureau.now)
    given: dict[str, Any] = {"public_from": None, "public_until": None, "provenance": newer}
    bureau.record("d1", **given)
    bureau.record("d1", **given, disputes=("Y1",), retold=True)
    follow_record(record.id, bureau.desk)
    assert set(waiting(bureau)) == {BATCH, f"{record.id}.3"}
