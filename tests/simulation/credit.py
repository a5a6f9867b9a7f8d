"""A generated file of licences or penalties through the whole room, held against its truth (C4–C6).

python -m tests.simulation.credit 100000            penalties, as CSV in GB18030
python -m tests.simulation.credit 20000 licence     of the other layout

From the bytes in the bucket to the core store, the parcels, the grades: the real use cases on
tables in memory, one step after the other.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from functions.credit import folders
from functions.credit.batches import Batch, Form, Step, Verdict
from functions.credit.desk import Desk
from functions.credit.domain import CreditRecord
from functions.credit.intake import take_file
from functions.credit.processing import take_chunk
from functions.credit.regrading import GradeBook, regrade
from functions.credit.store import record_in
from functions.credit.subjects import take_registration
from functions.shared.events.registry import Happening, Registration
from infra.city import credit_rows
from infra.city.credit_rows import File
from infra.city.credit_samples import Company, Layout, Organ
from tests.simulation.check_credit import kinds, wrong
from tests.simulation.run import quiet
from tests.unit.credit.bureau import NOW, SOURCE, TODAY, TOWN, Bureau

_MOST_TOLD = 50
T = TypeVar("T")


@dataclass
class Played:
    """A file that went through: its batch, what became of each row by its number, the records by
    their ids, and how long each step took."""

    file: File
    bureau: Bureau
    desk: Desk
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    batch: Batch = field(init=False)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    records: dict[str, CreditRecord] = field(default_factory=dict)

    def timed(self, step: str, work: Callable[[], T]) -> T:
        """`work`, whose time counts to a step."""
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[step] += time.perf_counter() - began


def play(
    count: int,
    seed: int = 1,
    layout: Layout = Layout.PENALTY,
    *,
    form: Form = Form.CSV,
    encoding: str = "gb18030",
) -> Played:
    """Let a generated file of `count` rows go through."""
    bureau = Bureau()
    desk = bureau.desk
    played = Played(_file(layout, count, seed, form, desk), bureau, desk)
    rows = played.file.rows
    played.timed("registry", lambda: register(played.file, desk))
    key = f"in/{SOURCE}/{layout}/file.{form}"
    body = credit_rows.to_csv(rows, encoding) if form is Form.CSV else credit_rows.to_xlsx(rows)
    bureau.files.write(key, body)
    id = played.timed("intake", lambda: take_file(key, "etag", desk)).id
    _work(played)
    played.batch = _batch(id, desk)
    for number in range(1, played.batch.chunks + 1):
        settled = folders.read_verdicts(played.batch, Step.COMMIT, number, bureau.files)
        played.verdicts |= {one.row: one for one in settled}
    played.records = {one.id: one for one in map(record_in, bureau.table) if one}
    played.timed("grade", lambda: _grade(played))
    return played


def _file(layout: Layout, count: int, seed: int, form: Form, desk: Desk) -> File:
    source = desk.books.catalogue.on(TODAY).source(SOURCE)
    assert source
    organ, raw = Organ(source.name, source.code), form is Form.CSV
    return credit_rows.file(layout, count, seed, organ=organ, today=TODAY, raw=raw)


def register(file: File, desk: Desk) -> None:
    """What the registry knows, former names first."""
    for company in file.companies:
        names = [company.former, company.name] if company.former else [company.name]
        for edition, name in enumerate(names, 1):
            take_registration(_registration(company, name, edition), desk)


def _registration(company: Company, name: str, edition: int) -> Registration:
    first = edition == 1
    return Registration(
        code=company.code,
        edition=edition,
        happening=Happening.ESTABLISHMENT if first else Happening.CHANGE,
        changed=() if first else ("name",),
        name=name,
        town=TOWN,
        received_at=NOW,
    )


def _work(played: Played) -> None:
    """Everything that lies on the room's own queue, and what that puts there."""
    sent = played.bureau.sent
    while sent:
        message = json.loads(sent.pop(0)[1])
        played.timed(message["step"], partial(take_chunk, message, played.desk))


def _batch(id: str, desk: Desk) -> Batch:
    found = desk.cabinet.batches.get(id)
    assert found, "the batch is lost"
    return found.value


def _grade(played: Played) -> None:
    grades = GradeBook(played.bureau.table)
    for subject in sorted({one.subject for one in played.records.values()}):
        regrade(subject, played.desk, grades)


def main(arguments: list[str]) -> int:
    """Exit code 1 where anything is wrong."""
    count, layout = int(arguments[0]), Layout(*arguments[1:2] or ["penalty"])
    with quiet():
        played = play(count, layout=layout)
    faults = wrong(played)
    _say(f"{layout}: {played.batch.rows:,} rows, seed 1, GB18030")
    _say("of kinds: " + ", ".join(f"{n} {kind or 'flawless'}" for kind, n in kinds(played)))
    counts = played.batch.counts
    _say(
        f"{counts.rows:,} = {counts.accepted:,} accepted ({counts.corrected:,} corrected, "
        f"{counts.late:,} late) + {counts.duplicate:,} duplicate + {counts.returned:,} returned + "
        f"{counts.held:,} held; {len(played.records):,} records"
    )
    for step, seconds in played.seconds.items():
        _say(f"  {step:<10}{seconds:8.1f} s{count / seconds:12,.0f} rows/s")
    for fault in faults[:_MOST_TOLD]:
        _say(fault)
    _say(f"{len(faults)} faults" if faults else "every row as its truth says")
    return 1 if faults else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
