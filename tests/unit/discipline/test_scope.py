"""Every instrument × every department: what is not theirs looks like nothing (C13, D3).

The same subject stands under all instruments at once. What each department should see is worked
out here from the TOML alone.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from functions.alerts.news import news_in
from functions.discipline import counter, usecases
from functions.discipline.changes import constraint_told
from functions.discipline.domain import Sanction, SanctionVerb, constraint_id
from functions.discipline.lives import life_of
from functions.discipline.usecases import SanctionReason
from functions.interfaces.domain import receivers
from functions.shared.authorization import Caller, Role
from functions.shared.errors import NotFound, Problem
from functions.shared.events import CloudEvent
from functions.shared.events.credit import Category
from functions.shared.events.discipline import CONSTRAINT_CHANGED, SANCTION_CHANGED
from functions.shared.inbox import RowKind
from functions.worklist.usecases import rows_of
from tests.unit.discipline.chamber import (
    CITY,
    CODE,
    CREDIT,
    DIRECTORY,
    NOW,
    OTHER,
    OVERSIGHT,
    TOWN,
    Chamber,
    somebody,
)

GIVEN = tomllib.loads((CITY / "instruments.toml").read_text(encoding="utf-8"))["instruments"]
LISTED = tomllib.loads((CITY / "constraints.toml").read_text(encoding="utf-8"))["measures"]
TITLES = {one["code"]: one["title"] for one in LISTED}
PARTS: dict[str, dict[str, set[str]]] = {
    one["id"]: {part["unit"]: set(part["measures"]) for part in one["participants"]}
    for one in GIVEN
}
BODIES = sorted(one.id for one in DIRECTORY.departments)
GROUNDS = (
    ("court_defaulter", Category.DISHONEST),
    ("serious_violation", Category.SERIOUS),
    ("tax_major", Category.SERIOUS),
    ("wage_arrears", Category.DISHONEST),
    ("abnormal_operation", Category.DISHONEST),
)


@pytest.fixture(scope="module")
def chamber() -> Chamber:
    """A city in which one subject stands under every instrument."""
    chamber = Chamber()
    for number, (item, category) in enumerate(GROUNDS):
        chamber.ground(f"d{number}", item=item, category=category)
    for one in GIVEN:
        chamber.active(one["id"], somebody(one["initiators"][0]))
    return chamber


def sanctions(chamber: Chamber) -> dict[str, Sanction]:
    """The sanctions by instrument."""
    standing = chamber.store.standings.get(CODE)
    assert standing
    found = (chamber.read(held.sanction) for held in standing.value.sanctions)
    return {one.instrument: one for one in found}


def names_others(text: str, unit: str, instrument: str, *, initiator: str = "") -> list[str]:
    """Which other participants, or measures of others alone, a text names: none, or it leaks."""
    own = PARTS[instrument].get(unit, set())
    measures = set(TITLES) - own
    found = [code for code in measures if f'"{code}"' in text or TITLES[code] in text]
    others = set(BODIES) - {unit, initiator}
    return found + [one for one in others if re.search(rf'["@]{one}(?![a-z0-9])', text)]


def everybody() -> Iterator[str]:
    """Every department of the city, a town's unit of each, and a stranger."""
    yield from BODIES
    yield from (f"{body}.{TOWN}" for body in BODIES)
    yield "stranger"


def body_of(unit: str) -> str:
    return unit.partition(".")[0]


def test_the_subject_stands_under_every_instrument(chamber: Chamber) -> None:
    assert len(BODIES) == 43
    assert sanctions(chamber).keys() == PARTS.keys()


@pytest.mark.parametrize("unit", list(everybody()))
@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEAD])
def test_c13_a_counter_is_told_exactly_the_measures_of_its_own_instruments(
    chamber: Chamber, unit: str, role: Role
) -> None:
    told = counter.check(CODE, "", somebody(unit, role), chamber.desk)
    by_title = {one["title"]: one["id"] for one in GIVEN}
    seen = {(by_title[one.instrument], one.code) for one in told.measures}
    body = body_of(unit)
    expected = {(id, code) for id, parts in PARTS.items() for code in parts.get(body, ())}
    assert seen == expected
    assert {one.constraint.partition("@")[2] for one in told.measures} <= {body}
    if not expected:
        nothing = counter.check(OTHER, "", somebody(unit, role), chamber.desk)
        assert told.model_dump(exclude={"code"}) == nothing.model_dump(exclude={"code"})


