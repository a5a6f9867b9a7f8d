"""What an inspection waits for, in plain words: who must do what by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.shared.directory import office
from infra.commands.calling import language
from infra.overview import reason_text

_One = Mapping[str, Any]
_RETURNED = "returned"  # by its village; every other problem is the registration's


def next_steps(one: _One) -> Iterator[str]:
    """What happens next about an inspection, a line each."""
    if one["state"] == "closed":
        yield _over(one)
        return
    if one["state"] == "referred":
        yield from _departments(one)
        return
    yield f"{_who(one)} {_does(one)}{_until(one)}"
    if one["state"] == "correcting":
        yield "what is found corrected before that day closes it at once"


def why_at_office(one: _One) -> str:
    """Why it waits at a town's office; "" where it does not. `place_problem` may not be told."""
    if one["state"] == "classifying":
        return "who must act? no rule says"
    if one["state"] != "waiting" or one.get("village"):
        return ""
    problem = one.get("place_problem")
    if problem == _RETURNED:
        return "which village? one has sent it back"
    return "which village?" + (f" {reason_text(problem, language())}" if problem else "")


def _who(one: _One) -> str:
    match one["state"]:
        case "assigned" | "rechecking":
            return str(one.get("inspector") or one.get("unit") or "somebody")
        case "correcting":
            return "the operator"
        case "classifying":
            return office(one.get("town"))
        case _:
            return str(one.get("unit") or "somebody")


def _does(one: _One) -> str:
    match one["state"]:
        case "waiting" if why := why_at_office(one):
            return f"says in which village the address lies (place; {why})"
        case "waiting":
            return "gives it to an inspector (assign), or back to its town's office (return)"
        case "assigned":
            return "visits (visit)"
        case "correcting":
            by, walker = one["notice"]["correct_by"], one.get("inspector") or "the inspector"
            return f"corrects until {by}, then {walker} looks again (recheck)"
        case "rechecking":
            return f"looks again at {', '.join(one['notice']['checks'])} (recheck)"
        case "disposing":
            return "holds joint disposal of what two visits found wrong (dispose)"
        case "classifying":
            checks = ", ".join(each["check"] for each in one.get("unclear", []))
            return f"says who must act about {checks} (classify)"
        case _:
            return "acts"


def _until(one: _One) -> str:
    limits = sorted((clock["due"], clock["stage"]) for clock in one.get("clocks", []))
    told = ", ".join(f"{stage} by {due}" for due, stage in limits)
    return f"; limits: {told}" if told else ""


def _departments(one: _One) -> Iterator[str]:
    waits = [each for each in one.get("referrals", []) if each["key"] not in one.get("answers", {})]
    units = dict.fromkeys(each["unit"] for each in waits)
    yield f"{', '.join(units) or 'the departments'}: end their tasks, each within its task's limits"


def _over(one: _One) -> str:
    if one.get("next"):
        return f"nothing: inspection {one['next']} goes on in its place"
    return "nothing: it is over"
