"""The city as a run leaves it, for those who look for what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from functions.clues.domain import Clue
from functions.clues.store import clue_in
from functions.inspections.domain import Inspection
from functions.inspections.store import inspection_in
from functions.registry.domain import Entity
from functions.registry.store import entity_in
from functions.shared.inbox import Row, row_in
from functions.shared.stream import Change
from functions.supervision.cases import Case
from functions.supervision.domain import Task
from functions.supervision.store import case_in, task_in
from tests.simulation.city import City
from tests.simulation.clues import Watchers
from tests.simulation.faults import Faults
from tests.simulation.people import Exchange
from tests.simulation.systems import Systems
from tests.simulation.units import Departments
from tests.simulation.villages import Villages


class Players(NamedTuple):
    """Who keeps a record of what was answered to them."""

    exchange: Exchange
    departments: Departments
    systems: Systems
    watchers: Watchers
    villages: Villages


class Ending:
    """The city as it stands at the end."""

    def __init__(self, city: City, players: Players, storm: Faults, redriven: int) -> None:
        self.city, self.storm, self.redriven = city, storm, redriven
        self.swept = city.alerts.swept
        self.exchange, self.departments, self.systems, self.watchers = players[:4]
        self.villages = players.villages
        records = list(city.tables["supervision"].inner)
        self.entities: dict[str, Entity] = {}
        for record in city.tables["registry"].inner:
            if entity := entity_in(record):
                self.entities[entity.code] = entity
        self.cases: dict[str, Case] = {}
        self.tasks: dict[str, Task] = {}
        for record in records:
            if case := case_in(record):
                self.cases[case.code] = case
            if task := task_in(record):
                self.tasks[task.id] = task

    @cached_property
    def decisions(self) -> list[tuple[Case | None, Case]]:
        """Every decision on every entity: the case before and after."""
        return [
            (case_in(change.old) if change.old else None, case)
            for change in self.city.tables["supervision"].changes
            if (case := case_in(change.new))
        ]

    @cached_property
    def clues(self) -> dict[str, Clue]:
        """Every clue."""
        found = (clue_in(record) for record in self.city.tables["clues"].inner)
        return {clue.id: clue for clue in found if clue}

    @cached_property
    def inspections(self) -> dict[str, Inspection]:
        """Every inspection."""
        found = (inspection_in(record) for record in self.city.tables["inspections"].inner)
        return {one.id: one for one in found if one}

    @cached_property
    def rows(self) -> list[Row]:
        """Every row of every worklist, also what has left it."""
        found = (row_in(record) for record in self.city.tables["worklist"].inner)
        return [row for row in found if row]

    @property
    def changes(self) -> list[Change]:
        """Every write to the registry and to supervision, in order within each."""
        return self.city.tables["registry"].changes + self.city.tables["supervision"].changes

    @cached_property
    def ruled(self) -> set[str]:
        """The entities on which a person ever decided."""
        return {case.code for _, case in self.decisions if case.ruling}

    def needed(self) -> Iterator[tuple[Case, str, str]]:
        """Every need: the case, the need's key, the task's id."""
        for case in self.cases.values():
            for key, task in case.needs.items():
                yield case, key, task
