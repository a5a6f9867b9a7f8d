"""`sanwei worklist`, `claim`, `handover`, `release`: what there is to do, and who takes it on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from functions.shared.directory import is_village
from infra import posts
from infra.client import Api
from infra.commands.calling import As, AsJson, Failed, city, identity
from infra.showing import Screen, counted

_PAGE = 200
_ID_LENGTH = 21  # of a task's, a clue's, an inspection's, a sanction's; codes have 18 or 15
_COLUMNS = ("Id", "Entity", "Item", "What", "State", "Light", "Due", "Late#", "Claimed by")

Subject = Annotated[str, typer.Argument(help="A task's, clue's or inspection's id, a case's code.")]
Unit = Annotated[str, typer.Option(help="In whose worklist it stands.")]
Kind = Annotated[
    str, typer.Option(help="task, clue, inspection, dispute …; else what the id looks like.")
]
Since = Annotated[str | None, typer.Option(help="Only what changed since this mark ('' to begin).")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


def worklist(
    unit: Annotated[str, typer.Option(help="Whose, e.g. scjg.441900106000.")] = "",
    mine: Annotated[bool, typer.Option("--mine", help="What you claimed, in any unit.")] = False,
    counts: Annotated[bool, typer.Option("--counts", help="Only how much there is.")] = False,
    kind: Annotated[str, typer.Option(help="Only task, clue, inspection, dispute …")] = "",
    light: Annotated[str, typer.Option(help="Only green, yellow or red.")] = "",
    claimed: Annotated[str, typer.Option(help="Only of: me, nobody, or a person's id.")] = "",
    only_open: Annotated[bool, typer.Option("--open", help="Only what has to be done.")] = False,
    since: Since = None,
    limit: Limit = 1000,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show a unit's worklist, or your own."""
    if mine and counts:
        raise typer.BadParameter("--counts counts a unit's worklist: leave out --mine")
    screen, api = Screen(as_json=as_json), city(who)
    if counts:
        _show_counts(screen, api.get("/v1/worklist/counts", unit=unit or None))
        return
    query = {"unit": unit, "kind": kind, "light": light, "claimed": claimed}
    query |= {"open": "true" if only_open else ""}
    asked = {name: value for name, value in query.items() if value}
    if mine:
        told = api.get("/v1/worklist", **asked, mine="true", since=since, limit=min(_PAGE, limit))
    else:
        told = read_rows(api, asked, since, limit)
    show_rows(screen, told)


def claim(
    subject: Subject, unit: Unit = "", kind: Kind = "", who: As = "", as_json: AsJson = False
) -> None:
    """Take something on; your unit sees that you have it."""
    _act("claim", subject, unit, kind, who, as_json=as_json)