def test_c13_each_event_and_row_goes_to_whom_it_concerns_and_names_nobody_else(
    chamber: Chamber,
) -> None:
    seen: set[tuple[str, str]] = set()
    for event in chamber.told:
        if event.type == SANCTION_CHANGED:
            units = {event.data["unit"], "credit"}
            own = event.data["unit"]
        else:
            units = {event.data["unit"]}
            own = event.data["unit"]
            codes = {one["code"] for one in event.data["measures"]}
            assert codes == PARTS[event.data["instrument"]][own]
            seen.add((event.data["instrument"], own))
        assert set(receivers(event)) == units
        instrument = event.data["instrument"]
        assert event.type == CONSTRAINT_CHANGED or not _measures_in(event)
        assert names_others(event.model_dump_json(), own, instrument) == []
        rows = list(rows_of(event, NOW))
        assert {row.unit for row in rows} == units
        for row in rows:
            assert names_others(row.model_dump_json(), own, instrument) == []
        news = news_in(event)
        assert news and news.clocks.keys() <= units
    assert seen == {(id, unit) for id, parts in PARTS.items() for unit in parts}


def _measures_in(event: CloudEvent) -> list[str]:
    text = event.model_dump_json()
    return [code for code, title in TITLES.items() if f'"{code}"' in text or title in text]


def test_c13_a_constraint_is_there_for_its_participant_alone(chamber: Chamber) -> None:
    nowhere = told_of(chamber, "scjg", "J0@scjg")
    for instrument, sanction in sanctions(chamber).items():
        for part in sanction.parts:
            id = constraint_id(sanction.id, part.unit)
            for unit in everybody():
                answer = told_of(chamber, unit, id)
                if body_of(unit) == part.unit:
                    text = json.dumps(answer, ensure_ascii=False)
                    assert names_others(text, part.unit, instrument) == []
                    assert {one["code"] for one in answer["measures"]} == (
                        PARTS[instrument][part.unit]
                    )
                else:
                    assert answer == nowhere


def told_of(chamber: Chamber, unit: str, id: str) -> Any:
    """What a unit's officer reads of a constraint, or the problem."""
    try:
        sanction, own = usecases.read_constraint(id, somebody(unit, Role.OFFICER), chamber.desk)
    except Problem as problem:
        return str(problem)
    part = sanction.part_of(own)
    assert part
    return constraint_told(sanction, part).model_dump(mode="json")


@pytest.mark.parametrize("verb", [SanctionVerb.RECEIVE, SanctionVerb.EXECUTE, SanctionVerb.CONFIRM])
def test_c13_nobody_answers_for_another_participant(chamber: Chamber, verb: SanctionVerb) -> None:
    for sanction in sanctions(chamber).values():
        before = chamber.store.sanctions.get(sanction.id)
        for part in sanction.parts:
            id = constraint_id(sanction.id, part.unit)
            for unit in everybody():
                if unit == part.unit:
                    continue
                with pytest.raises(NotFound) as raised:
                    usecases.answer(id, verb, "x", somebody(unit), chamber.desk)
                assert str(raised.value) == "constraint: not_found"
        assert chamber.store.sanctions.get(sanction.id) == before


def test_c13_a_sanction_is_there_for_its_initiator_the_office_and_oversight_alone(
    chamber: Chamber,
) -> None:
    for instrument, sanction in sanctions(chamber).items():
        for unit in everybody():
            caller = somebody(unit)
            if unit == sanction.unit:
                life = life_of(
                    usecases.read_sanction(sanction.id, caller, chamber.desk),
                    caller,
                    chamber.desk.today,
                )
                assert names_others(life.model_dump_json(), unit, instrument) == []
                assert sum(life.parts.values()) == len(PARTS[instrument])
                continue
            for step in (usecases.read_sanction, _lift):
                with pytest.raises(NotFound) as raised:
                    step(sanction.id, caller, chamber.desk)
                assert str(raised.value) == "sanction: not_found"
        for caller in (CREDIT, OVERSIGHT):
            life = life_of(sanction, caller, chamber.desk.today)
            assert {one.unit for one in life.constraints} == PARTS[instrument].keys()


def _lift(id: str, caller: Caller, desk: Any) -> Sanction:
    return usecases.lift(id, SanctionReason(note="x"), caller, desk)


def test_c13_each_list_shows_exactly_its_own_constraints(chamber: Chamber) -> None:
    found = sanctions(chamber)
    for body in BODIES:
        duties, after = chamber.store.list_duties(body, limit=50)
        assert after is None
        shown = {one.told.id: {m.code for m in one.told.measures} for one in duties}
        assert shown == {
            constraint_id(found[id].id, body): parts[body]
            for id, parts in PARTS.items()
            if body in parts
        }


def test_c13_a_stranger_named_in_the_address_of_a_constraint_gets_nothing(
    chamber: Chamber,
) -> None:
    sanction = sanctions(chamber)["serious_market"]
    for id in (sanction.id, f"{sanction.id}@", f"{sanction.id}@scjg@swsj", "@scjg", "", "J0@swsj"):
        assert told_of(chamber, "swsj", id) == "constraint: not_found"


def test_d3_rows_of_discipline_have_kinds_of_their_own(chamber: Chamber) -> None:
    kinds = {row.kind for event in chamber.told for row in rows_of(event, NOW)}
    assert kinds == {RowKind.SANCTION, RowKind.CONSTRAINT}
