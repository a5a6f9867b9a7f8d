"""`sanwei inspection`: one inspection: why, what was found, what was done, and every step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer

from functions.inspections.book import OTHER
from functions.supervision.domain import referral_task_id
from infra.commands.awaited import next_steps
from infra.commands.calling import As, AsJson, city
from infra.commands.visited import keys_of, lacking
from infra.showing import Screen, counted, moment

_STILL_TO_COME = {
    "waiting": "first",
    "assigned": "first",
    "correcting": "recheck",
    "rechecking": "recheck",
}


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
    columns = ["Check", "What", "Question", "Because", "First", "Recheck"]
    screen.table("what is looked at", columns, rows)
    if rows := list(_kind_lines(one)):
        screen.table("what may be found wrong", ["CHECK=KIND", "What", "How"], rows)
    if rows := [_visit_line(visit, one) for visit in one.get("visits", [])]:
        columns = ["Visit", "When", "Who", "Present", "Stands", "Its name"]
        screen.table("its visits", columns, rows)
    _say_wrong(screen, one)
    if one.get("referrals"):
        rows = [_referral_line(referral, one) for referral in one["referrals"]]
        columns = ["Unit", "Item", "Licence", "Law", "Task", "Ended"]
        screen.table("who must act", columns, rows)
    rows = [[clock["stage"], clock["since"], clock["due"]] for clock in one.get("clocks", [])]
    if rows:
        screen.table("its limits", ["Stage", "Since", "Due"], rows)
    show_life(screen, one)
    for number, line in enumerate(next_steps(one)):
        screen.say(("next: " if number == 0 else "      ") + line)


def show_life(screen: Screen, one: dict[str, Any]) -> None:
    """Every step, each with its day."""
    rows = [_step_line(step) for step in one["steps"]]
    screen.table("its life", ["When", "What", "Unit", "Who", "To", "Note"], rows)


def _say_head(screen: Screen, one: dict[str, Any]) -> None:
    screen.say(f"{one['id']} is {_stands(one)}: {one['name']} {one['code']}")
    place = one.get("village") or one.get("town") or f"not known: {one.get('place_problem')}"
    screen.say(f"address: {one['address']} ({place})")
    screen.say(f"scope: {one.get('scope') or 'not known'}")
    screen.say(
        f"for {one['reason']}, by edition {one['edition']}; registered "
        f"{moment(one['registered_at'])}, received {moment(one['received_at'])}"
    )
    if proposal := one.get("proposal"):
        screen.say(f"proposed: {proposed(proposal)}")
    if one.get("inspector"):
        screen.say(f"assigned to {one['inspector']}, grid {one.get('grid', '')}")


def _stands(one: dict[str, Any]) -> str:
    light = f", {one['light']}" if one.get("light") else ""
    if one["state"] == "closed":
        return f"over ({one.get('outcome', 'closed')})"
    if one["state"] == "referred":
        return "referred: departments have it"
    return f"{one['state']} with {one.get('unit') or 'nobody'}{light}"


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


def _check_line(check: dict[str, Any], one: dict[str, Any]) -> list[str]:
    licence = check.get("licence")
    because = f"{'、'.join(licence['words'])}; {licence['law']}" if licence else ""
    found = (_found(check["key"], one, round) for round in ("first", "recheck"))
    return [check["key"], check["name"], check.get("ask", ""), because, *found]


def _kind_lines(one: dict[str, Any]) -> Iterator[list[str]]:
    """What may be reported of each check at the visit that is still to come."""
    round = _STILL_TO_COME.get(one["state"])
    wanted = keys_of(one, round) if round else []
    for check in (each for each in one["checks"] if each["key"] in wanted):
        for kind in one.get("kinds", {}).get(check["item"], []):
            said = ["note needed"] if kind["code"] == OTHER else []
            said += ["photo needed"] if kind.get("photo") else []
            said += (
                ["can be settled on the spot"]
                if round == "first" and kind.get("on_the_spot")
                else []
            )
            yield [f"{check['key']}={kind['code']}", kind["name"], ", ".join(said)]


def _visit_line(visit: dict[str, Any], one: dict[str, Any]) -> list[str]:
    """When a visit was, by whom, who was there, and whether it counts or what it lacks."""
    end = visit.get("finished") or {}
    when = moment(visit["started_at"])
    if end.get("at") and moment(end["at"]) != when:
        when += f" – {moment(end['at'])}"
    if visit.get("decided_at"):
        stands = f"counts since {moment(visit['decided_at'])}"
    elif lacks := lacking(visit, one):
        stands = f"under way; lacks {', '.join(lacks)}"
    elif _too_early(visit, one):
        stands = "counts for nothing: it began before the first visit was over"
    elif visit["round"] == _STILL_TO_COME.get(one["state"]):
        stands = "complete; counts once the time to correct is over"
    else:
        stands = "complete; another one counted"
    present = end.get("present", "") + (" (refuses to correct it)" if end.get("refused") else "")
    return [visit["round"], when, visit["by"], present, stands, visit["id"]]


def _too_early(visit: dict[str, Any], one: dict[str, Any]) -> bool:
    """Whether a recheck began before there was anything to look at again."""
    firsts = (each for each in one["visits"] if each["round"] == "first")
    ends = (each["finished"]["at"] for each in firsts if each.get("decided_at"))
    began = datetime.fromisoformat(visit["started_at"])
    return visit["round"] == "recheck" and any(began < datetime.fromisoformat(at) for at in ends)


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
    parts += [counted(photos, "photo")] if photos else []
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
