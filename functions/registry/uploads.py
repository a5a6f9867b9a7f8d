"""A file of registrations, and what became of each of its chunks (A1)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.shared.errors import Fault


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Progress(StrEnum):
    """How far a file has come."""

    AWAITED = "awaited"  # its upload was announced
    SPLIT = "split"  # its chunks are under way
    BROKEN = "broken"  # it cannot be read at all; `faults` say why


class Upload(_Frozen):
    """A file of registrations. `content` names what it held when it was last cut."""

    id: str
    name: str
    sender: str
    content: str = ""
    progress: Progress = Progress.AWAITED
    rows: int = 0
    chunks: int = 0
    faults: tuple[Fault, ...] = ()
    announced_at: AwareDatetime


class ChunkResult(_Frozen):
    """What became of one chunk's rows; the three counts sum to its rows."""

    upload: str
    content: str = ""
    number: int
    accepted: int
    duplicate: int
    rejected: int
    registrations: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
