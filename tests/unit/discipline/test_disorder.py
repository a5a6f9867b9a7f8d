"""Crashes, repeats, two at once, and what time does: always the same end (C13, A14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.discipline import counter, standing, sweeping, usecases
from functions.discipline.changes import events_of
from functions.discipline.domain import Sanction, SanctionVerb, constraint_id
from functions.discipline.usecases import SanctionReason, SanctionRemark
from functions.shared.authorization import Role
from functions.shared.calendar import parse_calendar
from functions.shared.clocks import strikes
from functions.shared.errors import Conflict, Invalid
from functions.shared.events.credit import RecordState
from functions.shared.events.discipline import (
    CONSTRAINT_CHANGED,
    SANCTION_CHANGED,
    ConstraintState,
    SanctionState,
)
from functions.shared.provisional import SHARDS, Portion
from functions.shared.table import Table
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.discipline.chamber import CODE, CREDIT, INITIATOR, Chamber, somebody
from tests.unit.supervision.nextyear import calendar_text

WHY = SanctionReason(note="已纠正")
FALLS = {"state": RecordState.WITHDRAWN, "sequence": 2}


def measures(chamber: Chamber, unit: str) -> list[str]:
    told = counter.check(CODE, "", somebody(unit, Role.OFFICER), chamber.desk)
    return [one.code for one in told.measures]


def unlisted() -> tuple[Chamber, Sanction]:
    """A sanction that was approved, and of which nobody has heard."""
    chamber = Chamber(follows=False)
    chamber.ground()
    return chamber, chamber.active()


def lifted_unheard() -> tuple[Chamber, Sanction]:
    """One that stood at the counters, and of whose lifting nobody has heard."""
    chamber = Chamber()
    chamber.ground()
    sanction = chamber.active()
    chamber.follows = False
    return chamber, usecases.lift(sanction.id, WHY, INITIATOR, chamber.desk)


def points(of: Callable[[Table], object], chamber: Chamber) -> int:
    """How many points a step has, told by doing it."""
    table = Interrupted(chamber.table, 0, crash)
    of(table)
    return table.points


@pytest.mark.parametrize("begun", [unlisted, lifted_unheard])
def test_c13_a_crash_at_any_call_of_the_projection_is_mended_by_the_repeat(
    begun: Callable[[], tuple[Chamber, Sanction]],
) -> None:
    whole, sanction = begun()
    number = points(lambda t: standing.take_sanction(sanction.id, whole.desk_over(t)), whole)
    assert number >= 8
    for nth in range(1, number + 1):
        chamber, sanction = begun()
        with pytest.raises(Crash):
            table = Interrupted(chamber.table, nth, crash)
            standing.take_sanction(sanction.id, chamber.desk_over(table))
        standing.take_sanction(sanction.id, chamber.desk)
        assert contents(chamber) == contents(whole), nth


def contents(chamber: Chamber) -> dict[tuple[str, str], object]:
    """What the table holds, without who wrote when and after what."""
    seal = {"version", "by", "at", "hash", "prev_hash"}
    return {
        (one["pk"], one["sk"]): {name: one[name] for name in one if name not in seal}
        for one in chamber.table
    }


def test_c13_whoever_writes_in_between_what_is_over_comes_back_to_no_counter() -> None:
    """At each point of showing an approved sanction it is lifted, and that is shown at once."""
    whole, sanction = unlisted()
    number = points(lambda t: standing.take_sanction(sanction.id, whole.desk_over(t)), whole)
    for nth in range(1, number + 1):
        chamber, sanction = unlisted()

        def lift(chamber: Chamber = chamber, id: str = sanction.id) -> None:
            usecases.lift(id, WHY, INITIATOR, chamber.desk)
            standing.take_sanction(id, chamber.desk)

        table = Interrupted(chamber.table, nth, lift)
        standing.take_sanction(sanction.id, chamber.desk_over(table))
        assert measures(chamber, "zwfw") == [], nth
        duties, _ = chamber.store.list_duties("zwfw", limit=9)
        assert [one.told.state for one in duties] == [ConstraintState.LIFTED], nth


def test_c13_a_ground_that_falls_at_any_moment_of_the_projection_lifts_the_sanction() -> None:
    whole, sanction = unlisted()
    number = points(lambda t: standing.take_sanction(sanction.id, whole.desk_over(t)), whole)
    for nth in range(1, number + 1):
        chamber, sanction = unlisted()
        falls = chamber.record(**FALLS)  # type: ignore[arg-type]

        def fall(chamber: Chamber = chamber, falls: object = falls) -> None:
            standing.take_record(falls, chamber.desk)  # type: ignore[arg-type]

        table = Interrupted(chamber.table, nth, fall)
        standing.take_sanction(sanction.id, chamber.desk_over(table))
        assert chamber.read(sanction.id).state is SanctionState.LIFTING, nth
        chamber.follow()
        assert measures(chamber, "zwfw") == [], nth


def test_c13_a_crash_while_a_ground_falls_is_mended_by_the_repeat() -> None:
    def begun() -> tuple[Chamber, Sanction]:
        chamber = Chamber()
        chamber.ground()
        return chamber, chamber.active()

    whole, _ = begun()
    told = whole.record(**FALLS)  # type: ignore[arg-type]
    number = points(lambda t: standing.take_record(told, whole.desk_over(t)), whole)
    for nth in range(1, number + 1):
        chamber, sanction = begun()
        with pytest.raises(Crash):
            table = Interrupted(chamber.table, nth, crash)
            standing.take_record(told, chamber.desk_over(table))
        standing.take_record(told, chamber.desk)
        assert chamber.read(sanction.id).state is SanctionState.LIFTING, nth


def test_c13_two_participants_at_once_both_count() -> None:
    chamber = Chamber()
    chamber.ground()
    sanction = chamber.active()
    one, other = (constraint_id(sanction.id, unit) for unit in ("czj", "zrzy"))

    def meanwhile() -> None:
        usecases.answer(other, SanctionVerb.EXECUTE, "已落实", somebody("zrzy"), chamber.desk)

    table = Interrupted(chamber.table, 2, meanwhile)
    usecases.answer(one, SanctionVerb.EXECUTE, "已落实", somebody("czj"), chamber.desk_over(table))
    states = {part.unit: part.state for part in chamber.read(sanction.id).parts}
    assert states["czj"] is states["zrzy"] is ConstraintState.EXECUTED
    assert set(states.values()) == {ConstraintState.EXECUTED, ConstraintState.PUSHED}


def test_c13_a_step_of_one_participant_is_told_to_nobody_else() -> None:
    chamber = Chamber()
    chamber.ground()
    sanction = chamber.active()
    chamber.told.clear()
    id = constraint_id(sanction.id, "czj")
    usecases.answer(id, SanctionVerb.RECEIVE, "", somebody("czj"), chamber.desk)
    told = [(one.type, one.data["unit"]) for one in chamber.told]
    assert told == [(SANCTION_CHANGED, "scjg"), (CONSTRAINT_CHANGED, "czj")]


def test_c13_what_is_told_again_by_redrive_tells_all_participants() -> None:
    chamber = Chamber()
    chamber.ground()
    sanction = chamber.active()
    stored = chamber.store.sanctions.get(sanction.id)
    assert stored
    told = list(events_of(None, stored.record))
    assert len(told) == 1 + len(sanction.parts)
    assert [list(events_of(None, one)) for one in chamber.table if one["sk"] != "J"] == [
        [] for one in chamber.table if one["sk"] != "J"
    ]


def test_c13_a_sweep_that_dies_or_runs_twice_lifts_each_once() -> None:
    def begun() -> tuple[Chamber, list[Sanction]]:
        chamber = Chamber()
        chamber.ground()
        made = [chamber.active(ref=str(number)) for number in range(5)]
        assert made[0].until
        chamber.now = strikes(made[0].until + timedelta(days=1))
        return chamber, made

    def sweep(chamber: Chamber, table: Table) -> None:
        for shard in SHARDS:
            desk = chamber.desk_over(table)
            assert sweeping.lift_expired(shard, chamber.now, desk, lambda: True)

    whole, _ = begun()
    number = points(lambda t: sweep(whole, t), whole)
    for nth in range(1, number + 1, 3):
        chamber, made = begun()
        with pytest.raises(Crash):
            sweep(chamber, Interrupted(chamber.table, nth, crash))
        sweep(chamber, chamber.table)
        for sanction in made:
            steps = [step.verb for step in chamber.read(sanction.id).steps]
            assert steps == [SanctionVerb.INITIATE, SanctionVerb.APPROVE, SanctionVerb.EXPIRE]


def test_c13_a_sweep_without_time_left_is_gone_on_with() -> None:
    chamber = Chamber()
    chamber.ground()
    until = chamber.active().until
    assert until
    chamber.now = strikes(until + timedelta(days=1))
    assert not sweeping.lift_expired(0, chamber.now, chamber.desk, lambda: False)


def test_a14_the_next_calendar_moves_the_limits_of_the_office_and_of_participants() -> None:
    chamber = Chamber(now=datetime(2027, 1, 29, 1, tzinfo=UTC))
    chamber.ground()
    waits = chamber.proposed()
    active = chamber.active(ref="2")
    assert all(clock.provisional for clock in (*waits.running, *active.running))
    chamber.calendar = parse_calendar(calendar_text())
    chamber.told.clear()
    for _ in range(2):
        for shard in SHARDS:
            portion = Portion(shard=shard)
            left = sweeping.recount(portion, chamber.store, chamber.desk, lambda: True)
            assert left is None
    after = chamber.read(waits.id)
    assert [step.verb for step in after.steps] == [SanctionVerb.INITIATE, SanctionVerb.RECOUNT]
    assert after.clocks[0].due < waits.clocks[0].due
    assert not any(clock.provisional for clock in after.running)
    again = chamber.read(active.id)
    assert again.steps[-1].note.startswith("receive: ")
    told = [one for one in chamber.told if one.type == CONSTRAINT_CHANGED]
    assert len(told) == len(active.parts)


def test_c13_a_late_answer_to_a_version_that_others_left_behind_still_counts() -> None:
    chamber = Chamber()
    chamber.ground()
    sanction = chamber.proposed()

    def meanwhile() -> None:
        usecases.refuse(sanction.id, WHY, CREDIT, chamber.desk)

    table = Interrupted(chamber.table, 3, meanwhile)
    with pytest.raises(Exception, match="sanction_step"):
        usecases.approve(sanction.id, SanctionRemark(), CREDIT, chamber.desk_over(table))
    assert chamber.read(sanction.id).state is SanctionState.REFUSED
    assert date(2026, 4, 14) in {clock.due for clock in sanction.clocks}


@pytest.mark.parametrize(
    "over",
    [{"public_until": date(2026, 4, 6)}, {"public_until": date(2026, 4, 7), "taken_down": True}],
)
def test_c13_who_was_taken_off_a_list_or_whose_time_is_over_is_constrained_no_longer(
    over: dict[str, Any],
) -> None:
    chamber = Chamber()
    chamber.ground()
    sanction = chamber.active()
    chamber.ground(sequence=2, **over)
    assert chamber.read(sanction.id).state is SanctionState.LIFTING
    assert measures(chamber, "scjg") == []
    with pytest.raises(Invalid):
        chamber.proposed(ref="again")


def test_c13_nothing_is_approved_after_the_last_day_of_what_grounds_it() -> None:
    chamber = Chamber()
    chamber.ground(public_until=date(2026, 4, 7))
    proposed = chamber.proposed()
    chamber.later(days=1)
    with pytest.raises(Conflict):
        usecases.approve(proposed.id, SanctionRemark(), CREDIT, chamber.desk)


def test_c13_who_has_thousands_of_bad_records_is_constrained_for_those_that_count_longest() -> None:
    chamber = Chamber(follows=False)
    for number in range(120):
        last = date(2026, 4, 7) + timedelta(days=number)
        chamber.ground(f"d{number:03d}", public_until=last)
    named = chamber.proposed().records
    assert named == tuple(f"{CODE}.d{number:03d}" for number in range(70, 120))
