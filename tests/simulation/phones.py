"""Inspectors' phones: what was noted at a door goes out in parts, late, twice and in any order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from zlib import crc32

from functions.inspections.domain import Inspection
from functions.inspections.seen import Finding, Finished, Round
from functions.inspections.visits import Upload, take_upload
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.table import Stale
from tests.simulation.faults import FAULTS
from tests.simulation.inspecting import Inspections
from tests.simulation.truths import Look, Truth
from tests.simulation.world import World

_NOT_ANSWERED = (*FAULTS, Stale)
_MOST_PARTS = 3
_LASTS = 60.0  # seconds that a visit lasts; then its phone sends it
_PHOTO = "photos/{unit}/door.jpg"


class Sent(NamedTuple):
    """An upload that was answered as taken."""

    inspection: str
    visit: str
    ref: str


class Phones:
    """All phones of the city. Each keeps what was noted until the city has answered."""

    def __init__(
        self, world: World, room: Inspections, truth: Callable[[Inspection], Truth]
    ) -> None:
        self._world, self._room, self._truth = world, room, truth
        self.noted: dict[tuple[str, Round, str], tuple[Upload, ...]] = {}
        self.taken: set[Sent] = set()
        self.late: set[Sent] = set()  # refused, since somebody else's visit counted before
        self.refused: list[str] = []  # what must not happen

    def visit(self, inspection: Inspection, round: Round, person: str) -> None:
        """`person` stands at the door now; the phone finds its way to the city later."""
        key = inspection.id, round, person
        if key in self.noted:
            return
        world = self._world
        truth = self._truth(inspection)
        uploads = self.noted[key] = noted(inspection, round, person, truth, world.now)
        offline = (0.0, 0.0, 3600.0, 30 * 3600.0)[_hash(f"{key}") % 4]
        for upload in uploads:
            send = partial(self._send, inspection, person, upload)
            for _ in range(2 if world.chance(world.weather.double) else 1):
                world.after(_LASTS + offline + world.delay(), send, "phones", inspection.id)

    def _send(self, inspection: Inspection, person: str, upload: Upload) -> None:
        by = inspector(person, inspection.home)
        sent = Sent(inspection.id, upload.visit, upload.ref)
        try:
            take_upload(inspection.id, upload, by, self._room.desk())
        except _NOT_ANSWERED:  # lost, or only its answer: the phone sends it again
            again = partial(self._send, inspection, person, upload)
            self._world.after(5, again, "phones", inspection.id)
        except Conflict as conflict:
            self.late.add(sent)
            if conflict.faults[0].code not in ("visit_decided", "inspection_over"):
                self.refused.append(f"{sent}: {conflict}")
        except (Invalid, NotFound) as problem:
            self.refused.append(f"{sent}: {problem!r} {problem.faults}")
        else:
            self.taken.add(sent)


def noted(
    inspection: Inspection, round: Round, person: str, truth: Truth, now: datetime
) -> tuple[Upload, ...]:
    """What a phone has noted about a visit, in one to three parts; the part that ends the visit
    names them all, and is not always the last to arrive."""
    looks = truth.first if round is Round.FIRST else truth.recheck
    findings = [
        found(check, look, inspection.home, now + timedelta(seconds=second))
        for second, (check, look) in enumerate(sorted(looks.items()))
    ]
    visit = f"{round} {crc32(f'{inspection.id} {person}'.encode()):08x}"
    count = 1 + _hash(visit) % min(_MOST_PARTS, max(1, len(findings)))
    refs = tuple(f"{visit} {number}" for number in range(count))
    end = Finished(
        parts=refs if count > 1 else (), at=now + timedelta(seconds=_LASTS), present="店员"
    )
    ends = _hash(person) % count  # by which part the visit is said to be over
    return tuple(
        Upload(
            ref=ref,
            visit=visit,
            round=round,
            findings=tuple(findings[number::count]),
            started_at=now,
            finished=end if number == ends else None,
        )
        for number, ref in enumerate(refs)
    )


def found(check: str, look: Look, unit: str, at: datetime) -> Finding:
    """A look as a phone writes it down."""
    wrong = bool(look.kind)
    return Finding(
        check=check,
        result=look.result,
        kinds=(look.kind,) if wrong else (),
        note=look.note,
        guidance="请尽快办理" if wrong else "",
        photos=(_PHOTO.format(unit=unit),) if wrong else (),
        noted_at=at,
    )


def inspector(person: str, village: str) -> Caller:
    """An inspector of a village."""
    return Caller(person, frozenset({Grant(village, Role.INSPECTOR)}))


def _hash(text: str) -> int:
    return crc32(text.encode())
