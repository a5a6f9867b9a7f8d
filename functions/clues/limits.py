"""The time an office has to assign a clue, and a receiver to receive and close its share."""

from __future__ import annotations

import tomllib
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from functions.shared import timekeeping
from functions.shared.timekeeping import Timekeeper

__all__ = ["Event", "Limit", "Stage", "Timekeeper", "parse_limits"]


class Stage(StrEnum):
    """What must be done in time."""

    ASSIGN = "assign"
    RECEIVE = "receive"
    HANDLE = "handle"


class Event(StrEnum):
    """From what a limit counts."""

    WAITING = "waiting"  # the office has something to assign
    ASSIGNED = "assigned"
    RECEIVED = "received"


class Limit(timekeeping.Limit):
    """The limit of one stage of a clue."""

    stage: Stage
    start: Event = Field(alias="from")


class _Limits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    limits: tuple[Limit, ...]


def parse_limits(text: str) -> tuple[Limit, ...]:
    """The limits of a TOML file (`infra/city/clue_limits.toml`); raises ValueError."""
    return _Limits.model_validate(tomllib.loads(text)).limits
