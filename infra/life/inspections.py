"""Villages get inspections, inspectors go to the door, what stays wrong goes to departments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from functions.inspections.domain import inspection_id
from functions.shared.calendar import Calendar, shanghai_day
from functions.shared.directory import office
from functions.supervision.domain import referral_task_id
from infra.city.roster import villages
from infra.client import CallFailed
from infra.life.agenda import Agenda, Clock
from infra.life.cast import Cast
from infra.life.clues import PHOTO, Put
from infra.life.courses import Course, Door, Move, failing, moves, next_course, solved, wrong_at

_LOOK_AFTER = timedelta(hours=3)
_LATER = 409
_ELSEWHERE = 404  # a registration that calls for no inspection has none
_LOOKS = 3

Told = Mapping[str, Any]


@dataclass
class Inspections:
    """The inspections of a fortnight, from the companies that arrive in it. `towns` are where
    villages have grids; `doors` what has come so far."""

    cast: Cast
    agenda: Agenda
    clock: Clock
    calendar: Calendar
    put: Put
    towns: tuple[str, ...]
    run: str
    doors: list[Door] = field(default_factory=list)

    def expect(self, registrations: Iterable[str]) -> None:
        """Looks, some hours on, for what these registrations call for."""
        ids = [_called_for(one) for one in registrations]
        self._look_later(ids, 0)

    def told(self, course: Course) -> Any | None:
        """The first inspection of this life that went so, as it stands now."""
        door = next((one for one in self.doors if one.course is course), None)
        return self._read(door.id) if door else None

    def story(self, day: date) -> Iterator[str]:
        """What happened on a day in the inspection that goes from the door to a department."""
        one = self.told(Course.REFERRED)
        if one is None:
            return
        for step in one["steps"]:
            if shanghai_day(datetime.fromisoformat(step["at"])) == day:
                said = [step.get("to", ""), step.get("note", "")]
                yield f"  {one['name']}: {step['verb']} {' '.join(filter(None, said))}".rstrip()

    def _look_later(self, ids: list[str], looks: int) -> None:
        def look() -> None:
            left = [id for id in ids if not self._take(id)]
            if left and looks + 1 < _LOOKS:
                self._look_later(left, looks + 1)

        self.agenda.put(self.clock.now() + _LOOK_AFTER, "look for inspections", look)

    def _take(self, id: str) -> bool:
        try:
            inspection = self._read(id)
        except CallFailed as failed:
            if failed.status == _ELSEWHERE:
                return False
            raise
        course = next_course(inspection, [door.course for door in self.doors])
        door = Door(id, shanghai_day(datetime.fromisoformat(inspection["received_at"])), course)
        self.doors.append(door)
        for at, move in moves(door, self.calendar):
            self.agenda.put(at, f"{move} {id}", self._moving(door, move))
        return True

    def _moving(self, door: Door, move: Move) -> Callable[[], None]:
        return lambda: self._do(door, move)

    def _do(self, door: Door, move: Move) -> None:
        inspection = self._read(door.id)
        match move:
            case Move.PLACE:
                self._place(door, inspection)
            case Move.ASSIGN:
                body = {"ref": f"{self.run}-assign"}
                self._village(inspection).post(f"/v1/inspections/{door.id}/assign", body)
            case Move.VISIT:
                self._visit(door, inspection)
            case Move.RECHECK:
                self._recheck(door, inspection)
            case Move.DISPOSE:
                self._dispose(door, inspection)
            case Move.CLASSIFY:
                self._classify(door, inspection)
            case Move.RECEIVE | Move.CLOSE:
                _not_yet(inspection, "referrals")
                for referral in inspection["referrals"]:
                    self._answer(door, referral, move)

    def _place(self, door: Door, inspection: Told) -> None:
        """Gives what no address tells the village of to one of the town's, where need be."""
        if inspection.get("village"):
            return
        town = inspection.get("town") or self.towns[0]
        there = sorted(one for one in villages() if one[:9] == town[:9])
        body = {"village": there[crc32(door.id.encode()) % len(there)], "note": "按门牌核实"}
        self.cast.of(office(inspection.get("town"))).post(f"/v1/inspections/{door.id}/place", body)

    def _visit(self, door: Door, inspection: Told) -> None:
        _not_yet(inspection, "inspector")
        now = self.clock.now()
        wrong = wrong_at(door, inspection["checks"])
        findings = [
            self._finding(inspection, check["key"], wrong.get(check["key"], _WELL), now)
            for check in inspection["checks"]
        ]
        finished: dict[str, Any] = {"at": now.isoformat(), "present": "经营者"}
        if any(one["result"] == "failed" for one in findings):
            day = self.calendar.nth_working_day(shanghai_day(now), 1)
            finished["correct_by"] = day.isoformat()
        self._upload(inspection, "first", findings, finished, now)

    def _recheck(self, door: Door, inspection: Told) -> None:
        """In two parts, of which the first had no signal and comes after the second."""
        _not_yet(inspection, "notice")
        now = self.clock.now()
        wrong = wrong_at(door, inspection["checks"])
        findings = [
            self._finding(inspection, key, wrong[key] if failing(door) else _CORRECTED, now)
            for key in inspection["notice"]["checks"]
        ]
        parts = {"parts": [f"{self.run}-recheck-1", f"{self.run}-recheck-2"]}
        finished = {"at": now.isoformat(), "present": "经营者", **parts}
        self._upload(inspection, "recheck", [], finished, now, part=2)
        self._upload(inspection, "recheck", findings, None, now, part=1)

    def _upload(
        self,
        inspection: Told,
        round: str,
        findings: list[dict[str, Any]],
        finished: Told | None,
        now: datetime,
        part: int = 1,
    ) -> None:
        body: dict[str, Any] = {
            "ref": f"{self.run}-{round}-{part}",
            "visit": f"{self.run}-{round}",
            "round": round,
            "findings": findings,
            "started_at": now.isoformat(),
        }
        body |= {"finished": finished} if finished else {}
        body |= {"position": _POSITION} if part == 1 else {}
        inspector = self.cast.api(inspection["inspector"])
        inspector.post(f"/v1/inspections/{inspection['id']}/uploads", body)

    def _finding(self, inspection: Told, key: str, found: Told, now: datetime) -> dict[str, Any]:
        shown = [self._photo(inspection)] if found["result"] == "failed" else []
        return {"check": key, **found, "photos": shown, "noted_at": now.isoformat()}

    def _photo(self, inspection: Told) -> str:
        told = {"unit": inspection["village"], "type": "image/jpeg", "bytes": len(PHOTO)}
        place = self.cast.api(inspection["inspector"]).post("/v1/photos", told)
        self.put(place["url"], PHOTO, place["headers"])
        return str(place["key"])

    def _dispose(self, door: Door, inspection: Told) -> None:
        _not_yet(inspection, "notice")
        body = {
            "ref": f"{self.run}-disposal",
            "held_on": shanghai_day(self.clock.now()).isoformat(),
            "results": dict.fromkeys(inspection["notice"]["checks"], solved(door)),
            "participants": ["村治保会", "市场监管分局", "派出所"],
            "note": "联合上门劝导，当事人同意停业办证"
            if door.course is Course.DISPOSED
            else "联合上门劝导，当事人拒不停止经营",
        }
        self._village(inspection).post(f"/v1/inspections/{door.id}/disposal", body)

    def _classify(self, door: Door, inspection: Told) -> None:
        """General trades go to market regulation: what is seen here needs no licence."""
        choice = {"route": "general", "note": "属一般经营项目"}
        checks = {one["check"]: choice for one in inspection["unclear"]}
        body = {"ref": f"{self.run}-classify", "checks": checks}
        self.cast.of(inspection["unit"]).post(f"/v1/inspections/{door.id}/classify", body)

    def _answer(self, door: Door, referral: Told, move: Move) -> None:
        task = referral_task_id(door.id, referral["key"])
        body: dict[str, Any] = {"verb": move}
        if move is Move.CLOSE:
            today = shanghai_day(self.clock.now())
            body["evidence"] = {
                "end": "penalised",
                "decision_number": f"罚{crc32(task.encode()):010d}",
                "decided_on": today.isoformat(),
                "penalty": "责令停止无证经营，没收违法所得",
            }
        self.cast.of(referral["unit"]).post(f"/v1/tasks/{task}/feedback", body)

    def _village(self, inspection: Told) -> Any:
        return self.cast.api(f"village:{inspection['village']}")

    def _read(self, id: str) -> Any:
        return self.cast.api("city").get(f"/v1/inspections/{id}")


def _called_for(registration: str) -> str:
    """The id of the inspection that a registration calls for."""
    code, _, edition = registration.rpartition(".")
    return inspection_id(code, int(edition))


def _not_yet(inspection: Told, needed: str) -> None:
    """Raises CallFailed, upon which it is tried again later, where others are behind."""
    if not inspection.get(needed):
        raise CallFailed(f"{inspection['id']} has no {needed} yet", _LATER)


_POSITION = {"lat": 23.05, "lon": 113.75}
_WELL = {"result": "passed"}
_CORRECTED = {"result": "passed", "note": "已按期改正"}
