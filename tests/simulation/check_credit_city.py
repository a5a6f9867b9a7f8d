"""What must hold of public credit and joint discipline at the end, whatever went wrong on the way.

Each check yields what does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

from functions.credit.batches import Counts
from functions.credit.domain import CreditRecord, Graded
from functions.credit.intake import batch_id
from functions.credit.matching import person_key
from functions.credit.pages import public_page
from functions.credit.parcels import shared_record
from functions.credit.regrading import graded_now
from functions.credit.sharing import is_shared
from functions.credit.store import batch_in, graded_in, record_in
from functions.discipline import counter
from functions.discipline.instruments import Instruments
from functions.discipline.store import sanction_in
from functions.shared.authorization import Role
from functions.shared.calendar import shanghai_day
from functions.shared.directory import body_of as body_of_unit
from functions.shared.events.credit import BatchState, Grade, RecordState, SubjectKind
from functions.shared.events.discipline import CONSTRAINT_CHANGED, SanctionState
from tests.simulation.credit_city import CreditCity, directory
from tests.simulation.credit_people import People, caller
from tests.simulation.credit_story import (
    FIXED,
    GOOD,
    KNOWN,
    LISTED,
    LOOP_DOCUMENT,
    MEANT,
    OTHER,
    PERSON,
    SOURCE,
    TAX,
    TROUBLED,
)

_NOBODYS = re.compile(r"449900[0-9]{11}[0-9X]")
_KEPT_PLAIN = ("in/", "raw/")
# Accepted, corrected, duplicate, returned of each batch; nothing is held at the end.
_SUMS = {
    batch_id(SOURCE, "b1"): (6, 2, 1, 1),
    batch_id(SOURCE, "b2"): (1, 0, 1, 0),
    batch_id(SOURCE, "b3"): (1, 0, 0, 0),
    batch_id(SOURCE, "serious_violation.list"): (1, 1, 0, 0),
    batch_id(SOURCE, "task_penalty.loop-T1"): (1, 0, 0, 0),
    batch_id(TAX, "good"): (2, 0, 0, 0),
}
_LIVE, _GONE = RecordState.LIVE, RecordState.WITHDRAWN


def wrong(city: CreditCity, people: People) -> list[str]:
    """Everything that is wrong."""
    return [
        *_unfinished(city, people),
        *_batches(city),
        *_records(city, people),
        *_grades(city),
        *_shared(city, people),
        *_pages(city),
        *_sanctions(city, people),
        *_counters(city),
        *_told(city),
        *_secrets(city),
    ]


def _unfinished(city: CreditCity, people: People) -> Iterator[str]:
    for queue in city.queues.values():
        for body, reason in queue.dead:
            yield f"{queue.name} has a dead letter: {reason} {body[:200]}"
    for name, parking in city.parking.items():
        yield from (f"{name} has parked {key}" for key in parking.parked)
    yield from (f"nobody could {one.what}: {one.why!r}" for one in people.stuck)


def _batches(city: CreditCity) -> Iterator[str]:
    found = {one.id: one for one in map(batch_in, city.tables["credit"].inner) if one}
    if found.keys() != _SUMS.keys():
        yield f"batches {sorted(found)}"
    for id, sums in _SUMS.items():
        batch = found.get(id)
        if batch is None:
            continue
        counts: Counts = batch.counts
        ends = (counts.accepted, counts.corrected, counts.duplicate, counts.returned)
        if batch.state is not BatchState.DONE or ends != sums or counts.rows != batch.rows:
            yield f"{id} is {batch.state} with {counts}, should be {sums} of {batch.rows}"
    replaced = found.get(batch_id(SOURCE, "b1"))
    if replaced and replaced.replaced_by != batch_id(SOURCE, "b2"):
        yield "nobody says by which batch b1 was replaced"


def _records(city: CreditCity, people: People) -> Iterator[str]:
    """Every accepted row is one record, and says which row of which batch it was."""
    expected = dict(_expected(city, people))
    found = people.records()
    if found.keys() != expected.keys():
        yield f"records {sorted(found)}, should be {sorted(expected)}"
    for name, record in found.items():
        came = record.provenance
        if (record.subject, record.state, came.batch, came.row) != expected.get(name):
            yield f"{name} is {record.state} of {record.subject}, from {came.batch}/{came.row}"
        if record.disputes:
            yield f"{name} is still disputed"
        over = record.public_until and record.public_until < shanghai_day(city.world.now)
        if record.state is _LIVE and record.public_from and over and not record.taken_down:
            yield f"{name} should be taken down since {record.public_until}"
    closed = found.get(LOOP_DOCUMENT)
    if closed and closed.item != "penalty":
        yield "the department's own row did not replace the task's"


def _expected(
    city: CreditCity, people: People
) -> Iterator[tuple[str, tuple[str, RecordState, str, int]]]:
    first, again = batch_id(SOURCE, "b1"), batch_id(SOURCE, "b2")
    person = person_key(PERSON, city.vault)
    for number, subject, state, batch, row in (
        (1, TROUBLED.code, RecordState.REPAIRED, first, 1),
        (4, TROUBLED.code, _GONE, first, 2),
        (7, TROUBLED.code, _LIVE, first, 3),
        (10, FIXED.code, _LIVE, again, 1),
        (13, MEANT.code, _LIVE, first, 6),
        (16, person, _LIVE, first, 7),
        (19, OTHER.code, _LIVE, first, 8),
    ):
        yield f"东处罚〔2026〕{number:06d}号", (subject, state, batch, row)
    yield LOOP_DOCUMENT, (FIXED.code, _LIVE, batch_id(SOURCE, "b3"), 1)
    listed = batch_id(SOURCE, "serious_violation.list")
    state = _GONE if people.falls else _LIVE
    yield "东市监列〔2026〕1号", (LISTED.code, state, listed, 1)
    good = [one for one in _all_records(city) if one.item == "tax_a"]
    for one in good:
        row = ("2024", "2025").index(one.values["PJND"]) + 1
        yield f"tax_a {one.id}", (GOOD.code, _LIVE, batch_id(TAX, "good"), row)
    if len(good) != 2:
        yield "two good records", (GOOD.code, _LIVE, "", 0)


def _all_records(city: CreditCity) -> list[CreditRecord]:
    return [one for one in map(record_in, city.tables["credit"].inner) if one]


def _grades(city: CreditCity) -> Iterator[str]:
    """Each grade follows from the records, and is the one that joint discipline knows."""
    stored = {one.subject: one for one in map(graded_in, city.tables["credit"].inner) if one}
    for subject in {one.subject for one in _all_records(city)}:
        graded = stored.get(subject)
        again = graded_now(subject, graded, city.desk())
        if _of(graded) != _of(again):
            yield f"{subject} is graded {_of(graded)}, should be {_of(again)}"
        standing = city.discipline.standings.get(subject)
        known = standing.value.grade if standing else Grade.ORDINARY
        if graded and known is not graded.grade:
            yield f"counters take {subject} for {known}, it is {graded.grade}"
    if GOOD.code not in stored or stored[GOOD.code].grade is not Grade.GOOD:
        yield "who has only good records is not graded A"


def _of(graded: Graded | None) -> object:
    return graded and (graded.grade, graded.reasons, graded.records)


def _shared(city: CreditCity, people: People) -> Iterator[str]:
    """Whoever received a record knows how it stands now."""
    for record in _all_records(city):
        now = shared_record(record, city.desk())
        for destination, copies in people.copies.items():
            copy = copies.get(record.id)
            if record.kind is SubjectKind.PERSON or not (is_shared(record) or copy):
                if copy:
                    yield f"{destination} has {record.id}"
            elif copy != now:
                yield f"{destination} takes {record.id} for {copy}, it is {now}"


def _pages(city: CreditCity) -> Iterator[str]:
    """Everybody sees what is public today, and nothing else."""
    today = shanghai_day(city.world.now)
    for company in KNOWN:
        page = public_page(company.code, 1, city.desk())
        seen = {one.id for group in page.groups for one in group.records}
        mine = (one for one in _all_records(city) if one.subject == company.code)
        if seen != (due := {one.id for one in mine if one.shown_on(today)}):
            yield f"the page of {company.code} shows {seen}, should show {due}"


def _sanctions(city: CreditCity, people: People) -> Iterator[str]:
    sanctions = [one for one in map(sanction_in, city.tables["discipline"].inner) if one]
    expected = {"serious_market": SanctionState.ENDED}
    expected["food_drugs"] = SanctionState.ENDED if people.falls else SanctionState.ACTIVE
    states = {one.instrument: one.state for one in sanctions}
    if states != expected or len(sanctions) != 2:
        yield f"sanctions {states}, should be {expected}"
    for sanction in sanctions:
        for part in sanction.parts:
            duty = city.discipline.duties.get(f"{sanction.id}@{part.unit}")
            if duty is None or duty.value.told.state is not part.state:
                yield f"the list of {part.unit} shows {duty} of {sanction.id}"


def _counters(city: CreditCity) -> Iterator[str]:
    """Each department applies its own measures of what holds today, and knows of no other."""
    today = shanghai_day(city.world.now)
    sanctions = [one for one in map(sanction_in, city.tables["discipline"].inner) if one]
    book = city.instruments.on(today)
    for department in directory().departments:
        due = {
            measure
            for sanction in sanctions
            if sanction.holds_on(today)
            for measure in _measures(book, sanction.instrument, department.id)
        }
        officer = caller(department.id, Role.OFFICER)
        told = counter.check(LISTED.code, "", officer, city.discipline_desk())
        if {one.code for one in told.measures} != due:
            yield f"the counter of {department.id} applies {told.measures}, should {due}"


@cache
def _measures(book: Instruments, instrument: str, body: str) -> frozenset[str]:
    """What an instrument lets a body do."""
    found = next(one for one in book.instruments if one.id == instrument)
    mine = (one.measures for one in found.participants if one.unit == body)
    return frozenset(measure for some in mine for measure in some)


def _told(city: CreditCity) -> Iterator[str]:
    """A participant is told of its own measures, and of nobody else; nobody is told a name of a
    key person."""
    book = city.instruments.on(shanghai_day(city.world.now))
    units = {one.unit for instrument in book.instruments for one in instrument.participants}
    for event in city.topic.told.values():
        data = event.data
        if data.get("kind") == SubjectKind.PERSON and data.get("name"):
            yield f"{event.id} names a person"
        if event.type != CONSTRAINT_CHANGED:
            continue
        mine = _measures(book, data["instrument"], body_of_unit(data["unit"]))
        if strangers := {one["code"] for one in data["measures"]} - mine:
            yield f"{event.id} tells {data['unit']} of {strangers}"
        text = json.dumps(data)
        if others := {f'"{unit}"' for unit in units - {data["unit"]} if f'"{unit}"' in text}:
            yield f"{event.id} tells {data['unit']} of {others}"


def _secrets(city: CreditCity) -> Iterator[str]:
    """No version of a record, no event and no object but what the source sent holds a number."""
    texts = {
        f"{change.new['pk']}/{change.new['sk']}": json.dumps(change.new, default=str)
        for table in city.tables.values()
        for change in table.changes
    }
    texts |= {id: told.model_dump_json() for id, told in city.topic.told.items()}
    texts |= {
        key: city.files.read(key).decode("utf-8", "replace")
        for key in city.files
        if not key.startswith(_KEPT_PLAIN)
    }
    for name, text in texts.items():
        if _NOBODYS.search(text):
            yield f"{name} holds an identity number"
