"""The registry over HTTPS: batches of rows, files, sweeps (A1, A2)."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import uuid4

from chalice import Blueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.registry.config import divisions
from functions.registry.domain import Entity, Taken
from functions.registry.store import Store
from functions.registry.sweeps import shards_to_release
from functions.registry.uploads import ChunkResult, Progress, Upload
from functions.registry.usecases import Batch, RowResult, take_rows
from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import ANYONE, Action, Caller, Owner, require
from functions.shared.errors import NotFound
from functions.shared.http import FaultTold, Operation, language_of, operation, told

bp = Blueprint(__name__)
_MOST_ROWS = 1000
_UPLOAD_SECONDS = 3600
_MOST_CHUNKS = 10  # whose rows one answer names: it ends at 6 MB, a file may have millions


class BatchIn(BaseModel):
    """Up to 1,000 registrations. `id` is the sender's name for this batch (a repeat with the same
    id gives the same answer); `first_row` is the number of its first row in the sender's file."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.:-]+$")] = ""
    first_row: Annotated[int, Field(ge=1)] = 1
    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=_MOST_ROWS)]


class RowTold(BaseModel):
    """What became of one row: `registration` is the id to ask `/v1/outcomes` for."""

    row: int
    taken: Taken
    registration: str | None = None
    faults: list[FaultTold] = []
    warnings: list[FaultTold] = []


class BatchTold(BaseModel):
    """What became of a batch; the three counts sum to its rows."""

    id: str
    accepted: int
    duplicate: int
    rejected: int
    rows: list[RowTold]


class FileIn(BaseModel):
    """A file that is about to be sent."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]


class FileQuery(BaseModel):
    """Behind which chunk to go on."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0)] = 0


class FileTold(BaseModel):
    """A file: where to PUT it (when announced), how far it has come, what became of its rows.

    The counts are whole; `registrations` and `faults` are those of some chunks, and `after` leads
    to the next ones.
    """

    id: str
    name: str
    progress: Progress
    upload_url: str | None = None
    expires_in: int | None = None
    rows: int = 0
    chunks: int = 0
    chunks_done: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    registrations: list[str] = []
    faults: list[FaultTold] = []
    after: int | None = None


class EntityTold(BaseModel):
    """An entity as its newest registration describes it."""

    registration: str
    code: str
    edition: int
    happening: str
    name: str
    scope: str
    address: str
    town: str | None = None
    village: str | None = None
    place_problem: str | None = None
    cluster: bool
    pending: bool
    received_at: AwareDatetime


class SweepTold(BaseModel):
    """A sweep that was started: it releases everything that arrived by `until`."""

    until: AwareDatetime
    shards: int


def _store() -> Store:
    return Store(ports.table("registry"))


@bp.route("/v1/registrations", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Take a batch of registrations", Action.REGISTRATIONS_WRITE, BatchIn, reply=BatchTold
    ),
)
def post_registrations(caller: Caller, body: BatchIn) -> BatchTold:
    require(caller, Action.REGISTRATIONS_WRITE, ANYONE, "registrations")
    batch = Batch(body.id or uuid4().hex, clock.now(), caller.id)
    rows = list(enumerate(body.rows, start=body.first_row))
    results = take_rows(rows, batch, divisions=divisions(), entities=_store().entities)
    tell = partial(_row_told, language=language_of(bp.current_request))
    counts = {taken: sum(one.taken is taken for one in results) for taken in Taken}
    return BatchTold(id=batch.id, rows=[tell(one) for one in results], **counts)


@bp.route("/v1/registrations/{code}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation("Read an entity's newest registration", Action.REGISTRATIONS_READ, reply=EntityTold),
)
def get_registration(code: str, caller: Caller) -> EntityTold:
    found = _store().entities.get(code)
    if found is None:
        raise NotFound("registration")
    require(caller, Action.REGISTRATIONS_READ, Owner(town=found.value.town), "registration")
    return _entity_told(found.value)


@bp.route("/v1/files", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Announce a file of registrations and get the address to PUT it to",
        Action.REGISTRATIONS_WRITE,
        FileIn,
        reply=FileTold,
        status=201,
    ),
)
def post_file(caller: Caller, body: FileIn) -> FileTold:
    require(caller, Action.REGISTRATIONS_WRITE, ANYONE, "files")
    now = clock.now()
    upload = Upload(id=uuid4().hex, name=body.name, sender=caller.id, announced_at=now)
    _store().change_upload(upload.id, lambda _: upload, caller.id, now)
    signed = ports.objects("exchange").upload(f"in/{upload.id}.csv", seconds=_UPLOAD_SECONDS)
    told = _file_told(upload, [], "")
    return told.model_copy(update={"upload_url": signed.url, "expires_in": signed.expires_in})


@bp.route("/v1/files/{file_id}", methods=["GET"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Read how far a file has come",
        Action.REGISTRATIONS_WRITE,
        query=FileQuery,
        reply=FileTold,
    ),
)
def get_file(file_id: str, caller: Caller, query: FileQuery) -> FileTold:
    require(caller, Action.REGISTRATIONS_WRITE, ANYONE, "file")
    store = _store()
    upload = store.get_upload(file_id)
    if upload is None:
        raise NotFound("file")
    results = store.list_results(file_id, upload.content)
    return _file_told(upload, results, language_of(bp.current_request), query.after)


@bp.route("/v1/sweeps", methods=["POST"], authorizer=signed_in)
@operation(bp, Operation("Start a sweep now", Action.SWEEP, reply=SweepTold, status=202))
def post_sweep(caller: Caller) -> SweepTold:
    require(caller, Action.SWEEP, ANYONE, "sweeps")
    until = clock.now()
    shards = shards_to_release(until)
    ports.send_all("registry-release", shards)
    return SweepTold(until=until, shards=len(shards))


def _row_told(result: RowResult, language: str) -> RowTold:
    return RowTold(
        row=result.row,
        taken=result.taken,
        registration=result.registration,
        faults=[told(fault, language) for fault in result.faults],
        warnings=[told(fault, language) for fault in result.warnings],
    )


def _entity_told(entity: Entity) -> EntityTold:
    fields = {
        name: getattr(entity, name) for name in EntityTold.model_fields if name != "registration"
    }
    return EntityTold(registration=entity.registration_id, **fields)


def _file_told(
    upload: Upload, results: list[ChunkResult], language: str, after: int = 0
) -> FileTold:
    later = [one for one in results if one.number > after]
    shown = later[:_MOST_CHUNKS]
    faults = [*upload.faults, *(fault for one in shown for fault in one.faults)]
    return FileTold(
        id=upload.id,
        name=upload.name,
        progress=upload.progress,
        rows=upload.rows,
        chunks=upload.chunks,
        chunks_done=len(results),
        accepted=sum(one.accepted for one in results),
        duplicate=sum(one.duplicate for one in results),
        rejected=sum(one.rejected for one in results),
        registrations=[registration for one in shown for registration in one.registrations],
        faults=[told(fault, language) for fault in faults],
        after=shown[-1].number if len(later) > len(shown) else None,
    )
