"""`sanwei credit search`, `subject`, `grade`, `quality`: what is known of whom (C5, C8, C12)."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from infra.commands.calling import As, AsJson, city
from infra.commands.sanctions import effect_text
from infra.showing import Screen

Code = Annotated[str, typer.Argument(help="The subject's unified social credit code.")]
_SUMS = ("accepted", "duplicate", "returned", "held")
_REASONS = 5  # that are shown of a line
Page = Annotated[int, typer.Option(min=1, help="Which page.")]


def search(
    name: Annotated[str, typer.Argument(help="A code, a whole name, or how a name begins.")],
    page: Page = 1,
    as_json: AsJson = False,
) -> None:
    """Search enterprises, institutions and social organisations, as everybody can."""
    screen = Screen(as_json=as_json)
    told = city().get("/v1/public/subjects", q=name, page=page)
    screen.result(told)
    if as_json:
        return
    rows = [[one["code"], one["name"], one["kind"], _marks(one)] for one in told["subjects"]]
    screen.table("found", ["Code", "Name", "Kind", "Besides"], rows, f"nobody found by {name}")
    if told.get("next"):
        screen.say(f"more: --page {told['next']}")


def subject(code: Code, page: Page = 1, who: As = "", as_json: AsJson = False) -> None:
    """Show a subject's page: what everybody sees, or (--as) what officials do."""
    screen = Screen(as_json=as_json)
    path = f"/v1/{'credit' if who else 'public'}/subjects/{quote(code, safe='')}"
    told = city(who).get(path, page=page)
    screen.result(told)
    if not as_json:
        show_page(screen, told)


def grade(code: Code, who: As = "", as_json: AsJson = False) -> None:
    """Show a subject's grade: why, by which records, what it brings, what it was before."""
    screen = Screen(as_json=as_json)
    told = city(who).get(f"/v1/credit/grades/{quote(code, safe='')}")
    screen.result(told)
    if not as_json:
        show_grade(screen, told)


def quality(
    source: Annotated[str, typer.Option(help="Only of this department, e.g. scjg.")] = "",
    since: Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.")] = "",
    until: Annotated[str, typer.Option("--to", metavar="DATE", help="The last day.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """How well sources hand in: what became of the rows, why rows came back, and what is owed."""
    screen = Screen(as_json=as_json)
    asked = {"source": source or None, "since": since or None, "until": until or None}
    told = city(who).get("/v1/credit/quality", **asked)
    screen.result(told)
    if not as_json:
        show_quality(screen, told)


def show_quality(screen: Screen, told: dict[str, Any]) -> None:
    """What a person sees of how sources hand in; the first four shares are of all rows."""
    rows = [
        [one["source"], one["item"], one["month"], f"{one['batches']:,}", f"{one['rows']:,}"]
        + [f"{_share(one['sums'].get(name, 0), one['rows']):.2f}" for name in _SUMS]
        + [f"{one['late']:.2f}", _codes(one["codes"])]
        for one in told["figures"]
    ]
    columns = ["Source", "Item", "Month", "Batches#", "Rows#"]
    columns += [f"{name.capitalize()} %#" for name in _SUMS]
    period = f"{told['since']} to {told['until']}"
    columns += ["Late %#", "Rows returned for"]
    screen.table(period, columns, rows, f"{period}: no batch came")
    screen.say(f"of {told['owed']} items that were owed, {told['covered']} came")
    missing = [
        [one["source"], one["item"], one.get("title", "")]
        for one in told["coverage"]
        if not one["came"]
    ]
    if missing:
        screen.table("owed, and nothing came", ["Source", "Item", "Title"], missing)


def show_page(screen: Screen, page: dict[str, Any]) -> None:
    """What a person sees of a subject's page."""
    who = page["subject"]
    screen.say(f"{who['code']} {who['name']} ({who['kind']}{_marks(who, before=', ')})")
    if who.get("former"):
        screen.say(f"formerly {', '.join(who['former'])}")
    for group in page["groups"]:
        rows = [
            [one["title"], one["document"], one.get("decided_on", ""), one["source"], _until(one)]
            + [one.get("annotation", ""), *([one["id"]] if "public" in one else [])]
            for one in group["records"]
        ]
        title = f"{group['category']}: {page['counts'].get(group['category'], len(rows)):,}"
        columns = ["Item", "Document", "Decided", "Source", "Shown until", "Besides"]
        kept = [one for one in group["records"] if "public" in one]
        screen.table(title, [*columns, "Id"] if kept else columns, rows)
        for one in kept:
            _show_kept(screen, one)
    if page.get("next"):
        screen.say(f"more: --page {page['next']}")


def show_grade(screen: Screen, told: dict[str, Any]) -> None:
    """What a person sees of a grade."""
    screen.say(f"{told['subject']} {told['name']}: {told['grade']} by the rules {told['rules']}")
    rows = [[one["rule"], one["title"], one.get("basis", "")] for one in told["reasons"]]
    none = f"no rule holds: without any, a subject is {told['grade']}"
    screen.table("because", ["Rule", "Title", "By"], rows, none)
    rows = [[one["id"], one["title"], one["source"], one["state"]] for one in told["records"]]
    screen.table("for these records", ["Id", "Item", "Source", "State"], rows, "no record counted")
    if told["counter"]:
        screen.say(f"at every counter: {', '.join(map(effect_text, told['counter']))}")
    rows = [[one["grade"], one["since"][:10], one["until"][:10]] for one in told["history"]]
    if rows:
        screen.table("before", ["Grade", "Since", "Until"], rows)


def _show_kept(screen: Screen, record: dict[str, Any]) -> None:
    """What a record says, what was corrected in it, and its disputes: for officials, and itself."""
    screen.say(f"{record['id']}:")
    for line in record["lines"]:
        screen.say(f"  {line['title']}: {line['value']}")
    for one in record.get("corrections", []):
        changed = f" {one['before']} → {one['after']}" if one.get("after") else ""
        screen.say(f"  corrected {one['field']} ({one['rule']}){changed}")
    if record.get("disputes"):
        screen.say(f"  disputes: {', '.join(record['disputes'])}")


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _codes(codes: dict[str, int]) -> str:
    """Why rows came back, the most frequent reason first."""
    often = sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    lines = [f"{code} {count:,}" for code, count in often[:_REASONS]]
    return "\n".join([*lines, f"{len(often) - _REASONS} more"] if often[_REASONS:] else lines)


def _until(record: dict[str, Any]) -> str:
    shown = record.get("shown_until") or "for good"
    return str(shown if record.get("public", True) else "not public")


def _marks(one: dict[str, Any], before: str = "") -> str:
    marks = [f"formerly {one['formerly']}"] if one.get("formerly") else []
    marks += ["cancelled"] if one["cancelled"] else []
    marks += [] if one["registered"] else ["not in the registry"]
    return before + ", ".join(marks) if marks else ""
