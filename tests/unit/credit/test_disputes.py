"""Objections and repairs: annotated at once, decided in time, seen by whom they concern (C11)."""

from __future__ import annotations

from datetime import date

import pytest

from functions.credit.disputes import (
    Answer,
    Said,
    answer,
    ask_source,
    close,
    decide,
    list_disputes,
    read_dispute,
    recount,
)
from functions.credit.disputing import DisputeVerb
from functions.credit.filing import file_dispute
from functions.credit.outcomes import bring_in_line
from functions.credit.sharing import follow_record
from functions.shared.authorization import Caller, Role
from functions.shared.errors import NotFound
from functions.shared.events.credit import DisputeState, RecordState
from functions.shared.provisional import SHARDS, Portion
from tests.unit.credit.bureau import (
    CODE,
    CREDIT,
    ENTITY,
    LEAD,
    NOW,
    OFFICER,
    OTHER,
    OVERSIGHT,
    STRANGER,
    SYSTEM,
    TODAY,
    Bureau,
    somebody,
)
from tests.unit.credit.disputed import (
    NOTE,
    OBJECTION,
    REFUSE,
    REPAIR,
    STANDS,
    UPHOLD,
    WRONG,
    code_raised,
    filed,
    now_of,
    penalty,
)


def test_c11_a_record_is_annotated_at_once_and_the_credit_office_must_act() -> None:
    bureau = Bureau()
    record = bureau.record()
    dispute = filed(bureau, record)
    assert now_of(bureau, record).disputes == (dispute.id,)
    assert (dispute.state, dispute.unit, dispute.rules) == (
        DisputeState.FILED,
        "credit",
        "2026.1",
    )
    (clock,) = dispute.clocks
    assert (clock.stage, clock.due, clock.remind) == (
        "assess",
        date(2026, 4, 14),
        date(2026, 4, 8),
    )
    assert list_disputes("credit", CREDIT, bureau.desk) == [dispute]


def test_c11_an_objection_goes_to_the_source_and_back_and_its_outcome_is_the_records() -> None:
    bureau = Bureau()
    record = bureau.record()
    id = filed(bureau, record).id
    asked = ask_source(id, NOTE, CREDIT, bureau.desk)
    assert (asked.unit, [(one.stage, one.due) for one in asked.clocks]) == (
        "scjg",
        [("answer", date(2026, 4, 16))],
    )
    assert [one.id for one in list_disputes("scjg", LEAD, bureau.desk)] == [id]
    answered = answer(id, WRONG, LEAD, bureau.desk)
    assert (answered.unit, answered.clocks[0].stage) == ("credit", "decide")
    assert answered.steps[-1].stands is False
    done = decide(id, UPHOLD, CREDIT, bureau.desk)
    assert (done.state, done.unit, done.clocks) == (DisputeState.UPHELD, "", ())
    after = now_of(bureau, record)
    assert (after.state, after.disputes, after.note, after.retold) == (
        RecordState.WITHDRAWN,
        (),
        id,
        True,
    )


def test_c11_a_refused_dispute_leaves_the_record_as_it_was_but_for_the_annotation() -> None:
    bureau = Bureau()
    record = bureau.record()
    id = filed(bureau, record).id
    assert decide(id, REFUSE, CREDIT, bureau.desk).state is DisputeState.REFUSED
    after = now_of(bureau, record)
    assert after.model_copy(update={"retold": False}) == record.model_copy(
        update={"changed_at": after.changed_at}
    )


def test_c11_a_repair_that_is_upheld_repairs_the_record() -> None:
    bureau = Bureau()
    record = penalty(bureau)
    dispute = filed(bureau, record, REPAIR)
    assert [(one.stage, one.due, one.remind) for one in dispute.clocks] == [
        ("close", date(2026, 4, 21), date(2026, 4, 10))
    ]
    ask_source(dispute.id, NOTE, CREDIT, bureau.desk)
    both = answer(dispute.id, STANDS, somebody("x", "yjgl", Role.OFFICER), bureau.desk)
    assert [one.stage for one in both.clocks] == ["close"]
    decide(dispute.id, UPHOLD, CREDIT, bureau.desk)
    after = now_of(bureau, record)
    assert (after.state, after.disputes) == (RecordState.REPAIRED, ())
    assert not after.shown_on(TODAY)


