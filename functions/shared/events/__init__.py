"""The envelope of all that features tell each other: CloudEvents 1.0 with a record's version.

An event's id is derived from the record and its version, so a repeat is the same event; `sequence`
is that version, so a late one is recognised.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

SPEC_VERSION = "1.0"


class Body(BaseModel):
    """Base of all event bodies: immutable, and tolerant of fields that a later version adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


B = TypeVar("B", bound=Body)


class CloudEvent(Body):
    """One event as it travels over the topic, the queues and to other systems."""

    specversion: str = SPEC_VERSION
    id: str
    source: str
    type: str
    subject: str
    time: AwareDatetime
    sequence: int
    datacontenttype: str = "application/json"
    data: dict[str, Any]


def body_of(event: CloudEvent, model: type[B]) -> B:
    """An event's data as `model`; raises ValidationError where it does not fit."""
    return model.model_validate(event.data)


def event(kind: str, subject: str, sequence: int, body: Body, at: datetime) -> CloudEvent:
    """The event that `subject`'s version `sequence` makes; `kind` reads `<thing>.<happened>`."""
    return CloudEvent(
        id=f"{kind}/{subject}/{sequence}",
        source=f"/sanwei/{kind.partition('.')[0]}",
        type=kind,
        subject=subject,
        time=at,
        sequence=sequence,
        data=body.model_dump(mode="json", exclude_none=True),
    )
