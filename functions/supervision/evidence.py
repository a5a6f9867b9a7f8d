"""What must be shown to end a task, one form per kind of end (A16)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from functions.shared.events.supervision import End, ProofTold
from functions.shared.matching.items import Kind

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Attachment = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Evidence(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()


class Licensed(_Evidence):
    """A licence was issued on the strength of this task."""

    end: Literal[End.LICENSED]
    licence_number: Number
    issued_on: date
    valid_until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Licensed:
        if self.valid_until and self.valid_until < self.issued_on:
            raise ValueError("valid_until lies before issued_on")
        return self


class AlreadyLicensed(_Evidence):
    """The entity held the licence before the push."""

    end: Literal[End.ALREADY_LICENSED]
    licence_number: Number
    issued_on: date
    valid_until: date | None = None


class Filed(_Evidence):
    """A filing (备案) was done."""

    end: Literal[End.FILED]
    filing_number: Number
    filed_on: date


class Penalised(_Evidence):
    """A penalty was imposed."""

    end: Literal[End.PENALISED]
    decision_number: Number
    decided_on: date
    penalty: Note
    fine: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)] | None = None


class Refused(_Evidence):
    """The licence was applied for and refused."""

    end: Literal[End.REFUSED]
    document_number: Number
    decided_on: date
    ground: Note


class _Seen(_Evidence):
    checked_on: date
    note: Note


class NoViolation(_Seen):
    """The department looked and found nothing that needs the licence or breaks the law."""

    end: Literal[End.NO_VIOLATION]


class NotCarriedOn(_Seen):
    """The business stands in the scope but is not carried on."""

    end: Literal[End.NOT_CARRIED_ON]


class NotFoundThere(_Seen):
    """Nobody was found at the registered address."""

    end: Literal[End.NOT_FOUND]


class Corrected(_Seen):
    """A violation was found and set right without a penalty."""

    end: Literal[End.CORRECTED]


class EntityCancelled(_Evidence):
    """The entity was struck off; only a registration says so."""

    end: Literal[End.ENTITY_CANCELLED]
    registration: Number


class Withdrawn(_Evidence):
    """The reason of the push fell away with a later registration or decision."""

    end: Literal[End.WITHDRAWN]
    registration: Number


_Reported = (
    Licensed
    | AlreadyLicensed
    | Filed
    | Penalised
    | Refused
    | NoViolation
    | NotCarriedOn
    | NotFoundThere
    | Corrected
)
Evidence = Annotated[_Reported, Field(discriminator="end")]
AnyEvidence = Annotated[_Reported | EntityCancelled | Withdrawn, Field(discriminator="end")]

_ONLY_FOR = {
    End.LICENSED: Kind.LICENCE,
    End.REFUSED: Kind.LICENCE,
    End.FILED: Kind.FILING,
}


def ends_for(kind: Kind) -> tuple[End, ...]:
    """The ends that a receiver may report for an item of this kind."""
    system = (End.ENTITY_CANCELLED, End.WITHDRAWN)
    return tuple(end for end in End if end not in system and _ONLY_FOR.get(end, kind) is kind)


def day_of(evidence: AnyEvidence) -> tuple[str, date] | None:
    """The day on which what the evidence shows happened, and the field that says so."""
    for name in ("issued_on", "filed_on", "decided_on", "checked_on"):
        if isinstance(day := getattr(evidence, name, None), date):
            return name, day
    return None


def proof_of(evidence: AnyEvidence | None) -> ProofTold | None:
    """The document that evidence shows, as the others are told of it; None where it shows none."""
    match evidence:
        case Licensed() | AlreadyLicensed():
            return ProofTold(
                number=evidence.licence_number,
                on=evidence.issued_on,
                valid_until=evidence.valid_until,
            )
        case Filed():
            return ProofTold(number=evidence.filing_number, on=evidence.filed_on)
        case Penalised():
            return ProofTold(
                number=evidence.decision_number,
                on=evidence.decided_on,
                text=evidence.penalty,
                fine=evidence.fine,
            )
        case Refused():
            return ProofTold(number=evidence.document_number, on=evidence.decided_on)
    return None
