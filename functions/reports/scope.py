"""Whose figures a caller sees: closed by default, and what is not his looks like not there (D3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from functions.reports.domain import CITY
from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.directory import body_of, town_of
from functions.shared.errors import NotFound


@dataclass(frozen=True)
class Scope:
    """What `caller` sees of figures; the answers are kept, as each is asked for many cells."""

    caller: Caller
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def sees(self, department: str, town: str) -> bool:
        """Whether the figures of a department in a town (`city`: in none) are the caller's."""
        place = (department, town)
        if place not in self._known:
            lies_in = None if town == CITY else town
            unit = f"{department}.{lies_in}" if lies_in else department
            owner = Owner(unit, lies_in)
            self._known[place] = allows(self.caller, Action.FIGURES_READ, owner)
        return self._known[place]

    def sees_unit(self, unit: str) -> bool:
        """Whether a unit's figures are the caller's."""
        return self.sees(body_of(unit), town_of(unit) or CITY)

    def sees_some_of(self, department: str) -> bool:
        """Whether the caller sees any unit of a department."""
        return any(self.sees(department, town) for town in self._towns())

    def require(self, department: str | None, town: str | None) -> None:
        """Raises NotFound where nothing of what is asked for (None: of anything) is the caller's;
        a town's office sees its town's part of every department."""
        bodies = {department} if department else {body_of(one.unit) for one in self.caller.grants}
        towns = {town} if town else self._towns()
        if not any(self.sees(body, place) for body in bodies for place in towns):
            raise NotFound("figures")

    def _towns(self) -> set[str]:
        return {CITY, *(grant.town or CITY for grant in self.caller.grants)}
