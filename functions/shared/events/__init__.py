"""The envelope of all that features tell each other: CloudEvents 1.0 with a record's version.

An event's id is derived from the record and its version, so a repeat is the same event; `sequence`
is that version, so a late one is recognised.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

SPEC_VERSION = "1.0"
VERSIONS: Mapping[str, int] = {
    "alert.raised": 3,  # also about disputes, sanctions and constraints
    "alert.ended": 3,
    "inspection.opened": 2,  # also because of a grade of credit
    "inspection.changed": 2,
    "notice.issued": 2,
    "recheck.over": 2,
}
"""The version of each type's body, 1 where none stands here: a new one for a body that an old
reader could not read (`interfaces/schemas.py` tells when)."""


class Body(BaseModel):
    """Base of all event bodies: immutable, and tolerant of fields that a later version adds. What
    stands in one that cannot be read is for no log."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


B = TypeVar("B", bound=Body)


class CloudEvent(Body):
    """One event as it travels over the topic, the queues and to other systems.

    `dataschema` is where the API tells the schema of its `data`; None for one from before that.
    """

    specversion: str = SPEC_VERSION
    id: str
    source: str
    type: str
    subject: str
    time: AwareDatetime
    sequence: int
    datacontenttype: str = "application/json"
    dataschema: str | None = None
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
        dataschema=f"/v1/schemas/{kind}/{VERSIONS.get(kind, 1)}",
        data=body.model_dump(mode="json", exclude_none=True),
    )
