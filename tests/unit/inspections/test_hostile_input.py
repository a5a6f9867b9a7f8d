"""What nobody would write by mistake is refused at its field, and breaks nothing (D3, D4, D5)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from functions.inspections.desk import Grid, Inspector, Roster
from functions.inspections.orders import Placement
from functions.inspections.reading import list_for
from functions.inspections.rosters import load_roster, read_roster
from functions.inspections.visits import Upload
from functions.shared.errors import Invalid, TooLarge
from tests.unit.inspections.dispatchers import faults, put, waiting
from tests.unit.inspections.hamlet import CITY, PLATFORM, TOWN, VILLAGE, VILLAGE_DISPATCHER, Hamlet
from tests.unit.inspections.phone import Phone


@pytest.mark.parametrize("by", ["a|b", "张 三", "a\tb", "|"])
def test_d4_a_name_that_no_roster_bears_never_comes_to_stand_on_a_board(by: str) -> None:
    """The board's index joins its parts by bars: a bar in a name would hide the whole board."""
    hamlet = Hamlet()
    inspection = hamlet.opened(assigned=False)
    phone = Phone(hamlet, PLATFORM)
    with pytest.raises(ValidationError) as refused:
        said = phone.visit(inspection, address="failed").model_dump()
        phone.send(inspection, Upload.model_validate({**said, "by": by}))
    assert [error["loc"] for error in refused.value.errors()] == [("by",)]
    assert list_for(VILLAGE, VILLAGE_DISPATCHER, hamlet.desk)


def test_d4_a_roster_that_no_record_can_hold_is_refused_and_changes_nothing() -> None:
    hamlet = Hamlet()
    places = tuple(f"{'𠮷' * 18}{number:02d}" for number in range(30))
    grids = tuple(Grid(id=f"{'网' * 60}{n:03d}", name="格" * 40, places=places) for n in range(100))
    walks = tuple(one.id for one in grids[:20])
    people = tuple(Inspector(id=f"{n}", name="员" * 40, grids=walks) for n in range(100))
    with pytest.raises(TooLarge) as refused:
        load_roster(Roster(village=VILLAGE, grids=grids, inspectors=people), CITY, hamlet.desk)
    assert faults(refused) == [("grids", "roster_too_long")]
    assert read_roster(VILLAGE, CITY, hamlet.desk) == Roster(village=VILLAGE)


@pytest.mark.parametrize("kind", ["\ud800", "", "x" * 65])
def test_d4_a_kind_that_cannot_be_written_down_is_refused_at_its_field(kind: str) -> None:
    phone = Phone(Hamlet())
    with pytest.raises(ValidationError) as refused:
        phone.upload("1", phone.finding("address", "failed", kinds=[kind]))
    assert [error["loc"] for error in refused.value.errors()] == [("findings", 0, "kinds", 0)]


@pytest.mark.parametrize("village", ["441900119００１", "441900119٠٠١"])
def test_d5_a_village_in_other_digits_is_none(village: str) -> None:
    """It would lie in a town of ours, and nobody's board would show it."""
    with pytest.raises(ValidationError):
        Placement(village=village, note="电话核实")


def test_b4_a_town_is_none_of_its_villages() -> None:
    hamlet, one = waiting(village=None)
    with pytest.raises(Invalid) as refused:
        put(hamlet, one, TOWN, CITY)
    assert faults(refused) == [("village", "village_not_ours")]
