"""What a row of credit costs from the bucket to its grade, and what a counter reads."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from dataclasses import replace

from functions.credit.changes import events_of
from functions.credit.intake import take_file
from functions.credit.processing import take_chunk
from functions.credit.regrading import GradeBook, take_record
from functions.credit.sharing import follow_record
from functions.credit.store import DUE, OPEN, Store
from functions.discipline import counter
from functions.discipline import store as discipline_store
from functions.discipline.standing import take_record as take_ground
from functions.shared.authorization import Role
from functions.shared.events import body_of
from functions.shared.events.credit import RECORD_ACCEPTED, RecordTold
from functions.shared.provisional import PROVISIONAL
from infra.city import credit_rows
from infra.city.credit_rows import SHARE
from infra.city.credit_samples import Layout, Organ
from tests.bench.credit_rows import measure
from tests.bench.meter import Meter, MeteredTable
from tests.simulation.credit import register
from tests.unit.credit.bureau import SOURCE, TODAY, Bureau, somebody
from tests.unit.discipline.chamber import CODE, Chamber

_ROWS = 5_000


class _Batch:
    """One file of penalties on a metered table, step by step."""

    def __init__(self, share: float) -> None:
        self.meter = Meter()
        self.table = MeteredTable("credit", self.meter, OPEN, DUE, PROVISIONAL)
        self.bureau = Bureau()
        self.desk = replace(self.bureau.desk, cabinet=Store(self.table))
        source = self.desk.books.catalogue.on(TODAY).source(SOURCE)
        assert source
        organ = Organ(source.name, source.code)
        self.file = credit_rows.file(
            Layout.PENALTY, _ROWS, 1, organ=organ, today=TODAY, share=share
        )
        register(self.file, self.desk)
        self.meter.writes.clear()
        self.meter.reads.clear()
        self.table.changes.clear()
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def take(self) -> int:
        """Let it go through; how many rows were accepted."""
        key = f"in/{SOURCE}/{Layout.PENALTY}/file.csv"
        self.bureau.files.write(key, credit_rows.to_csv(self.file.rows))
        batch = take_file(key, "etag", self.desk)
        while self.bureau.sent:
            message = json.loads(self.bureau.sent.pop(0)[1])
            began = time.process_time()
            take_chunk(message, self.desk)
            self.seconds[message["step"]] += time.process_time() - began
        found = self.desk.cabinet.batches.get(batch.id)
        assert found
        return found.value.counts.accepted

    def follow(self) -> MeteredTable:
        """What hears of the records: grades, parcels of changes, grounds of sanctions."""
        chamber = Chamber()
        grounds = MeteredTable(
            "discipline", self.meter, discipline_store.OPEN, discipline_store.DUE, PROVISIONAL
        )
        told = [one for old, new in self.table.changes for one in events_of(old, new)]
        grades = GradeBook(self.table)
        for event in told:
            if event.type == RECORD_ACCEPTED:
                take_record(body_of(event, RecordTold), self.desk, grades)
                take_ground(event, chamber.desk_over(grounds))
            elif event.type.startswith("record."):
                follow_record(event.subject, self.desk)
        return grounds


def credit_figures() -> dict[str, float]:
    """Rows per second of a process, units per accepted row, reads of a counter."""
    clean, dirty = _Batch(0.0), _Batch(SHARE)
    accepted = clean.take()
    dirty.take()
    core, reads = sum(clean.meter.writes.values()), sum(clean.meter.reads.values())
    print(f"\nA batch of {_ROWS} penalties, {accepted} accepted, units per accepted row")
    clean.follow()
    for kind, units in sorted(clean.meter.writes.items()):
        print(f"  write units  {kind:<28}{units / accepted:8.3f}")
    for kind, units in sorted(clean.meter.reads.items()):
        print(f"  read units   {kind:<28}{units / accepted:8.3f}")
    checked, committed = (clean.seconds[step] for step in ("check", "commit"))
    return {
        **measure(),
        "credit.check_rows_per_s": _ROWS / checked,
        "credit.commit_rows_per_s": _ROWS / committed,
        "credit.lambda_rows_per_s": _ROWS / (checked + committed),
        "credit.dirty_lambda_rows_per_s": _ROWS / sum(dirty.seconds.values()),
        "credit.write_units_per_accepted_row": core / accepted,
        "credit.write_units_with_grades": sum(clean.meter.writes.values()) / accepted,
        "credit.read_units_per_accepted_row": reads / accepted,
        "credit.objects_per_row": len(list(clean.bureau.files)) / _ROWS,
        "counter.reads": _counter_reads(),
    }


def _counter_reads() -> float:
    """Calls to the table of one check at a counter, of a subject with measures."""
    chamber = Chamber()
    chamber.ground()
    chamber.active()
    table = _Counted()
    for record in chamber.table:
        table.put(record, over=None)
    table.calls.clear()
    told = counter.check(CODE, "", somebody("czj", "czj", Role.OFFICER), chamber.desk_over(table))
    assert told.measures
    return float(table.calls.total())


class _Counted(MeteredTable):
    """Counts the calls that read."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        super().__init__(
            "discipline", Meter(), discipline_store.OPEN, discipline_store.DUE, PROVISIONAL
        )

    def _read(self, pk: str, sk: str, records: object, *, whole: bool) -> None:
        self.calls[sk] += 1
