"""`sanwei alerts`: the limits and alerts of a task or clue, and a sweep of what has come due."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from functions.shared import clock
from functions.shared.calendar import shanghai_day
from functions.shared.clocks import ClockTold, light
from infra.client import Api, CallFailed
from infra.commands.calling import As, AsJson, Failed, city, identity
from infra.commands.task import stands_still
from infra.showing import Screen, moment


def alerts(
    subject: Annotated[str, typer.Argument(help="The id of a task or a clue.")] = "",
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Raise now what has come due, for all.")
    ] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show the limits of a task or clue and the alerts so far."""
    if bool(subject) == sweep:
        raise Failed("name either a task or clue, or --sweep")
    screen, api = Screen(as_json=as_json), city(who)
    told = api.post("/v1/alerts/sweep") if sweep else api.get(f"/v1/alerts/{subject}")
    screen.result(told)
    if as_json:
        return
    if sweep:
        screen.say(f"a sweep of all that has come due by {moment(told['until'])} has begun")
        return
    show(screen, told, _city_day())
    if _is_suspended(api, told):
        screen.say("it is suspended: its limits stand still, and nothing comes due meanwhile")


def show(screen: Screen, told: dict[str, Any], today: date) -> None:
    """What a person sees of a subject: the limits that run, each with its own light `today`, and
    every alert in its order."""
    watches = told["watches"]
    limits = [
        _limit_line(watch, limit, _day_of(watch, today))
        for watch in watches
        for limit in watch["clocks"]
    ]
    columns = ["Unit", "Light", "Days late#", "Stage", "Since", "Near from", "Due"]
    screen.table(f"{told['subject']} {told['title']}: limits that run", columns, limits)
    raised = [_alert_line(watch, alert) for watch in watches for alert in watch["alerts"]]
    columns = ["Raised", "Rung", "Stage", "Due", "About", "To", "Officer", "State"]
    screen.table("alerts", columns, sorted(raised))
    looks = [watch["next_look"] for watch in watches if "next_look" in watch]
    if looks:
        screen.say(f"the next one is due at {moment(min(looks))}")


def _limit_line(watch: dict[str, Any], limit: dict[str, Any], today: date) -> list[str]:
    told = ClockTold.model_validate(limit)
    due = limit["due"] + (" (provisional)" if told.provisional else "")
    late = str(max((today - told.due).days, 0) or "")
    days = (limit["stage"], limit["since"], limit["remind"], due)
    return [watch["unit"], light([told], today), late, *days]


def _day_of(watch: dict[str, Any], today: date) -> date:
    """The city's day by the watch itself, where something is late; else `today`."""
    dues = [date.fromisoformat(limit["due"]) for limit in watch["clocks"]]
    return min(dues) + timedelta(days=watch["days_late"]) if dues and watch["days_late"] else today


def _city_day() -> date:
    """The day that it is in the city: a local one may have a time of its own."""
    now, kept = clock.now(), identity().kept()
    if kept and kept.state:
        from infra import localcity  # boto3 is slow to load, and few calls need it

        here = localcity.find(Path(kept.state))
        now = here.time(clock.real_now()) if here else now
    return shanghai_day(now)


def _is_suspended(api: Api, told: dict[str, Any]) -> bool:
    if told["kind"] != "task" or any(watch["clocks"] for watch in told["watches"]):
        return False
    try:
        return stands_still(api.get(f"/v1/tasks/{told['subject']}"))
    except CallFailed as failed:
        if failed.status == 404:  # who may see the alerts need not see the task
            return False
        raise


def _alert_line(watch: dict[str, Any], alert: dict[str, Any]) -> list[str]:
    officer = alert.get("person") or "nobody"
    state = "open" if alert["open"] else "over"
    about = (alert["rung"], alert["stage"], alert["due"], watch["unit"])
    return [moment(alert["raised_at"]), *about, ", ".join(alert["to"]), officer, state]