def handover(
    subject: Subject,
    to: Annotated[str, typer.Option(help="The colleague's id, as --claimed takes it.")],
    note: Annotated[str, typer.Option(help="What they should know.")] = "",
    unit: Unit = "",
    kind: Kind = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Hand over to a colleague what you have, or direct as a lead."""
    _act("handover", subject, unit, kind, who, as_json=as_json, to=to, note=note)


def release(
    subject: Subject, unit: Unit = "", kind: Kind = "", who: As = "", as_json: AsJson = False
) -> None:
    """Let go of something; whoever is free can take it on."""
    _act("release", subject, unit, kind, who, as_json=as_json)


def read_rows(api: Api, query: dict[str, str], since: str | None, limit: int) -> dict[str, Any]:
    """A worklist's rows, at most `limit`, from as many pages as it takes."""
    rows: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = api.get(
            "/v1/worklist", **query, since=since, after=after, limit=min(_PAGE, limit - len(rows))
        )
        rows += page["rows"]
        after = page.get("after")
        ended = not after if since is None else page.get("since") == since
        since = page.get("since")
        if ended or len(rows) >= limit:
            break
    more = {"since": since} if since is not None else {}
    return {"unit": page["unit"], "rows": rows, **more, **({"after": after} if after else {})}


def show_rows(screen: Screen, told: dict[str, Any]) -> None:
    """Rows of a worklist, for scripts or as a table."""
    screen.result(told)
    if screen.as_json:
        return
    rows = [[row["subject"], *_about(row), *_urgency(row)] for row in told["rows"]]
    title = f"{counted(len(rows), 'row')} of {told['unit'] or 'yours'}"
    screen.table(title + (", and there are more" if told.get("more") else ""), _COLUMNS, rows)
    if "since" in told:
        screen.say(f"next time: --since '{told['since']}'")


def post_for(task: str, *, lead: bool = False) -> str:
    """`post_at` the unit that has the task."""
    if not whole_city():
        return ""
    return post_at(str(city().get(f"/v1/tasks/{task}")["unit"]), lead=lead)


def post_at(unit: str, *, lead: bool = False) -> str:
    """In a local city, where one is signed in as the whole city: who acts for `unit` there."""
    if not whole_city():
        return ""
    seat = next((role for role, seat in posts.SEATS.items() if seat == unit), None)
    if seat and not unit.startswith("office"):
        return str(seat)
    if is_village(unit):
        return f"village:{unit}"
    role = "town_office" if unit.startswith("office") else "lead" if lead else "officer"
    return f"{role}:{unit}"


def whole_city() -> bool:
    """Whether one is signed in to a local city as everybody: then a command signs in as whoever
    acts."""
    me = identity()
    kept = me.kept()
    given = "SANWEI_TOKEN" in me.variables
    return bool(not given and kept and kept.state and kept.who == posts.EVERYONE)


def _act(
    verb: str, subject: str, unit: str, kind: str, who: str, *, as_json: bool, **more: str
) -> None:
    screen = Screen(as_json=as_json)
    kind = kind or _looks_like(subject)
    unit = unit or _unit_of(subject, kind, who)
    body = {"unit": unit, "kind": kind, "subject": subject, **more}
    told = city(who or post_at(unit)).post(f"/v1/worklist/{verb}", body)
    screen.result(told)
    if not as_json:
        person = told.get("person")
        screen.say(f"{subject} of {unit}: " + (f"{person} has it" if person else "nobody has it"))


def _looks_like(subject: str) -> str:
    if subject.startswith("J") and subject.count("@") == 1:
        return "constraint"
    if "@" in subject:
        return "alert"
    kinds = {"T": "task", "L": "clue", "I": "inspection", "J": "sanction"}
    return kinds.get(subject[:1], "case") if len(subject) == _ID_LENGTH else "case"


def _unit_of(subject: str, kind: str, who: str) -> str:
    if kind == "constraint" or (kind == "alert" and not subject.startswith("J")):
        return subject.split("@")[1]  # behind an alert's may stand whose task it is
    if kind == "task":
        return str(city(who).get(f"/v1/tasks/{subject}")["unit"])
    raise Failed(f"--unit is missing: in whose worklist is the {kind} {subject}?")


def _about(row: dict[str, Any]) -> list[str]:
    """Of whom, under which item, what and why, and in which state it is."""
    about, why = row.get(row["kind"], {}), row["why"]
    words = "、".join(why.get("words", []))
    reasons = ", ".join(why.get("reasons", []))
    match row["kind"]:
        case "task":
            state = "suspended" if about.get("suspended") and row["open"] else row["state"]
            what = [about["name"], about["item"], f"{about['licence']} ({words})", state]
        case "clue":
            what = [
                about.get("name") or about["place"],
                why.get("item", ""),
                about["seen"] + (f" ({words or reasons})" if words or reasons else ""),
                about["state"],
            ]
        case "inspection":
            found = ", ".join(one["title"] for one in about.get("failed", []))
            said = found or f"{about['reason']}: {about['address']}"
            what = [about["name"], "", said, about.get("outcome") or about["state"]]
        case "dispute" | "sanction" | "constraint":
            said = f"{about['title']} ({words or why.get('note', '')})"
            what = [about["name"], why.get("item", ""), said, row["state"]]
        case "alert":
            what = [about["title"], "", f"{why['rung']}: {why['stage']} {reasons}".strip(), ""]
        case _:
            listed = reasons or ", ".join(about.get("items", []))
            what = [about["name"], "", listed, about["outcome"]]
    return [*what[:3], "gone" if row.get("gone") else what[3]]


def _urgency(row: dict[str, Any]) -> list[str]:
    late = row.get("days_late", 0)
    stands_still = row.get("task", {}).get("suspended")  # no limit runs that could have a light
    light = row["light"] if row["open"] and not stands_still else ""
    return [light, row.get("due", ""), str(late) if late else "", row.get("claimed_by", "")]


def _show_counts(screen: Screen, told: dict[str, Any]) -> None:
    screen.result(told)
    if screen.as_json:
        return
    more = "at least " if told["more"] else ""
    screen.say(f"{told['unit']}: {more}{told['open']:,} open, {told['unclaimed']:,} unclaimed")
    for name in ("by_kind", "by_light"):
        parts = (f"{count:,} {what}" for what, count in sorted(told[name].items()))
        screen.say("  " + ", ".join(parts))
