"""The inspections of a fortnight: how they go, played against the room's own use cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from functions.inspections.assigning import assign, place
from functions.inspections.classifying import Classification
from functions.inspections.desk import Roster
from functions.inspections.disposal import DisposalReport, classify, record_disposal
from functions.inspections.domain import Inspection, inspection_id
from functions.inspections.orders import Assignment, Placement
from functions.inspections.reading import life_of, read_inspection
from functions.inspections.rechecks import send_recheck
from functions.inspections.seen import Check
from functions.inspections.visits import Upload, take_upload
from functions.shared.authorization import Caller
from functions.shared.errors import NotFound
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from infra import doors
from infra.city import roster
from infra.client import CallFailed
from infra.life.agenda import Agenda
from infra.life.cast import Cast
from infra.life.courses import Course
from infra.life.fortnight import DAYS
from infra.life.inspections import Inspections
from infra.life.plans import at
from infra.posts import account, grants_of
from tests.unit.infra.test_life import MONDAY, Watch
from tests.unit.inspections.hamlet import BOOK, CODE, OFFICE, TOWN, Hamlet, checks

VILLAGE = next(one for one in roster.villages() if one[:9] == TOWN[:9])
_BODIES: Mapping[str, Any] = {
    "assign": (Assignment, assign),
    "place": (Placement, place),
    "uploads": (Upload, take_upload),
    "disposal": (DisposalReport, record_disposal),
    "classify": (Classification, classify),
}


@dataclass
class Hall:
    """The city's API over one room in memory: who calls has the grants of the post."""

    hamlet: Hamlet
    watch: Watch
    tasks: list[str] = field(default_factory=list)
    who: str = ""

    def as_(self, who: str) -> Hall:
        return Hall(self.hamlet, self.watch, self.tasks, who)

    def get(self, path: str) -> Any:
        caller, desk = self._come()
        try:
            return told(life_of(read_inspection(path.split("/")[3], caller, desk), desk))
        except NotFound as missing:
            raise CallFailed(str(missing), 404) from None

    def post(self, path: str, body: Any) -> Any:
        caller, desk = self._come()
        _, _, kind, *rest = path.split("/")
        if kind == "photos":
            key = f"photos/{body['unit']}/p{len(self.hamlet.photos.sizes)}.jpg"
            self.hamlet.photos.sizes[key] = body["bytes"]
            return {"key": key, "url": "", "headers": {}}
        if kind == "tasks":
            self.tasks.append(f"{self.who} {body['verb']}")
            return {}
        model, use_case = _BODIES[rest[1]]
        return told(use_case(rest[0], TypeAdapter(model).validate_python(body), caller, desk))

    def _come(self) -> tuple[Caller, Any]:
        self.hamlet.now = max(self.hamlet.now, self.watch.now())
        return Caller(account(self.who), frozenset(grants_of(self.who))), self.hamlet.desk


def told(value: Any) -> Any:
    return json.loads(value.model_dump_json(exclude_none=True))


class Everybody(Cast):
    """All call the same hall, each as who they are."""

    def __init__(self, hall: Hall) -> None:
        super().__init__("", lambda who: "")
        self._hall = hall

    def api(self, who: str) -> Any:
        return self._hall.as_(who)


