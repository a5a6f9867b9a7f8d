"""What must be shown to close one's share of a clue, one form per kind of end (A17)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class End(StrEnum):
    """How a receiver's share of a clue ends."""

    PENALISED = "penalised"
    CORRECTED = "corrected"
    NO_VIOLATION = "no_violation"
    NOT_FOUND = "not_found"
    TRANSFERRED = "transferred"
    FILED = "filed"


class _Evidence(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CluePenalised(_Evidence):
    """A penalty was imposed."""

    end: Literal[End.PENALISED]
    decision_number: Number
    decided_on: date
    penalty: Note


class _Seen(_Evidence):
    checked_on: date
    note: Note


class ClueCorrected(_Seen):
    """A violation was found and set right without a penalty."""

    end: Literal[End.CORRECTED]


class ClueNoViolation(_Seen):
    """The department looked and found nothing that breaks the law."""

    end: Literal[End.NO_VIOLATION]


class ClueNotFound(_Seen):
    """Nobody and nothing of the kind was found at the place."""

    end: Literal[End.NOT_FOUND]


class ClueTransferred(_Evidence):
    """It was handed to an authority outside the city's departments, such as the prosecution."""

    end: Literal[End.TRANSFERRED]
    document_number: Number
    transferred_on: date
    to: Note


class ClueFiled(_Evidence):
    """The business was licensed or its filing (备案) done."""

    end: Literal[End.FILED]
    filing_number: Number
    filed_on: date


Evidence = Annotated[
    CluePenalised | ClueCorrected | ClueNoViolation | ClueNotFound | ClueTransferred | ClueFiled,
    Field(discriminator="end"),
]


def day_of(evidence: Evidence) -> tuple[str, date]:
    """The day on which what the evidence shows happened, and the field that says so."""
    match evidence:
        case CluePenalised():
            return "decided_on", evidence.decided_on
        case ClueTransferred():
            return "transferred_on", evidence.transferred_on
        case ClueFiled():
            return "filed_on", evidence.filed_on
        case _:
            return "checked_on", evidence.checked_on
