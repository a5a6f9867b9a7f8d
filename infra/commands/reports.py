"""`sanwei reports`: figures, the overdue, bulletins, and whether the figures are right (A19)."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from infra.client import Api, Call
from infra.commands.bulletins import show_bulletin, show_draft
from infra.commands.calling import As, AsJson, Failed, city
from infra.showing import Screen

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HTML = "text/html"
_WHICH = re.compile(r"\d{4}/\d{1,6}", re.ASCII)
_POLL, _PATIENCE = 2.0, 3600.0  # seconds; a rebuild tells every task of the city again

app = typer.Typer(no_args_is_help=True, help="Figures, bulletins, and whether they are right.")
From = Annotated[str, typer.Option("--from", metavar="DATE", help="The first day.")]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="The last day; else today.")]
Department = Annotated[str, typer.Option(help="Only of this department, e.g. scjg.")]
Town = Annotated[str, typer.Option(help="Only of units in this town; 'city': of none.")]
Xlsx = Annotated[Path | None, typer.Option(metavar="OUT", help="Write it as .xlsx.")]


@app.command()
def figures(
    since: From = "",
    until: To = "",
    by: Annotated[
        list[str] | None,
        typer.Option(help="A row for each department, town, item, day or unit; at most two."),
    ] = None,
    department: Department = "",
    town: Town = "",
    item: Annotated[str, typer.Option(help="Only of this supervision item.")] = "",
    xlsx: Xlsx = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """What was pushed, received, handled, on time and late."""
    screen, api = Screen(as_json=as_json), city(who)
    by = by or ["department"]
    asked = {"from": since, "to": until, "department": department, "town": town, "item": item}
    query = urlencode([*((k, v) for k, v in asked.items() if v), *(("by", one) for one in by)])
    if xlsx:
        _save(screen, api, f"/v1/reports/figures.xlsx?{query}", _XLSX, xlsx)
        return
    told = api.get(f"/v1/reports/figures?{query}")
    screen.result(told)
    if not as_json:
        show_figures(screen, told, by)


@app.command()
def tasks(
    measure: Annotated[
        list[str], typer.Option(help="Counted as: pushed, received, handled, late, returned …")
    ],
    since: From = "",
    until: To = "",
    department: Department = "",
    town: Town = "",
    item: Annotated[str, typer.Option(help="Only of this supervision item.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 500,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """The tasks that a figure counts."""
    screen, api = Screen(as_json=as_json), city(who)
    asked = {"from": since, "to": until, "department": department, "town": town, "item": item}
    query = [*((k, v) for k, v in asked.items() if v), *(("measure", one) for one in measure)]
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None and len(found) < limit:
        page = urlencode([*query, ("limit", min(500, limit - len(found))), ("after", after)])
        told = api.get(f"/v1/reports/tasks?{page}")
        found += told["tasks"]
        after = told.get("after")
    screen.result({"tasks": found, "after": after})
    if not as_json:
        show_tasks(screen, found, more=after is not None)


@app.command()
def overdue(
    department: Department = "",
    town: Town = "",
    limit: Annotated[int, typer.Option(min=1, max=5000, help="At most so many.")] = 500,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """What is past its limit now, the longest first."""
    screen = Screen(as_json=as_json)
    asked = {"department": department or None, "town": town or None, "limit": limit}
    told = city(who).get("/v1/reports/overdue", **asked)
    screen.result(told)
    if not as_json:
        show_overdue(screen, told["count"], told["overdue"])


@app.command()
def bulletin(
    which: Annotated[
        str, typer.Argument(help="YEAR/NUMBER, to read one; else one is drafted.")
    ] = "",
    since: From = "",
    until: To = "",
    title: Annotated[str, typer.Option(help="Its title.")] = "",
    note: Annotated[str, typer.Option(help="What it says beside the figures.")] = "",
    ref: Annotated[str, typer.Option(help="Your id of this order; it counts once.")] = "",
    publish: Annotated[bool, typer.Option("--publish", help="Publish what was drafted.")] = False,
    page: Annotated[Path | None, typer.Option(metavar="OUT", help="Write it as a page.")] = None,
    xlsx: Xlsx = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Draft a bulletin (--from, --to), publish it (and --publish), or read one."""
    told = {"from": since, "to": until, "title": title, "note": note, "ref": ref}
    order: dict[str, Any] = {name: value for name, value in told.items() if value}
    _check_bulletin(which, order, publish, bool(page or xlsx))
    screen, api = Screen(as_json=as_json), city(who)
    if not which and not publish:
        show_draft(screen, api.post("/v1/bulletins", {**order, "draft": True}), order, who)
        return
    if not which:
        made = api.post("/v1/bulletins", order)
        which = f"{made['year']}/{made['number']}"
    path = f"/v1/bulletins/{which}"
    for out, form, media_type in ((page, "page", _HTML), (xlsx, "xlsx", _XLSX)):
        if out:
            _write(out, api.send(Call("GET", f"{path}/{form}", accept=media_type)).body)
    content = api.get(path)
    screen.result(content)
    if not as_json:
        show_bulletin(screen, content)


def _check_bulletin(which: str, order: dict[str, Any], publish: bool, written: bool) -> None:
    """Raises Failed for what cannot be meant together."""
    if which and (order or publish):
        given = [f"--{name}" for name in order] + ["--publish"] * publish
        raise Failed(
            f"{which} would be read, and {', '.join(given)} is of a new one; leave out one"
        )
    if which and not _WHICH.fullmatch(which):
        raise Failed(f"{which!r} names no bulletin; name it as YEAR/NUMBER, e.g. 2026/3")
    if which:
        return
    if not ("from" in order and "to" in order):
        raise Failed("name either a bulletin, as 2026/3, or --from and --to of a new one")
    if written and not publish:
        raise Failed("--page and --xlsx write a published bulletin; add --publish, or name one")


