"""`sanwei alerts`: the limits and alerts of a task or clue, and a sweep of what has come due."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from infra.commands.calling import As, AsJson, Failed, city
from infra.showing import Screen


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
        screen.say(f"a sweep of all that has come due by {told['until']} has begun")
    else:
        show(screen, told)


def show(screen: Screen, told: dict[str, Any]) -> None:
    """What a person sees of a subject: the limits that run, and every alert in its order."""
    watches = told["watches"]
    limits = [_limit_line(watch, clock) for watch in watches for clock in watch["clocks"]]
    columns = ["Unit", "Light", "Days late#", "Stage", "Since", "Near from", "Due"]
    screen.table(f"{told['subject']} {told['title']}: limits that run", columns, limits)
    raised = [_alert_line(watch, alert) for watch in watches for alert in watch["alerts"]]
    columns = ["Raised", "Rung", "Stage", "Due", "About", "To", "Officer", "State"]
    screen.table("alerts", columns, sorted(raised))
    looks = [watch["next_look"] for watch in watches if "next_look" in watch]
    if looks:
        screen.say(f"the next one is due at {min(looks)}")


def _limit_line(watch: dict[str, Any], clock: dict[str, Any]) -> list[str]:
    due = clock["due"] + (" (provisional)" if clock.get("provisional") else "")
    late = str(watch["days_late"] or "")
    days = (clock["stage"], clock["since"], clock["remind"], due)
    return [watch["unit"], watch["light"], late, *days]


def _alert_line(watch: dict[str, Any], alert: dict[str, Any]) -> list[str]:
    officer = alert.get("person") or "nobody"
    state = "open" if alert["open"] else "over"
    about = (alert["rung"], alert["stage"], alert["due"], watch["unit"])
    return [alert["raised_at"], *about, ", ".join(alert["to"]), officer, state]