def test_c11_steps_that_do_not_follow_are_refused_and_repeats_change_nothing() -> None:
    bureau = Bureau()
    record = bureau.record()
    id = filed(bureau, record).id
    desk = bureau.desk
    asked = ask_source(id, NOTE, CREDIT, desk)
    assert ask_source(id, NOTE, CREDIT, desk) == asked
    assert code_raised(lambda: ask_source(id, Said(note="再问"), CREDIT, desk)) == "dispute_step"
    assert code_raised(lambda: answer(id, Answer(note="x"), LEAD, desk)) == "value_missing"
    answered = answer(id, STANDS, LEAD, desk)
    assert answer(id, STANDS, LEAD, desk) == answered
    again = ask_source(id, NOTE, CREDIT, desk)
    assert again.state is DisputeState.ASKED, "the same words a second time are another question"
    answer(id, STANDS, LEAD, desk)
    done = decide(id, REFUSE, CREDIT, desk)
    assert decide(id, REFUSE, CREDIT, desk) == done
    assert code_raised(lambda: decide(id, UPHOLD, CREDIT, desk)) == "dispute_over"
    assert code_raised(lambda: close(id, NOTE, ENTITY, desk)) == "dispute_over"


def test_c11_the_source_has_its_time_and_may_take_more_once() -> None:
    bureau = Bureau()
    id = filed(bureau, bureau.record()).id
    ask_source(id, NOTE, CREDIT, bureau.desk)
    assert code_raised(lambda: decide(id, REFUSE, CREDIT, bureau.desk)) == "source_has_time"
    more = Answer(note="调取档案", more_time=True)
    longer = answer(id, more, LEAD, bureau.desk)
    assert (longer.state, longer.clocks[0].due) == (DisputeState.ASKED, date(2026, 4, 21))
    assert answer(id, more, LEAD, bureau.desk) == longer
    twice = Answer(note="仍需时间", more_time=True)
    assert code_raised(lambda: answer(id, twice, LEAD, bureau.desk)) == "dispute_extended"
    bureau.later(days=14)
    assert code_raised(lambda: decide(id, REFUSE, CREDIT, bureau.desk)) == "source_has_time"
    bureau.later(days=1)
    assert decide(id, REFUSE, CREDIT, bureau.desk).state is DisputeState.REFUSED


def test_d3_whose_it_is_not_finds_nothing() -> None:
    bureau = Bureau()
    record = bureau.record()
    id = filed(bureau, record).id
    strangers = (STRANGER, somebody("e", OTHER, Role.ENTITY), SYSTEM, LEAD)
    for caller in strangers:
        with pytest.raises(NotFound):
            read_dispute(id, caller, bureau.desk)
        with pytest.raises(NotFound):
            answer(id, STANDS, caller, bureau.desk)
        with pytest.raises(NotFound):
            decide(id, UPHOLD, caller, bureau.desk)
        with pytest.raises(NotFound):
            close(id, NOTE, caller, bureau.desk)
        with pytest.raises(NotFound):
            file_dispute(record.id, OBJECTION, caller, bureau.desk)
        with pytest.raises(NotFound):
            list_disputes(CODE, caller, bureau.desk)
    ask_source(id, NOTE, CREDIT, bureau.desk)
    for caller in (ENTITY, LEAD, OFFICER, CREDIT, OVERSIGHT):
        assert read_dispute(id, caller, bureau.desk).id == id


def test_c11_an_entity_lists_its_own_open_and_decided_disputes() -> None:
    bureau = Bureau()
    open_one = filed(bureau, bureau.record("a"))
    over = filed(bureau, bureau.record("b"))
    close(over.id, Said(note="撤回"), ENTITY, bureau.desk)
    other = bureau.record("c", code=OTHER)
    file_dispute(other.id, OBJECTION, CREDIT, bureau.desk)
    found = list_disputes(CODE, ENTITY, bureau.desk)
    assert [one.id for one in found] == [open_one.id, over.id]


