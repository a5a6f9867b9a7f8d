"""Whether a generated file went through as its truth says; each check yields what did not."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.credit import folders
from functions.credit.batches import Taken, Verdict
from functions.credit.domain import Graded, Subject
from functions.credit.matching import person_key
from functions.credit.regrading import graded_now
from functions.credit.sharing import batch_parcel, is_shared
from functions.shared.codes import is_citizen_id
from functions.shared.events.credit import BatchState
from infra.city.credit_truth import ACCEPTED, RETURNED, Truth

if TYPE_CHECKING:
    from tests.simulation.credit import Played

_NOBODYS = re.compile(r"449900[0-9]{11}[0-9X]")  # how all generated identity numbers begin
_KEPT_PLAIN = ("in/", "raw/")


def wrong(played: Played) -> list[str]:
    """Everything that is wrong."""
    return [
        *_sums(played),
        *_rows(played),
        *_records(played),
        *_parcels(played),
        *_grades(played),
        *_secrets(played),
        *_way_back(played),
    ]


def kinds(played: Played) -> list[tuple[str, int]]:
    """How many rows of each kind of dirt there were."""
    return Counter(truth.kind for truth in played.file.truths).most_common()


def _sums(played: Played) -> Iterator[str]:
    batch, expected = played.batch, played.file.counts()
    if batch.state is not BatchState.DONE:
        yield f"the batch is {batch.state}"
    counts = batch.counts.model_dump()
    for name, count in expected.items():
        if counts[name] != count:
            yield f"{counts[name]} {name}, should be {count}"
    if not batch.counts.rows == batch.rows == len(played.file.rows) == len(played.verdicts):
        yield f"{batch.counts.rows} of {batch.rows} rows counted"


def _rows(played: Played) -> Iterator[str]:
    for truth in played.file.truths:
        verdict = played.verdicts.get(truth.row)
        if verdict is None:
            yield f"row {truth.row} is lost"
        elif problem := _unlike(verdict, truth, played):
            yield f"row {truth.row} ({truth.kind or 'flawless'}): {problem}"


def _unlike(verdict: Verdict, truth: Truth, played: Played) -> str:
    """How a row's end differs from the truth; "" where it does not."""
    faults = {(one.field, one.code) for one in verdict.faults}
    if verdict.taken != truth.taken:
        return f"{verdict.taken}, should be {truth.taken}; {faults or ''}"
    if faults != {(field, str(why)) for field, why in truth.faults}:
        return f"faults {sorted(faults)}, should be {sorted(truth.faults)}"
    if truth.taken != ACCEPTED:
        return ""
    mended = {(one.field, one.rule) for one in verdict.corrections}
    expected = {(field, str(rule)) for field, rule in truth.mended}
    if not expected <= mended or {field for field, _ in mended} != {field for field, _ in expected}:
        return f"corrected {sorted(mended)}, should be {sorted(expected)}"
    if verdict.subject != (subject := _key(truth, played)):
        return f"about {verdict.subject}, should be {subject}"
    if (verdict.days_late > 0) != truth.late:
        return f"{verdict.days_late} days late"
    return ""


def _key(truth: Truth, played: Played) -> str:
    if not is_citizen_id(truth.subject):
        return truth.subject
    assert played.desk.vault
    return person_key(truth.subject, played.desk.vault)


def _records(played: Played) -> Iterator[str]:
    """Every accepted row is one record, of its own subject, which says from which row it came."""
    accepted = [one for one in played.verdicts.values() if one.taken is Taken.ACCEPTED]
    if not len(accepted) == len(played.records) == len({one.record for one in accepted}):
        yield f"{len(accepted)} rows accepted, {len(played.records)} records"
    for verdict in accepted:
        record = played.records.get(verdict.record)
        if record is None:
            yield f"row {verdict.row} has no record"
            continue
        came = record.provenance
        if (came.batch, came.row, came.source) != (played.batch.id, verdict.row, record.source):
            yield f"{record.id} comes from row {came.row}, should be {verdict.row}"
        if (record.subject, record.values) != (verdict.subject, verdict.values):
            yield f"{record.id} differs from row {verdict.row}"
    for truth in played.file.truths:
        if truth.of and truth.taken != RETURNED:
            first, again = played.verdicts[truth.of], played.verdicts[truth.row]
            if first.record != again.record:
                yield f"row {truth.row} repeats {again.record}, should repeat {first.record}"


def _parcels(played: Played) -> Iterator[str]:
    """What is shared stands in the parcel of its chunk, and nothing else does."""
    for record in played.records.values():
        parcel = played.desk.cabinet.parcels.get(batch_parcel(record.provenance))
        held = parcel is not None and record.id in parcel.value.records
        if held is not is_shared(record):
            yield f"{record.id} is {'' if held else 'not '}in its parcel"


def _grades(played: Played) -> Iterator[str]:
    for subject in {one.subject for one in played.records.values()}:
        found = played.desk.cabinet.grades.get(subject)
        stored: Graded | None = found.value if found else None
        again = graded_now(subject, stored, played.desk)
        kept = (stored.grade, stored.reasons, stored.records) if stored else None
        if (again and (again.grade, again.reasons, again.records)) != kept:
            yield f"{subject} is graded {kept}, should be {again}"


def _secrets(played: Played) -> Iterator[str]:
    """No identity number stands in plain but in what the source sent (C8)."""
    for record in played.bureau.table:
        if found := _NOBODYS.search(json.dumps(record, ensure_ascii=False, default=str)):
            yield f"{record['pk']}/{record['sk']} holds {found[0]}"
    for key in played.bureau.files:
        if key.startswith(_KEPT_PLAIN):
            continue
        if found := _NOBODYS.search(played.bureau.files.read(key).decode("utf-8", "replace")):
            yield f"{key} holds {found[0]}"
    persons = {one.subject for one in played.records.values() if one.kind == "person"}
    for subject in persons:
        kept = played.desk.cabinet.subjects.get(subject)
        person: Subject | None = kept.value if kept else None
        if person is None or person.name or person.former:
            yield f"of {subject} more is kept than the key"


def _way_back(played: Played) -> Iterator[str]:
    """The source gets a sheet of what was returned."""
    if not played.batch.counts.returned or played.batch.counts.held:
        return
    if folders.sheet_key(played.batch) not in set(played.bureau.files):
        yield "no sheet of the returned rows"
