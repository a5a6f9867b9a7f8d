"""What must hold of registrations, cases and needs at the end, worked out from the script."""

from __future__ import annotations

from collections.abc import Iterator

from functions.registry.domain import Taken
from functions.registry.uploads import Progress
from functions.shared.events.registry import Happening
from functions.shared.events.supervision import Outcome
from functions.supervision.cases import Case
from tests.simulation.endings import Ending
from tests.simulation.people import ruling_way
from tests.simulation.script import PHRASES, PLACES, Fact, Script

MAY_DIFFER = {"ES01", "EX01", "OL01"}  # what applies depends on the day, or on earlier facts


def wrong(ending: Ending, script: Script) -> Iterator[str]:
    """Everything that is wrong with them."""
    yield from _registry(ending, script)
    yield from _outcomes(ending, script)
    yield from _history(ending)
    yield from _needs(ending, script)


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
        items = {key.partition("@")[0] for key in case.needs} - MAY_DIFFER
        if fact.cancelled:
            wanted: set[str] | None = set()
        elif case.reasons or case.ruling:
            wanted = None  # a person decides, or has decided
        else:
            wanted = _called_for(fact) - MAY_DIFFER
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
