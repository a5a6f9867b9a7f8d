"""What a reader of a sanction or of his part is told that he may do about it now (C13)."""

from __future__ import annotations

import pytest

from functions.discipline import usecases
from functions.discipline.domain import Sanction, SanctionVerb, constraint_id
from functions.discipline.lives import ConstraintLife, life_of, part_life
from functions.discipline.usecases import SanctionReason, list_sanctions
from functions.shared.authorization import Caller, Role
from functions.shared.errors import NotFound
from tests.unit.discipline.chamber import (
    CODE,
    CREDIT,
    INITIATOR,
    OTHER,
    OVERSIGHT,
    TODAY,
    TOWN,
    Chamber,
    somebody,
)

WHY = SanctionReason(note="已纠正")
APPROVE, REFUSE, LIFT = SanctionVerb.APPROVE, SanctionVerb.REFUSE, SanctionVerb.LIFT
RECEIVE, EXECUTE, CONFIRM = SanctionVerb.RECEIVE, SanctionVerb.EXECUTE, SanctionVerb.CONFIRM
OFFICER = somebody("zwfw", Role.OFFICER)


def may(sanction: Sanction, reader: Caller) -> tuple[SanctionVerb, ...]:
    return life_of(sanction, reader, TODAY).may


def part(sanction: Sanction, reader: Caller, unit: str = "zwfw") -> ConstraintLife:
    mine = sanction.part_of(unit)
    assert mine
    return part_life(sanction, mine, reader, TODAY)


def test_c13_the_office_decides_what_is_proposed_and_both_may_lift_what_holds() -> None:
    chamber = Chamber()
    chamber.ground()
    proposed = chamber.proposed()
    assert may(proposed, CREDIT) == (APPROVE, REFUSE, LIFT)
    assert may(proposed, INITIATOR) == (LIFT,)
    assert may(proposed, OVERSIGHT) == may(proposed, somebody("scjg", Role.OFFICER)) == ()
    active = usecases.approve(proposed.id, usecases.SanctionRemark(), CREDIT, chamber.desk)
    assert may(active, CREDIT) == may(active, INITIATOR) == (LIFT,)
    lifting = usecases.lift(active.id, WHY, CREDIT, chamber.desk)
    assert may(lifting, CREDIT) == may(lifting, INITIATOR) == ()


def test_c13_a_participant_receives_carries_out_and_confirms_in_turn() -> None:
    chamber = Chamber()
    chamber.ground()
    sanction = chamber.active()
    mine = constraint_id(sanction.id, "zwfw")
    assert part(sanction, OFFICER).may == (RECEIVE, EXECUTE)
    assert part(sanction, somebody(f"zwfw.{TOWN}", Role.OFFICER)).may == ()
    assert part(sanction, somebody("swsj")).may == ()
    sanction, _ = usecases.answer(mine, RECEIVE, "", OFFICER, chamber.desk)
    assert part(sanction, OFFICER).may == (EXECUTE,)
    sanction, _ = usecases.answer(mine, EXECUTE, "已停办", OFFICER, chamber.desk)
    told = part(sanction, OFFICER)
    assert (told.may, [step.verb for step in told.steps]) == ((), [RECEIVE, EXECUTE])
    sanction = usecases.lift(sanction.id, WHY, CREDIT, chamber.desk)
    assert part(sanction, OFFICER).may == (CONFIRM,)
    assert not part(sanction, OFFICER, "scjg").steps


@pytest.mark.parametrize("reader", [INITIATOR, CREDIT, OVERSIGHT], ids=lambda one: one.id)
def test_c13_who_may_read_finds_the_sanctions_on_a_subject(reader: Caller) -> None:
    chamber = Chamber()
    chamber.ground()
    sanction = chamber.proposed()
    unit = next(iter(reader.grants)).unit
    found = list_sanctions(CODE.lower(), unit, reader, chamber.desk)
    assert [one.id for one in found] == [sanction.id]
    assert list_sanctions(OTHER, unit, reader, chamber.desk) == []


def test_d3_who_may_not_read_a_sanction_is_told_of_none() -> None:
    chamber = Chamber()
    chamber.ground()
    chamber.active()
    assert list_sanctions(CODE, "zwfw", OFFICER, chamber.desk) == []
    with pytest.raises(NotFound):
        list_sanctions(CODE, "scjg", OFFICER, chamber.desk)
