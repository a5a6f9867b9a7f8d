"""How batches and their rows are told over HTTPS: in the caller's language, never an identity."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import AwareDatetime, BaseModel

from functions.credit.batches import Batch, Counts, Form
from functions.credit.desk import Desk
from functions.credit.intake import entry_of
from functions.credit.returns import ReturnedRow, sentence
from functions.shared import messages
from functions.shared.authorization import Action, Caller
from functions.shared.errors import Fault, Invalid
from functions.shared.events.credit import BatchState
from functions.shared.http import FaultTold


class SumsTold(BaseModel):
    """What became of a batch's rows: the first four sum to them; of the accepted, `corrected` and
    `late` ones, and by how many working days together."""

    accepted: int = 0
    duplicate: int = 0
    returned: int = 0
    held: int = 0
    corrected: int = 0
    late: int = 0
    days_late: int = 0


class ReturnedTold(BaseModel):
    """A row that goes back, and why, field by field."""

    row: int
    faults: list[FaultTold]


class BatchTold(BaseModel):
    """A batch: how far it has come and what became of its rows; where to PUT its file while that
    is awaited; and a page of its returned rows, which `after` continues."""

    id: str
    source: str
    item: str
    name: str = ""
    form: Form
    state: BatchState
    rows: int = 0
    sums: SumsTold = SumsTold()
    reasons: list[FaultTold] = []
    unknown: list[str] = []
    faults: list[FaultTold] = []
    replaces: str = ""
    replaced_by: str = ""
    note: str = ""
    received_at: AwareDatetime
    done_at: AwareDatetime | None = None
    upload_url: str | None = None
    expires_in: int | None = None
    returned: list[ReturnedTold] = []
    after: str | None = None
    sheet_url: str | None = None


def batch_told(batch: Batch, language: str) -> BatchTold:
    """A batch without its returned rows."""
    same = BatchTold.model_fields.keys() & Batch.model_fields.keys() - {"reasons", "faults"}
    reasons = (Fault(code, "batch", params={"columns": batch.unknown}) for code in batch.reasons)
    return BatchTold(
        sums=sums_told(batch.counts),
        reasons=_told(reasons, language),
        faults=_told(batch.faults, language),
        **{name: getattr(batch, name) for name in same},
    )


def sums_told(counts: Counts) -> SumsTold:
    """Sums over rows."""
    return SumsTold.model_validate(counts.model_dump())


def returned_told(one: ReturnedRow, batch: Batch, language: str, desk: Desk) -> ReturnedTold:
    """A returned row, with the titles of its fields."""
    entry = entry_of(batch, desk)
    faults = [
        FaultTold(field=fault.field, code=fault.code, message=sentence(fault, entry, language))
        for fault in one.faults
    ]
    return ReturnedTold(row=one.row, faults=faults)


def has_sheet(batch: Batch) -> bool:
    """Whether a sheet of returned rows stands ready."""
    return batch.state in (BatchState.DONE, BatchState.REFUSED) and batch.counts.returned > 0


def own_unit(caller: Caller, action: Action) -> str:
    """The one unit in which a caller may do `action`; raises Invalid where it is not one."""
    units = sorted(caller.units(action))
    if not units:
        raise Invalid.of("not_a_source", "source")
    if len(units) != 1:
        raise Invalid.of("unit_needed", "source", units=", ".join(units))
    return units[0]


def _told(faults: Iterable[Fault], language: str) -> list[FaultTold]:
    return [
        FaultTold(
            row=one.row,
            field=one.field,
            code=one.code,
            message=messages.text(one.code, language, **one.params),
        )
        for one in faults
    ]
