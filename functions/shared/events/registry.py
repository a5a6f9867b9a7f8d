"""What the registry tells: that a registration arrived, and that it is released to supervision."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from functions.shared.events import Body

RECEIVED = "registration.received"  # at once, for inspections (B4)
RELEASED = "registration.released"  # by the next sweep, for supervision (A2)


class Happening(StrEnum):
    """What a registration does to an entity."""

    ESTABLISHMENT = "establishment"
    CHANGE = "change"
    CANCELLATION = "cancellation"


class Registration(Body):
    """An entity as its newest registration describes it.

    `edition` counts the entity's registrations from 1; `<code>.<edition>` is the registration's id.
    `town` and `village` are statistical codes of 12 digits, None where the address did not resolve;
    `place_problem` then says why. `changed` names the fields that differ from the edition before.
    `happened` is what the newest editions did, this one last: an edition may be replaced before
    anybody hears of it. `cluster`: many share its address on paper, and nobody at the door is no
    fault.
    """

    code: str
    edition: int
    happening: Happening
    happened: tuple[Happening, ...] = ()
    changed: tuple[str, ...] = ()
    name: str
    entity_type: str = ""
    industry: str = ""
    scope: str = ""
    address: str = ""
    town: str | None = None
    village: str | None = None
    place_problem: str | None = None
    cluster: bool = False
    received_at: AwareDatetime
