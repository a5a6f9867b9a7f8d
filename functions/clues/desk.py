"""What the use cases of clues work with, as tiny ports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.clues.domain import Clue, Frozen
from functions.clues.limits import Limit, Timekeeper
from functions.shared.objects import Photos
from functions.shared.records import Stored
from functions.shared.rules_in_force import Rules


class AutoAssign(Frozen):
    """Whether the system assigns the clear clues of a town by itself (A18)."""

    town: str
    automatic: bool = False


class Clues(Protocol):
    """Where clues are kept."""

    def get(self, id: str) -> Stored[Clue] | None: ...

    def save(
        self, value: Clue, *, before: Stored[Clue] | None, by: str, now: datetime
    ) -> Stored[Clue]: ...

    def change(
        self, id: str, how: Callable[[Clue | None], Clue | None], *, by: str, now: datetime
    ) -> Clue | None: ...


class Switches(Protocol):
    """Where the towns' switches are kept."""

    def get(self, id: str) -> Stored[AutoAssign] | None: ...

    def change(
        self,
        id: str,
        how: Callable[[AutoAssign | None], AutoAssign | None],
        *,
        by: str,
        now: datetime,
    ) -> AutoAssign | None: ...


class RuleSource(Protocol):
    """The rules that hold now."""

    def on(self, now: datetime) -> Rules: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a use case works with: clues, switches, rules, limits, photos, the present instant."""

    clues: Clues
    switches: Switches
    rules: RuleSource
    limits: tuple[Limit, ...]
    photos: Photos
    now: datetime

    def time(self, rules: Rules) -> Timekeeper:
        """The clocks by the city's limits and the calendar of `rules`."""
        return Timekeeper(self.limits, rules.calendar)
