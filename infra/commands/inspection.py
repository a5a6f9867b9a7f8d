"""`sanwei inspection`: one inspection: why, what was found, what was done, and every step."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from functions.supervision.domain import referral_task_id
from infra.commands.calling import As, AsJson, city
from infra.showing import Screen, moment


def inspection(
    id: Annotated[str, typer.Argument(metavar="ID", help="The inspection's id.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show one inspection: why, what was found, every step."""
    screen = Screen(as_json=as_json)
    told = city(who).get(f"/v1/inspections/{id}")
    screen.result(told)
    if not as_json:
        show(screen, told)


def show(screen: Screen, one: dict[str, Any]) -> None:
    """What a person sees of an inspection: the story from the door to the departments."""
    _say_head(screen, one)
    rows = [_check_line(check, one) for check in one["checks"]]
    screen.table("what is looked at", ["Check", "What", "Because", "First", "Recheck"], rows)
    _say_wrong(screen, one)
    if one.get("referrals"):
        rows = [_referral_line(referral, one) for referral in one["referrals"]]
        columns = ["Unit", "Item", "Licence", "Law", "Task", "Ended"]
        screen.table("who must act", columns, rows)
    rows = [[clock["stage"], clock["since"], clock["due"]] for clock in one.get("clocks", [])]
    if rows:
        screen.table("its limits", ["Stage", "Since", "Due"], rows)
    show_life(screen, one)


def show_life(screen: Screen, one: dict[str, Any]) -> None:
    """Every step, each with its day."""
    rows = [_step_line(step) for step in one["steps"]]
    screen.table("its life", ["When", "What", "Unit", "Who", "To", "Note"], rows)


def _say_head(screen: Screen, one: dict[str, Any]) -> None:
    state = one.get("outcome") or one["state"]
    unit = one.get("unit") or "nobody of the grid"
    screen.say(f"{one['id']} is {state} with {unit}: {one['name']} {one['code']}")
    place = one.get("village") or one.get("town") or f"not known: {one.get('place_problem')}"
    screen.say(f"address: {one['address']} ({place})")
    screen.say(
        f"for {one['reason']}, by edition {one['edition']}; registered "
        f"{moment(one['registered_at'])}, received {moment(one['received_at'])}"
    )
    if proposal := one.get("proposal"):
        screen.say(f"proposed: {proposed(proposal)}")
    if one.get("inspector"):
        screen.say(f"assigned to {one['inspector']}, grid {one.get('grid', '')}")


def proposed(proposal: dict[str, Any]) -> str:
    """Who should go, and why."""
    return (
        f"{proposal['inspector']} ({proposal['inspector_reason']}), "
        f"grid {proposal['grid']} ({proposal['grid_reason']})"
    )


def _say_wrong(screen: Screen, one: dict[str, Any]) -> None:
    if notice := one.get("notice"):
        grounds = "；".join(notice["grounds"])
        screen.say(
            f"notice {notice['number']} of {moment(notice['issued_at'])}, to correct by "
            f"{notice['correct_by']}: {', '.join(notice['checks'])}; {grounds}"
        )
    if disposal := one.get("disposal"):
        results = ", ".join(f"{key} {result}" for key, result in disposal["results"].items())
        with_ = "、".join(disposal.get("participants", []))
        screen.say(
            f"joint disposal on {disposal['held_on']} with {with_ or 'nobody else'}: {results}; "
            f"{disposal['note']}"
        )
    for unclear in one.get("unclear", []):
        offered = ", ".join(each["item"] for each in unclear.get("proposals", []))
        screen.say(f"to classify: {unclear['check']} (offered: {offered or 'nothing'})")
    if one.get("next"):
        screen.say(f"superseded by {one['next']}")


def _check_line(check: dict[str, Any], one: dict[str, Any]) -> list[str]:
    licence = check.get("licence")
    because = f"{'、'.join(licence['words'])}; {licence['law']}" if licence else ""
    found = (_found(check["key"], one, round) for round in ("first", "recheck"))
    return [check["key"], check["name"], because, *found]


def _found(check: str, one: dict[str, Any], round: str) -> str:
    """What the visit of a round that counts found; of one that has not all arrived, so far."""
    visits = [visit for visit in one.get("visits", []) if visit["round"] == round]
    visits.sort(key=lambda visit: not visit.get("decided_at"))
    findings = (each for visit in visits for each in visit.get("findings", []))
    finding = next((each for each in findings if each["check"] == check), None)
    if finding is None:
        return ""
    photos = len(finding.get("photos", []))
    parts = [*finding.get("kinds", []), finding.get("note", ""), finding.get("guidance", "")]
    parts += [f"{photos} photos"] if photos else []
    said = "; ".join(part for part in parts if part)
    return f"{finding['result']} ({said})" if said else str(finding["result"])


def _referral_line(referral: dict[str, Any], one: dict[str, Any]) -> list[str]:
    answer = one.get("answers", {}).get(referral["key"], {})
    ended = f"{answer['end']} {moment(answer['at'])}" if answer else ""
    about = [referral[name] for name in ("unit", "item", "licence", "law")]
    return [*about, referral_task_id(one["id"], referral["key"]), ended]


def _step_line(step: dict[str, Any]) -> list[str]:
    to = " ".join(filter(None, (step.get("to"), step.get("grid"))))
    unit = step.get("unit") or ""
    return [moment(step["at"]), step["verb"], unit, step["by"], to, step.get("note", "")]
