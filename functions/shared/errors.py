"""What can go wrong for a caller, in a form that every language and transport can show (D4)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a problem is answered; `http` maps each kind to one status."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one field; `code` is a key of `messages.TEXTS`.

    `row` counts the data rows of a batch or file from 1, as a person counts them.
    """

    code: str
    field: str = ""
    row: int | None = None
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


class Problem(Exception):
    """Base of everything that a caller is told; carries its faults, never a sentence."""

    kind = Kind.INVALID

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{f.field or '-'}: {f.code}" for f in faults))
        self.faults = faults


class Invalid(Problem):
    """The input breaks a rule; nothing was changed."""

    @classmethod
    def of(cls, code: str, field: str = "", **params: Any) -> Invalid:
        return cls(Fault(code, field, params=params))

    @classmethod
    def all(cls, faults: Iterable[Fault]) -> Invalid:
        return cls(*faults)


class NotSignedIn(Problem):
    """No token or signature, or one that does not hold."""

    kind = Kind.UNAUTHENTICATED


class Forbidden(Problem):
    """The caller's own registration does not cover this; of anything else NotFound tells (D3)."""

    kind = Kind.FORBIDDEN

    @classmethod
    def of(cls, code: str, field: str = "", **params: Any) -> Forbidden:
        return cls(Fault(code, field, params=params))


class NotFound(Problem):
    """It is not there, or it is not the caller's: both look the same (D3)."""

    kind = Kind.NOT_FOUND

    def __init__(self, what: str) -> None:
        super().__init__(Fault("not_found", what))


class Conflict(Problem):
    """The thing is in a state that does not allow this."""

    kind = Kind.CONFLICT

    @classmethod
    def of(cls, code: str, field: str = "", **params: Any) -> Conflict:
        return cls(Fault(code, field, params=params))


class TooLarge(Problem):
    """More than one call may carry."""

    kind = Kind.TOO_LARGE

    @classmethod
    def of(cls, code: str, field: str = "", **params: Any) -> TooLarge:
        return cls(Fault(code, field, params=params))


class TooMany(Problem):
    """More calls than were agreed; the same call may come again in `seconds`."""

    kind = Kind.TOO_MANY

    def __init__(self, fault: Fault, seconds: int) -> None:
        super().__init__(fault)
        self.seconds = seconds