@app.command()
def bulletins(
    year: Annotated[int | None, typer.Option(help="Of this year; else the present.")] = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """The bulletins of a year."""
    screen = Screen(as_json=as_json)
    told = city(who).get("/v1/bulletins", year=year)
    screen.result(told)
    if not as_json:
        rows = [
            [f"{one['year']}/{one['number']}", one["mark"], one["title"], one["from"], one["to"]]
            for one in told["bulletins"]
        ]
        screen.table(f"Bulletins of {told['year']}", ["Which", "Mark", "Title", "From", "To"], rows)


@app.command()
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only compare; change nothing.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Count everything again from the tasks; the exit code is 1 where the figures differed."""
    screen, api = Screen(as_json=as_json), city(who)
    tell_rebuild(screen, _finished(api, api.post("/v1/reports/rebuild", {"check": check})["id"]))


def tell_rebuild(screen: Screen, run: dict[str, Any]) -> None:
    """What a rebuild found; raises Failed where the figures differed."""
    result = run["result"]
    if not run["equal"]:
        raise Failed(_differs(result) + ("" if run["check"] else "; put right"), run)
    screen.result(run)
    if not screen.as_json:
        screen.say(
            f"no difference: {result['cells']:,} figures are those of {result['tasks']:,} tasks"
            + _aside(result)
        )


def _finished(api: Api, id: str) -> dict[str, Any]:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        run = api.get(f"/v1/reports/rebuild/{id}")
        if run.get("result"):
            return dict(run)
        time.sleep(_POLL)
    raise Failed(f"rebuild {id} is not done after {_PATIENCE / 60:g} minutes", {"id": id})


def _differs(result: dict[str, Any]) -> str:
    found = [
        f"{result['differing']:,} of {result['cells']:,} figures differ",
        f"{result['contributions']:,} tasks are counted wrongly",
        f"{result['unlisted']:,} tasks are missing in the lists behind their figures",
        f"{result['behind']:,} tasks' news is not counted (on its way, or lost)",
    ]
    first = [
        f"{one['day']} {one['department']} {one['town']} {one['item']}"
        for one in result["named_cells"][:1]
    ]
    first += result["named_tasks"][: 0 if first else 1]
    text = "; ".join(one for one in found if not one.startswith("0 "))
    named = f"; the first: {first[0]}" if first else ""
    return text + named + _aside(result)


def _aside(result: dict[str, Any]) -> str:
    if not (result["in_flight"] or result["moving"]):
        return ""
    return (
        f" ({result['in_flight']:,} tasks and {result['moving']:,} figures moved meanwhile, "
        "and were left out)"
    )


def show_figures(screen: Screen, told: dict[str, Any], by: list[str]) -> None:
    """A table of figures, their sum in the last line."""
    rows = [[*(_key(row, one) for one in by), *_cells(row)] for row in told["rows"]]
    rows.append(["Total", *[""] * (len(by) - 1), *_cells(told["total"])])
    columns = [
        *(one.capitalize() for one in by),
        *("Pushed#", "Received#", "Handled#", "On time#", "Returned#", "Overdue#"),
        *("Days, mean#", "Days, 90%#"),
    ]
    screen.table(f"From {told['from']} to {told['to']}", columns, rows)


def _key(row: dict[str, Any], by: str) -> str:
    return str(row.get(f"{by}_name") or row.get(by) or "")


def _cells(row: dict[str, Any]) -> list[str]:
    whole = row.get("whole") or {}
    return [
        *(f"{row[name]:,}" for name in ("pushed", "received", "handled")),
        _share(row),
        f"{row['returned']:,}",
        f"{row['overdue']:,}" if "overdue" in row else "",
        f"{whole['mean']:.1f}" if whole else "",
        str(whole.get("p90", "")),
    ]


def _share(row: dict[str, Any]) -> str:
    return f"{row['on_time_share']:.1%}" if "on_time_share" in row else ""


def show_tasks(screen: Screen, tasks: list[dict[str, Any]], *, more: bool) -> None:
    """What each task was counted as, and when."""
    rows = [
        [one["day"], one["title"], one["task"], one["item_name"], one["unit_name"]]
        + [", ".join(one["counts"])]
        for one in tasks
    ]
    columns = ["Day", "Company", "Task", "Item", "Unit", "Counted as"]
    screen.table(f"{len(tasks):,} tasks" + (", and more" if more else ""), columns, rows)


def show_overdue(screen: Screen, count: int, overdue: list[dict[str, Any]]) -> None:
    """What is past its limit."""
    rows = [
        [one["unit_name"], one["title"], one["subject"], one["stage"], one["due"]]
        + [f"{one['days_late']:,}"]
        for one in overdue
    ]
    columns = ["Unit", "What", "Id", "Stage", "Due", "Days late#"]
    screen.table(f"{count:,} overdue", columns, rows)


def _save(screen: Screen, api: Api, path: str, media_type: str, out: Path) -> None:
    _write(out, api.send(Call("GET", path, accept=media_type)).body)
    screen.result({"file": str(out)})
    if not screen.as_json:
        screen.say(f"the figures are in {out}")


def _write(out: Path, body: bytes) -> None:
    try:
        out.write_bytes(body)
    except OSError as error:
        raise Failed(f"{out}: {error.strerror}") from None
