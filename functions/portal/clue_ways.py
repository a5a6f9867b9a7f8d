"""The ways in which a clue can go on now, as the API tells them, and the forms for each (A17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from functions.portal.visiting import Visit

# What is shown of each kind of end, as the API names it, in which kind of field.
ENDS: dict[str, tuple[tuple[str, str], ...]] = {
    "corrected": (("checked_on", "date"), ("note", "textarea")),
    "penalised": (("decision_number", "text"), ("decided_on", "date"), ("penalty", "textarea")),
    "no_violation": (("checked_on", "date"), ("note", "textarea")),
    "not_found": (("checked_on", "date"), ("note", "textarea")),
    "transferred": (("document_number", "text"), ("transferred_on", "date"), ("to", "text")),
    "filed": (("filing_number", "text"), ("filed_on", "date")),
}
GROUNDS = ("not_our_duty", "not_our_area", "no_violation_known")


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that may be done: by its office (`assign`), or by `unit` with its share."""

    verb: str
    unit: str = ""

    @property
    def key(self) -> str:
        """How a link names it."""
        return f"{self.verb}:{self.unit}"


@dataclass(slots=True)
class Proposed:
    """A unit that may get it, and why; `preset` where nothing was decided about it yet."""

    unit: str
    reasons: list[Mapping[str, Any]] = field(default_factory=list)
    preset: bool = False


def ways_of(clue: Mapping[str, Any]) -> list[Way]:
    """What may be done now, as the API says."""
    ways = [Way(verb) for verb in clue.get("may", ())]
    answers: Mapping[str, Sequence[str]] = clue.get("answers") or {}
    return ways + [Way(verb, unit) for unit, verbs in answers.items() for verb in verbs]


def chosen(visit: Visit, ways: Sequence[Way]) -> Way | None:
    """The way whose form is shown: the one just tried, the one asked for, or the likeliest. To
    receive takes no form, and to dispute is nobody's first choice."""
    tried = Way(visit.form.get("do").removeprefix("clue_"), visit.form.get("unit"))
    asked = visit.query.get("way", "")
    forms = [way for way in ways if way.verb != "receive"]
    for way in forms:
        if way == tried or (not visit.form.fields and way.key == asked):
            return way
    return next((way for way in forms if way.verb in ("assign", "handle")), None)


def proposed(clue: Mapping[str, Any]) -> list[Proposed]:
    """The units that are proposed, each once with all reasons; one who has it, or had it, is not
    chosen beforehand."""
    had = {share["unit"] for share in clue.get("shares", ())}
    found: dict[str, Proposed] = {}
    for one in clue.get("proposals", ()):
        unit = one.get("unit") or ""
        there = found.setdefault(unit, Proposed(unit, preset=bool(unit) and not had))
        there.reasons.append(one)
    return list(found.values())


def named(clue: Mapping[str, Any]) -> str:
    """Whose a clue is by the newest dispute that waits for the office, if that says so."""
    waiting = {one["unit"] for one in clue.get("shares", ()) if one["state"] == "disputed"}
    said = [one for one in clue["steps"] if one["verb"] == "dispute" and one["unit"] in waiting]
    return str(said[-1].get("responsible") or "") if said else ""
