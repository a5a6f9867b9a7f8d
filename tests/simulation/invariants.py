"""What must hold at the end, whatever went wrong on the way: each function yields what does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from functions.registry.domain import Entity, Taken
from functions.registry.store import entity_in
from functions.registry.uploads import Progress
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict
from functions.shared.events.registry import RELEASED, Happening
from functions.shared.events.supervision import End, Outcome, State
from functions.shared.inbox import Row
from functions.shared.records import read_as
from functions.shared.stream import Change
from functions.supervision.cases import Case
from functions.supervision.domain import Task, Verb, after
from functions.supervision.store import case_in, task_in
from functions.trail.domain import unpacked
from functions.trail.usecases import check_histories
from tests.simulation.city import City
from tests.simulation.faults import Faults
from tests.simulation.people import Departments, Exchange, ruling_way
from tests.simulation.script import PHRASES, PLACES, Fact, Script
from tests.simulation.systems import Systems

_SYSTEM_ENDS = {End.WITHDRAWN, End.ENTITY_CANCELLED}
_MAY_DIFFER = {"ES01", "EX01", "OL01"}  # what applies depends on the day, or on earlier facts


class Players(NamedTuple):
    """Who keeps a record of what was answered to them."""

    exchange: Exchange
    departments: Departments
    systems: Systems


class Ending:
    """The city as it stands at the end."""

    def __init__(self, city: City, players: Players, storm: Faults, redriven: int) -> None:
        self.city, self.storm, self.redriven = city, storm, redriven
        self.exchange, self.departments, self.systems = players
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


def faults(ending: Ending, script: Script) -> list[str]:
    """Everything that is wrong with an ending."""
    return [
        *_unfinished(ending),
        *_registry(ending, script),
        *_outcomes(ending, script),
        *_history(ending),
        *_needs(ending, script),
        *_tasks(ending),
        *_versions(ending),
        *_steps(ending),
        *_trail(ending),
        *_told(ending),
        *_worklists(ending),
        *ending.systems.wrong(),
    ]


def _unfinished(ending: Ending) -> Iterator[str]:
    city = ending.city
    for queue in city.queues.values():
        for body, reason in queue.dead:
            yield f"{queue.name} has a dead letter: {reason} {body[:200]}"
    for name, parking in city.parking.items():
        yield from (f"{name} has parked {key}" for key in parking.parked)
    yield from ending.exchange.contradictions


def _registry(ending: Ending, script: Script) -> Iterator[str]:
    final = script.final()
    yield from (f"{code} was lost" for code in final.keys() - ending.entities.keys())
    for code, entity in ending.entities.items():
        fact = final[code]
        if entity.pending:
            yield f"{code} still waits for a sweep"
        said = (fact.name, _text(fact.scope), fact.address, fact.cancelled)
        cancelled = entity.happening is Happening.CANCELLATION
        if (entity.name, entity.scope, entity.address, cancelled) != said:
            yield f"{code} should be {said}, is {entity}"
    for sending in script.sendings:
        if sending.file:
            yield from _file(ending, sending.id, len(sending.facts))


def _text(scope: str) -> str:
    return "" if scope == "N/A" else scope


def _file(ending: Ending, id: str, rows: int) -> Iterator[str]:
    upload = ending.city.registry.get_upload(id)
    results = ending.city.registry.list_results(id)
    if upload is None or upload.progress is not Progress.SPLIT or len(results) != upload.chunks:
        yield f"file {id} was not taken whole: {upload}"
    counts = sum(one.accepted + one.duplicate + one.rejected for one in results)
    if counts != rows:
        yield f"file {id} has {rows} rows, of which {counts} are accounted for"


def _outcomes(ending: Ending, script: Script) -> Iterator[str]:
    """Each accepted registration counts once (A6)."""
    accepted = {
        one.registration
        for one in ending.exchange.answers.values()
        if one.taken is Taken.ACCEPTED and one.registration
    }
    for sending in script.sendings:
        for result in ending.city.registry.list_results(sending.id):
            accepted |= set(result.registrations)
    for registration in sorted(accepted):
        code, _, edition = registration.rpartition(".")
        case = ending.cases.get(code)
        if case is None or case.outcome_of(int(edition)) is None:
            yield f"registration {registration} has no outcome"
    for case in ending.cases.values():
        if case.edition != ending.entities[case.code].edition:
            yield f"{case.code}: the case stands at {case.edition}"
        right = Outcome.MANUAL if case.reasons else Outcome.NO_ITEM
        right = Outcome.PUSHED if case.needs and not case.reasons else right
        if case.outcome is not right or (case.reasons and not case.registration):
            yield f"{case.code}: the outcome is {case.outcome}, should be {right}"
        if case.reasons and ruling_way(case.code) != "leave":
            yield f"{case.code} still waits for {case.reasons} after {case.ruling}"


def _history(ending: Ending) -> Iterator[str]:
    """What was decided once stays on record, and what waits for a person ends nothing (A6, A7)."""
    outcomes: dict[tuple[str, int], Outcome] = {}
    for old, case in ending.decisions:
        outcomes[case.code, case.edition] = case.outcome
        unknown = case.town is None or any(one.startswith("scope_") for one in case.reasons)
        if case.reasons and unknown and old and set(case.dropped) - set(old.dropped):
            yield f"{case.code} waits, but drops {case.dropped}: {case}"
    for (code, edition), outcome in outcomes.items():
        kept = ending.cases[code].outcomes
        let_go = len(kept) >= 20 and edition < kept[0].edition  # the first ones of a long life
        if not let_go and ending.cases[code].outcome_of(edition) is not outcome:
            yield f"{code}.{edition} was {outcome}: {ending.cases[code].outcomes}"


def _needs(ending: Ending, script: Script) -> Iterator[str]:
    """What an entity needs in the end, worked out from the script alone, it has (A3, A5)."""
    final = script.final()
    never = {fact.code for fact in script.facts if not _establishes(fact)}
    for code, case in ending.cases.items():
        fact = final[code]
        items = {key.partition("@")[0] for key in case.needs} - _MAY_DIFFER
        if fact.cancelled:
            wanted: set[str] | None = set()
        elif case.reasons or case.ruling:
            wanted = None  # a person decides, or has decided
        else:
            wanted = _called_for(fact) - _MAY_DIFFER
        if wanted is not None and items != wanted:
            yield f"{code} calls for {wanted}, has {items}: {fact}"
        always = code not in never and code not in ending.ruled
        if wanted is not None and always and not any(key.startswith("ES01@") for key in case.needs):
            yield f"{code} was established with ES01, but needs {set(case.needs)}"
        if not fact.cancelled and not case.ruling:
            yield from _reasons(case, fact)


def _called_for(fact: Fact) -> set[str]:
    items = {PHRASES[phrase] for phrase in fact.phrases} - {"", "NX01"}
    return items if _town(fact) == "441900121000" else items - {"DS01"}


def _establishes(fact: Fact) -> bool:
    return "公章刻制" in fact.scope and not fact.cancelled


def _town(fact: Fact) -> str:
    pattern = next((p for p in PLACES if p and fact.address.startswith(p.partition("{")[0])), "")
    return PLACES[pattern]


def _reasons(case: Case, fact: Fact) -> Iterator[str]:
    unreadable = fact.scope in ("N/A", "") or fact.scope.endswith("（")
    for reason, right in (
        ("town", not _town(fact)),
        ("scope_", unreadable),
        ("department_unknown", not unreadable and "卫星导航服务" in fact.phrases),
    ):
        places = ("town_unknown", "out_of_city", "no_address")
        found = any(
            one in places if reason == "town" else one.startswith(reason) for one in case.reasons
        )
        if found != right:
            yield f"{case.code}: {reason} in {case.reasons} should be {right}"


def _tasks(ending: Ending) -> Iterator[str]:
    """Nothing lost, nothing doubled, nothing left open, nothing without its reason (A2, A5, A7)."""
    serves = Counter(task for _, _, task in ending.needed())
    for case, key, id in ending.needed():
        task = ending.tasks.get(id)
        if task is None:
            yield f"{case.code} needs {key}, but its task {id} was never pushed"
        elif task.end in _SYSTEM_ENDS:
            yield f"{case.code} needs {key}, but its task is {task.end}"
        elif (task.code, task.item) != (case.code, key.partition("@")[0]):
            yield f"task {id} serves {key} of {case.code}, but is for {task.item} of {task.code}"
        elif task.open and (task.name, task.town) != (case.name, case.town) and not case.reasons:
            yield f"task {id} was left behind at {task.name} {task.town}: {case}"
    for id, task in ending.tasks.items():
        if serves[id] > 1:
            yield f"task {id} serves {serves[id]} needs"
        if task.open and not serves[id]:
            yield f"task {id} ({task.item} of {task.code}) is open, and nothing needs it"
        if task.unit and not (task.law and task.item_version and (task.words or task.clause)):
            yield f"task {id} says no reason: {task}"


def _versions(ending: Ending) -> Iterator[str]:
    """A task shows the version of its item that was in force when it was decided on (A4)."""
    decided: dict[str, datetime] = {}
    for _, case in ending.decisions:
        for id in case.needs.values():
            decided.setdefault(id, case.decided_at)
    for id, task in ending.tasks.items():
        if task.item == "VR01":
            version = 1 if shanghai_day(decided[id]) <= date(2026, 3, 2) else 2
            if task.item_version != version:
                yield f"task {id} decided on {decided[id]} has version {task.item_version}"


def _steps(ending: Ending) -> Iterator[str]:
    """No step counted twice, none that was answered lost, none that could not follow (A11)."""
    for id, task in ending.tasks.items():
        refs = Counter((step.by, step.ref) for step in task.steps)
        yield from (f"task {id} counts {ref} {n} times" for ref, n in refs.items() if n > 1)
        state = State.PUSHED
        for step in task.steps:
            try:
                state = after(state, step.verb)
            except Conflict as conflict:
                yield f"task {id}: {conflict} in {task.steps}"
        if state is not task.state:
            yield f"task {id} is {task.state}, its steps lead to {state}"
    for id, ref in ending.departments.counted:
        steps = [
            step
            for step in ending.tasks[id].steps
            if step.ref == ref or (step.verb is Verb.VERIFY and ref == f"verify {step.unit}")
        ]
        if not steps:
            yield f"task {id}: {ref} was answered as counted, but is not there"


def _trail(ending: Ending) -> Iterator[str]:
    """The archive holds every version of every record, in unbroken chains (D1)."""
    days = sorted({date.fromisoformat(key.split("/")[1]) for key in ending.city.trail})
    for fault in check_histories(days, ending.city.trail):
        yield f"the trail does not hold: {fault}"
    kept = {
        (key.split("/")[2], record["pk"], record["sk"], record["version"])
        for key in ending.city.trail
        for record in unpacked(ending.city.trail.read(key))
    }
    for name in ("registry", "supervision"):
        for change in ending.city.tables[name].changes:
            written = (name, change.new["pk"], change.new["sk"], change.new["version"])
            if written not in kept:
                yield f"the trail does not have {written}"


def _told(ending: Ending) -> Iterator[str]:
    """The newest version of everything was told."""
    told: dict[tuple[str, str], int] = defaultdict(int)
    released: set[tuple[str, int]] = set()
    for event in ending.city.topic.told.values():
        key = event.type.partition(".")[0], event.subject
        told[key] = max(told[key], event.sequence)
        if event.type == RELEASED:
            released.add((event.subject, event.data["edition"]))
    for record in ending.city.tables["supervision"].inner:
        case, task = case_in(record), task_in(record)
        if case:
            subject = "case", case.code
        elif task and task.unit:
            subject = "task", task.id
        else:
            continue
        if told[subject] != record["version"]:
            yield f"{subject} is at version {record['version']}, told was {told[subject]}"
    for code, entity in ending.entities.items():
        if (code, entity.edition) not in released:
            yield f"{code} edition {entity.edition} was never told"


def _worklists(ending: Ending) -> Iterator[str]:
    """Each open task stands in the worklist of its unit, and in nobody else's (A8)."""
    shown: dict[str, list[Row]] = defaultdict(list)
    for record in ending.city.tables["worklist"].inner:
        row = read_as(Row, record)
        if row.open:
            shown[row.subject].append(row)
    for id, task in ending.tasks.items():
        rows = [(row.unit, row.state) for row in shown[id]]
        right = [(task.unit, task.state)] if task.open and task.unit else []
        if rows != right:
            yield f"task {id} stands in {rows}, should in {right}: {task.steps}"


def differences(calm: Ending, storm: Ending) -> Iterator[str]:
    """Where two endings of one script differ in more than times, ids and the way there."""
    one, other = _likeness(calm), _likeness(storm)
    for code in sorted(one.keys() | other.keys()):
        if one.get(code) != other.get(code):
            yield f"{code} was {one.get(code)} in calm, is {other.get(code)}"


def _likeness(ending: Ending) -> dict[str, object]:
    alike: dict[str, object] = {}
    for code, entity in ending.entities.items():
        case = ending.cases.get(code)
        if case is None:
            continue
        tasks = {
            key: _fate(ending.tasks[id])
            for key, id in case.needs.items()
            if key.partition("@")[0] not in _MAY_DIFFER and id in ending.tasks
        }
        alike[code] = (
            (entity.name, entity.scope, entity.address, entity.town, entity.village),
            entity.happening is Happening.CANCELLATION,
            case.reasons,
            case.town,
            None if case.reasons else tasks,
        )
    return alike


def _fate(task: Task) -> tuple[object, ...]:
    place = (task.name, task.town) if task.open else None  # a closed task follows nobody
    return task.item, task.unit, task.state, task.end, place
