"""A sanction's life: initiated, approved, carried out, lifted, over (C13)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from functions.discipline import standing, sweeping, usecases
from functions.discipline.domain import Sanction, SanctionVerb, constraint_id
from functions.discipline.usecases import SanctionOrder, SanctionReason, SanctionRemark
from functions.shared.clocks import strikes
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.credit import Category, RecordState
from functions.shared.events.discipline import (
    CONSTRAINT_CHANGED,
    SANCTION_CHANGED,
    ConstraintState,
    SanctionState,
)
from tests.unit.discipline.chamber import (
    CODE,
    CREDIT,
    INITIATOR,
    OTHER,
    OVERSIGHT,
    TODAY,
    Chamber,
    somebody,
)

WHY = SanctionReason(note="已纠正")


@pytest.fixture
def chamber() -> Chamber:
    return Chamber()


def act(chamber: Chamber, sanction: Sanction, unit: str, verb: SanctionVerb) -> Sanction:
    id = constraint_id(sanction.id, unit)
    after, _ = usecases.answer(id, verb, "已落实", somebody(unit), chamber.desk)
    chamber.settle()
    return after


def sweep(chamber: Chamber) -> None:
    for shard in range(16):
        assert sweeping.lift_expired(shard, chamber.now, chamber.desk, lambda: True)
    chamber.settle()


def test_c13_an_initiator_proposes_and_nobody_has_to_do_anything_before_approval(
    chamber: Chamber,
) -> None:
    record = chamber.ground()
    sanction = chamber.proposed()
    assert (sanction.state, sanction.unit, sanction.parts) == (SanctionState.PROPOSED, "scjg", ())
    assert sanction.records == (record,)
    assert [clock.stage for clock in sanction.clocks] == ["approve"]
    assert {one.type for one in chamber.told} == {SANCTION_CHANGED}


def test_c13_approval_gives_each_participant_its_own_measures_with_their_law(
    chamber: Chamber,
) -> None:
    chamber.ground()
    sanction = chamber.active()
    assert sanction.state is SanctionState.ACTIVE
    assert sanction.until == date(2029, 4, 7)
    parts = {part.unit: [one.code for one in part.measures] for part in sanction.parts}
    assert parts["scjg"] == ["M05", "M07"]
    assert parts["zwfw"] == ["M08"]
    assert len(parts) == 7
    stages = {clock.stage for part in sanction.parts for clock in part.clocks}
    assert stages == {"receive", "feedback"}
    told = [one for one in chamber.told if one.type == CONSTRAINT_CHANGED]
    assert sorted(one.data["unit"] for one in told) == sorted(parts)


def test_c13_an_instrument_without_months_holds_until_it_is_lifted(chamber: Chamber) -> None:
    chamber.ground(item="court_defaulter", category=Category.DISHONEST)
    assert chamber.active("dishonest_debtors", somebody("sfj")).until is None


def test_c13_initiating_twice_is_one_sanction_and_other_words_are_told(chamber: Chamber) -> None:
    chamber.ground()
    first, second = chamber.proposed(), chamber.proposed()
    assert first == second
    with pytest.raises(Conflict, match="sanction_exists"):
        chamber.proposed(ground="另有原因")
    assert chamber.proposed(ground="另有原因", ref="2").id != first.id


def test_d5_a_code_in_full_width_or_small_letters_is_the_same_subject(chamber: Chamber) -> None:
    chamber.ground()
    first = chamber.proposed()
    wide = "".join(chr(ord(one) + 0xFEE0) for one in CODE)
    assert chamber.proposed(subject=wide) == chamber.proposed(subject=CODE.lower()) == first


def test_c13_a_key_person_is_named_by_its_key_as_it_is(chamber: Chamber) -> None:
    chamber.ground(code="Pa_b-c", item="court_defaulter", category=Category.DISHONEST)
    sanction = chamber.proposed("dishonest_debtors", somebody("sfj"), subject="Pa_b-c")
    assert sanction.records == ("Pa_b-c.d1",)


def test_c13_who_is_no_initiator_or_has_no_live_ground_proposes_nothing(chamber: Chamber) -> None:
    chamber.ground()
    with pytest.raises(Invalid, match="not_initiator"):
        chamber.proposed(by=somebody("czj"))
    with pytest.raises(Invalid, match="not_initiator"):
        chamber.proposed(by=somebody("scjg.441900106000"))
    with pytest.raises(Invalid, match="no_ground"):
        chamber.proposed(subject=OTHER)
    with pytest.raises(Invalid, match="no_ground"):
        chamber.proposed("tax_violations", somebody("swsj"))
    with pytest.raises(Invalid, match="instrument_unknown"):
        chamber.proposed("nothing")
    with pytest.raises(Invalid, match="ground_unfit"):
        chamber.proposed(records=(f"{CODE}.d9",))
    with pytest.raises(NotFound):
        order = SanctionOrder(unit="czj", instrument="serious_market", subject=CODE, ground="x")
        usecases.initiate(order, INITIATOR, chamber.desk)
    assert not chamber.told


def test_c13_a_record_that_no_longer_counts_grounds_nothing(chamber: Chamber) -> None:
    chamber.ground()
    chamber.ground(state=RecordState.REPAIRED, sequence=2)
    with pytest.raises(Invalid, match="no_ground"):
        chamber.proposed()


def test_c13_an_earlier_event_of_a_record_brings_back_no_ground(chamber: Chamber) -> None:
    chamber.ground(state=RecordState.WITHDRAWN, sequence=3)
    chamber.ground(sequence=2)
    with pytest.raises(Invalid, match="no_ground"):
        chamber.proposed()


def test_c13_records_that_no_instrument_names_are_not_kept(chamber: Chamber) -> None:
    chamber.ground(item="honour", category=Category.GOOD)
    assert list(chamber.table) == []


def test_c13_only_the_credit_office_approves_and_refuses_and_says_why(chamber: Chamber) -> None:
    chamber.ground()
    sanction = chamber.proposed()
    for caller in (INITIATOR, OVERSIGHT, somebody("czj")):
        with pytest.raises(NotFound):
            usecases.approve(sanction.id, SanctionRemark(), caller, chamber.desk)
        with pytest.raises(NotFound):
            usecases.refuse(sanction.id, WHY, caller, chamber.desk)
    refused = usecases.refuse(sanction.id, WHY, CREDIT, chamber.desk)
    assert (refused.state, refused.steps[-1].note) == (SanctionState.REFUSED, WHY.note)
    assert usecases.refuse(sanction.id, WHY, CREDIT, chamber.desk) == refused
    with pytest.raises(Conflict, match="sanction_step"):
        usecases.approve(sanction.id, SanctionRemark(), CREDIT, chamber.desk)
    with pytest.raises(Conflict, match="sanction_step"):
        usecases.lift(sanction.id, WHY, CREDIT, chamber.desk)


def test_c13_approving_twice_approves_once_even_after_the_end(chamber: Chamber) -> None:
    chamber.ground()
    sanction = chamber.active()
    assert usecases.approve(sanction.id, SanctionRemark(), CREDIT, chamber.desk) == sanction
    lifted = usecases.lift(sanction.id, WHY, CREDIT, chamber.desk)
    assert usecases.approve(sanction.id, SanctionRemark(), CREDIT, chamber.desk) == lifted


def test_c13_participants_receive_execute_and_feed_back_in_any_order_once(
    chamber: Chamber,
) -> None:
    chamber.ground()
    sanction = chamber.active()
    received = act(chamber, sanction, "czj", SanctionVerb.RECEIVE)
    part = received.part_of("czj")
    assert part and part.state is ConstraintState.RECEIVED
    assert [clock.stage for clock in part.clocks] == ["feedback"]
    executed = act(chamber, sanction, "czj", SanctionVerb.EXECUTE)
    part = executed.part_of("czj")
    assert part and (part.state, part.note, part.clocks) == (
        ConstraintState.EXECUTED,
        "已落实",
        (),
    )
    assert act(chamber, sanction, "czj", SanctionVerb.EXECUTE) == executed
    assert act(chamber, sanction, "czj", SanctionVerb.RECEIVE) == executed
    direct = act(chamber, sanction, "zrzy", SanctionVerb.EXECUTE).part_of("zrzy")
    assert direct and direct.state is ConstraintState.EXECUTED
    with pytest.raises(Conflict, match="constraint_step"):
        act(chamber, sanction, "czj", SanctionVerb.CONFIRM)


def test_c13_lifting_goes_to_each_participant_and_ends_when_all_have_confirmed(
    chamber: Chamber,
) -> None:
    chamber.ground()
    sanction = chamber.active()
    act(chamber, sanction, "czj", SanctionVerb.EXECUTE)
    chamber.told.clear()
    lifted = usecases.lift(sanction.id, WHY, INITIATOR, chamber.desk)
    assert lifted.state is SanctionState.LIFTING
    assert {part.state for part in lifted.parts} == {ConstraintState.LIFTED}
    assert {c.stage for part in lifted.parts for c in part.clocks} == {"confirm"}
    told = [one.data for one in chamber.told if one.type == CONSTRAINT_CHANGED]
    assert len(told) == 7 and not any(one["live"] for one in told)
    with pytest.raises(Conflict, match="constraint_step"):
        act(chamber, sanction, "zrzy", SanctionVerb.EXECUTE)
    for part in sanction.parts:
        after = act(chamber, sanction, part.unit, SanctionVerb.CONFIRM)
    assert after.state is SanctionState.ENDED
    assert act(chamber, sanction, "czj", SanctionVerb.CONFIRM) == after


def test_c13_who_neither_initiated_nor_approves_lifts_nothing(chamber: Chamber) -> None:
    chamber.ground()
    sanction = chamber.active()
    for caller in (somebody("czj"), somebody("wsjk"), OVERSIGHT):
        with pytest.raises(NotFound):
            usecases.lift(sanction.id, WHY, caller, chamber.desk)
    assert chamber.read(sanction.id).state is SanctionState.ACTIVE


def test_c13_what_was_not_approved_is_over_at_once_when_it_is_taken_back(chamber: Chamber) -> None:
    chamber.ground()
    sanction = chamber.proposed()
    ended = usecases.lift(sanction.id, WHY, INITIATOR, chamber.desk)
    assert (ended.state, ended.parts) == (SanctionState.ENDED, ())


def test_c13_a_sanction_holds_on_its_last_day_and_is_lifted_after_it(chamber: Chamber) -> None:
    chamber.ground()
    sanction = chamber.active()
    assert sanction.until
    chamber.now = strikes(sanction.until + timedelta(days=1)) - timedelta(seconds=1)
    sweep(chamber)
    assert chamber.read(sanction.id) == sanction
    chamber.later(seconds=1)
    sweep(chamber)
    lifted = chamber.read(sanction.id)
    assert (lifted.state, lifted.steps[-1].verb) == (SanctionState.LIFTING, SanctionVerb.EXPIRE)
    sweep(chamber)
    assert chamber.read(sanction.id) == lifted


def test_c13_when_the_last_ground_falls_away_the_sanction_is_lifted_at_once(
    chamber: Chamber,
) -> None:
    chamber.ground("d1")
    chamber.ground("d2")
    sanction = chamber.active()
    chamber.ground("d1", state=RecordState.WITHDRAWN, sequence=2)
    assert chamber.read(sanction.id).state is SanctionState.ACTIVE
    chamber.ground("d2", state=RecordState.REPAIRED, sequence=2)
    lifted = chamber.read(sanction.id)
    assert (lifted.state, lifted.steps[-1].verb) == (SanctionState.LIFTING, SanctionVerb.FALL)


def test_c13_a_proposal_whose_ground_falls_away_is_over_and_cannot_be_approved(
    chamber: Chamber,
) -> None:
    chamber.follows = False
    chamber.ground()
    sanction = chamber.proposed()
    chamber.ground(state=RecordState.WITHDRAWN, sequence=2)  # before the subject's list knows it
    with pytest.raises(Conflict, match="no_ground"):
        usecases.approve(sanction.id, SanctionRemark(), CREDIT, chamber.desk)
    chamber.follow()
    assert chamber.read(sanction.id).state is SanctionState.ENDED


def test_c13_a_ground_that_falls_away_while_the_sanction_is_not_yet_listed_lifts_it_too(
    chamber: Chamber,
) -> None:
    chamber.ground()
    chamber.follows = False
    sanction = chamber.active()
    chamber.ground(state=RecordState.WITHDRAWN, sequence=2)
    assert chamber.read(sanction.id).state is SanctionState.ACTIVE
    chamber.follow()
    assert chamber.read(sanction.id).state is SanctionState.LIFTING


def test_c13_a_crash_between_the_ground_and_the_lifting_is_mended_by_the_repeat(
    chamber: Chamber,
) -> None:
    chamber.ground()
    sanction = chamber.active()
    told = chamber.record(state=RecordState.WITHDRAWN, sequence=2)
    ground = chamber.store.grounds.get(told.subject)
    assert ground
    dead = ground.value.model_copy(update={"live": False, "sequence": 2})
    chamber.store.grounds.save(dead, before=ground, by="test", now=chamber.now)
    assert chamber.read(sanction.id).state is SanctionState.ACTIVE
    standing.take_record(told, chamber.desk)
    assert chamber.read(sanction.id).state is SanctionState.LIFTING


def test_c13_instruments_that_ended_approve_nothing(chamber: Chamber) -> None:
    chamber.ground()
    text = chamber.config.read("instruments.toml").decode()
    text = text.replace(
        "holds_from = 2015-09-01", "holds_from = 2015-09-01\nholds_until = 2026-04-07"
    )
    chamber.config.write("instruments.toml", text.encode())
    sanction = chamber.proposed()
    chamber.later(days=1)
    with pytest.raises(Conflict, match="instrument_over"):
        usecases.approve(sanction.id, SanctionRemark(), CREDIT, chamber.desk)


def test_c13_a_sanction_goes_by_the_instruments_version_under_which_it_was_proposed(
    chamber: Chamber,
) -> None:
    chamber.ground()
    sanction = chamber.proposed()
    text = chamber.config.read("instruments.toml").decode()
    text = text.replace('version = "2026.1"', 'version = "2026.2"')
    text = text.replace("months = 36", "months = 1")
    chamber.books.instruments.publish(text, TODAY, note="", by="credit", now=chamber.now)
    approved = usecases.approve(sanction.id, SanctionRemark(), CREDIT, chamber.desk)
    assert approved.until == date(2029, 4, 7)


def test_a13_the_limits_run_in_working_days_of_whoever_has_to_act(chamber: Chamber) -> None:
    chamber.ground()
    sanction = chamber.proposed()
    assert [clock.due for clock in sanction.clocks] == [date(2026, 4, 14)]
    sanction = usecases.approve(sanction.id, SanctionRemark(), CREDIT, chamber.desk)
    assert sanction.clocks == ()
    part = sanction.part_of("czj")
    assert part
    assert {c.stage: c.due for c in part.clocks} == {
        "receive": date(2026, 4, 9),
        "feedback": date(2026, 4, 28),
    }