def test_c11_two_disputes_about_one_record_each_end_and_the_second_falls_away() -> None:
    bureau = Bureau()
    record = penalty(bureau)
    first, second = filed(bureau, record), filed(bureau, record, REPAIR)
    assert now_of(bureau, record).disputes == (first.id, second.id)
    decide(first.id, UPHOLD, CREDIT, bureau.desk)
    assert now_of(bureau, record).disputes == (second.id,)
    for _ in range(2):
        follow_record(record.id, bureau.desk)
    fallen = read_dispute(second.id, CREDIT, bureau.desk)
    assert (fallen.state, fallen.unit, fallen.steps[-1].note) == (
        DisputeState.CLOSED,
        "",
        "record_fell_away",
    )
    after = now_of(bureau, record)
    assert (after.state, after.disputes) == (RecordState.WITHDRAWN, ())
    assert code_raised(lambda: decide(second.id, UPHOLD, CREDIT, bureau.desk)) == "dispute_over"


def test_c11_a_record_that_fell_away_cannot_be_decided_even_before_that_is_followed() -> None:
    bureau = Bureau()
    record = bureau.record()
    dispute = filed(bureau, record)
    bureau.record(state=RecordState.WITHDRAWN, disputes=(dispute.id,))
    assert code_raised(lambda: decide(dispute.id, UPHOLD, CREDIT, bureau.desk)) == "dispute_over"
    assert now_of(bureau, record).disputes == ()


def test_c11_a_late_event_of_a_dispute_touches_nothing_that_came_afterwards() -> None:
    """The source hands the row in anew after it was withdrawn: it counts, whatever comes late."""
    bureau = Bureau()
    record = bureau.record()
    id = filed(bureau, record).id
    decide(id, UPHOLD, CREDIT, bureau.desk)
    anew = bureau.record(values={"NR": "更正后"})
    for _ in range(2):
        bring_in_line(id, bureau.desk)
    assert now_of(bureau, record) == anew


def test_c11_a_dispute_is_decided_by_the_book_that_held_when_it_was_filed() -> None:
    bureau = Bureau()
    id = filed(bureau, bureau.record()).id
    text = bureau.config.read("repair.toml").decode()
    longer = text.replace('version = "2026.1"', 'version = "2"').replace("n = 7\n", "n = 2\n")
    bureau.books.repair.publish(longer, TODAY, note="", by="credit", now=NOW)  # type: ignore[attr-defined]
    asked = ask_source(id, NOTE, CREDIT, bureau.desk)
    assert asked.clocks[0].due == date(2026, 4, 16)
    fresh = filed(bureau, bureau.record("new"))
    assert fresh.rules == "2"
    asked = ask_source(fresh.id, NOTE, CREDIT, bureau.desk)
    assert asked.clocks[0].due == date(2026, 4, 9)


def test_a14_provisional_limits_are_counted_again_and_nothing_else() -> None:
    bureau = Bureau()
    bureau.now = bureau.now.replace(year=2027, month=3)  # no calendar of that year is published
    dispute = filed(bureau, bureau.record())
    assert dispute.clocks[0].provisional
    off = dispute.clocks[0].model_copy(update={"due": date(2027, 5, 1)})
    bureau.store.disputes.change(
        dispute.id,
        lambda old: old and old.model_copy(update={"clocks": (off,)}),
        by="test",
        now=bureau.now,
    )
    for _ in range(2):
        for shard in SHARDS:
            left = recount(Portion(shard=shard), bureau.store, bureau.desk, lambda: True)
            assert left is None
    after = read_dispute(dispute.id, CREDIT, bureau.desk)
    assert after.clocks == dispute.clocks
    assert [one.verb for one in after.steps] == [DisputeVerb.FILE, DisputeVerb.RECOUNT]


def test_c8_a_dispute_about_a_person_tells_no_name() -> None:
    bureau = Bureau()
    person = bureau.record(code="P" + "A" * 26, name="张三")
    caller: Caller = CREDIT
    assert file_dispute(person.id, OBJECTION, caller, bureau.desk).name == ""