@dataclass
class Life:
    """Villages with their rosters, and the inspections of a fortnight in them."""

    def __post_init__(self) -> None:
        self.watch = Watch(at(MONDAY, 9))
        self.hamlet = Hamlet(now=at(MONDAY, 9))
        for one in roster.rosters_of(frozenset({TOWN})):
            value = Roster.model_validate(one)
            self.hamlet.store.rosters.save(value, before=None, by="test", now=self.hamlet.now)
        self.hall = Hall(self.hamlet, self.watch)
        self.agenda = Agenda(self.watch)
        self.inspections = Inspections(
            Everybody(self.hall),
            self.agenda,
            self.watch,
            self.hamlet.rules.calendar,
            lambda url, body, headers: None,  # a photo has arrived when it is announced
            (TOWN,),
            "life1",
        )

    def opened(self, number: int, **change: Any) -> str:
        """A registration has brought an inspection to a village; the registration."""
        scope = BOOK.item("scope")
        assert scope
        beyond = Check(key="scope", item="scope", name=scope.name, ask=scope.ask)
        given = {"village": VILLAGE, "unit": VILLAGE, "units": (VILLAGE,), **change}
        given["checks"] = (*checks(), beyond)
        self.hamlet.opened(edition=number, assigned=False, **given)
        return f"{CODE}.{number}"

    def play(self, registrations: list[str]) -> list[Inspection]:
        """All of them from one morning to the end of the fortnight, with the machine beside."""
        self.inspections.expect(registrations)
        for day in range(DAYS):
            self.agenda.play(at(MONDAY + timedelta(days=day), 23, 59))
            self.hamlet.now = self.watch.time = at(MONDAY + timedelta(days=day + 1), 0)
            for registration in registrations:
                with suppress(NotFound):
                    send_recheck(self._id(registration), self.hamlet.desk)
        return [self.hamlet.get(self._id(one)) for one in registrations]

    def _id(self, registration: str) -> str:
        return inspection_id(CODE, int(registration.rpartition(".")[2]))


_ENDS = {
    Course.REFERRED: InspectionState.REFERRED,  # nobody tells the departments here
    Course.CORRECTED: InspectionOutcome.CORRECTED,
    Course.NEGLECTED: InspectionState.WAITING,
    Course.DISPOSED: InspectionOutcome.DISPOSED,
    Course.CLASSIFIED: InspectionState.REFERRED,
    Course.SETTLED: InspectionOutcome.SETTLED,
}


def test_b9_a_fortnight_shows_every_way_from_the_door_on() -> None:
    life = Life()
    played = life.play([life.opened(number) for number in range(1, 9)])
    assert life.agenda.refused == []
    shown = {door.id: door.course for door in life.inspections.doors}
    assert set(_ENDS) <= set(shown.values())
    for one in played:
        wanted = _ENDS.get(shown[one.id])
        assert wanted is None or wanted == (one.outcome or one.state), (shown[one.id], one.state)


def test_b10_the_departments_that_license_receive_and_close_what_stayed_wrong() -> None:
    life = Life()
    [one] = life.play([life.opened(1)])
    assert [door.course for door in life.inspections.doors] == [Course.REFERRED]
    units = [referral.unit for referral in one.referrals]
    assert units and life.hall.tasks == [
        f"officer:{unit} {verb}" for verb in ("receive", "close") for unit in units
    ]
    case = life.inspections.told(Course.REFERRED)
    told = list(life.inspections.story(MONDAY))
    assert told == [f"  {one.name}: open", f"  {one.name}: assign {one.inspector}"]
    assert case and case["id"] == one.id and life.inspections.told(Course.SETTLED) is None


def test_b4_what_no_address_tells_the_village_of_is_placed_by_its_town() -> None:
    life = Life()
    at_office = {"village": None, "unit": OFFICE, "units": (OFFICE,)}
    [one] = life.play([life.opened(1, **at_office)])
    assert one.village in roster.villages() and one.steps[1].verb == "place"
    assert one.visits and life.agenda.refused == []


def test_b3_a_registration_that_calls_for_nothing_is_not_asked_for_for_ever() -> None:
    life = Life()
    life.inspections.expect([f"{CODE}.7"])
    life.agenda.play(at(MONDAY, 23))
    assert life.inspections.doors == [] and life.agenda.refused == []


def test_b4_how_far_inspections_are_is_counted_where_they_are_kept() -> None:
    life = Life()
    life.opened(1, registered_at=life.hamlet.now - timedelta(minutes=12))
    life.opened(2)
    life.opened(3, village=None, unit=OFFICE, units=(OFFICE,))
    found = doors.count(life.hamlet.table)
    assert (found.opened, found.villages, found.offices) == (3, 2, 1)
    assert found.slowest == timedelta(minutes=12)
    assert "2 reached their village, the slowest within 12.0 minutes" in str(found)
    assert found.busiest == VILLAGE and doors.Doors().busiest == ""
    assert doors.steps_on(MONDAY, doors.every(life.hamlet.table)) == {"to inspect": 3}
