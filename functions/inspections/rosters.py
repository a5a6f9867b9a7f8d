"""Which grids a village has and who walks them: the city's own data, village by village (B4)."""

from __future__ import annotations

from collections.abc import Iterator

from functions.inspections.desk import Desk, Roster
from functions.shared.authorization import Action, Caller, Owner, require
from functions.shared.directory import Directory, town_of
from functions.shared.errors import Fault, Invalid, NotFound, TooLarge

_MOST_BYTES = 395_000  # a record ends at 400 KB


def load_roster(roster: Roster, caller: Caller, desk: Desk) -> Roster:
    """Put `roster` in place of the village's present one; the same again changes nothing. What is
    out with an inspector who is no longer on it stays there until it is given to another.

    Raises NotFound where the village is not the caller's to change, Invalid for a village that is
    none of the city's, no grids or no inspectors (which would wipe the village), an id that stands
    there twice, and a grid that is not on the roster, TooLarge for one that no record can hold.
    """
    _check_may(roster.village, Action.ROSTER_WRITE, caller)
    directory = desk.rules.on(desk.now).directory
    if faults := list(_faults(roster, directory)):
        raise Invalid.all(faults)
    if len(roster.model_dump_json().encode()) > _MOST_BYTES:
        raise TooLarge.of("roster_too_long", "grids")
    desk.cabinet.rosters.change(roster.village, lambda _: roster, by=caller.id, now=desk.now)
    return roster


def read_roster(village: str, caller: Caller, desk: Desk) -> Roster:
    """The roster of a village; an empty one where none was loaded. Raises NotFound for a village
    that is not the caller's, or none of the city's."""
    _check_may(village, Action.ROSTER_READ, caller)
    if not desk.rules.on(desk.now).directory.has_village(village):
        raise NotFound("village")
    found = desk.cabinet.rosters.get(village)
    return found.value if found else Roster(village=village)


def _check_may(village: str, action: Action, caller: Caller) -> None:
    require(caller, action, Owner(village, town_of(village)), "village")


def _faults(roster: Roster, directory: Directory) -> Iterator[Fault]:
    if not directory.has_village(roster.village):
        yield Fault("village_not_ours", "village", params={"village": roster.village})
    if not roster.grids:
        yield Fault("roster_without_grids", "grids")
    if not roster.inspectors:
        yield Fault("roster_without_inspectors", "inspectors")
    grids: set[str] = set()
    for number, grid in enumerate(roster.grids):
        if grid.id in grids:
            yield Fault("grid_twice", f"grids.{number}.id", params={"grid": grid.id})
        grids.add(grid.id)
    inspectors: set[str] = set()
    for number, one in enumerate(roster.inspectors):
        field = f"inspectors.{number}"
        if one.id in inspectors:
            yield Fault("inspector_twice", f"{field}.id", params={"inspector": one.id})
        inspectors.add(one.id)
        for place, grid_id in enumerate(one.grids):
            if grid_id not in grids:
                yield Fault("grid_unknown", f"{field}.grids.{place}", params={"grid": grid_id})
