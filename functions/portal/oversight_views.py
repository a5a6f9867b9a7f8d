"""What oversight shows, by tab: an overview, rankings, days, the overdue, inspections, credit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from functions.portal import paths, rendering
from functions.portal.charts import chart
from functions.portal.oversight_credit import BATCHES, show_batches, show_credit
from functions.portal.oversight_inspections import show_inspections
from functions.portal.oversight_tasks import BEHIND, STAGES, show_tasks, way_behind
from functions.portal.slices import sliced, start_of
from functions.portal.visiting import Visit
from functions.portal.wording import word
from functions.shared.authorization import Action, Owner, allows

CITY = "city"  # the town of a department's unit of the city, in figures
TABS = {
    "": Action.FIGURES_READ,
    "departments": Action.FIGURES_READ,
    "towns": Action.FIGURES_READ,
    "units": Action.FIGURES_READ,
    "items": Action.FIGURES_READ,
    "days": Action.FIGURES_READ,
    "overdue": Action.FIGURES_READ,
    BEHIND: Action.FIGURES_READ,
    "inspections": Action.FIGURES_READ,
    "credit": Action.QUALITY_READ,
    BATCHES: Action.QUALITY_READ,
}
BY = {"departments": "department", "towns": "town", "units": "unit", "items": "item", "": "day"}
_CHARTED = 20  # rows of a ranking that fit a chart
_LISTS = {"task": "tasks", "clue": "clues"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tab, of which days, of which department and town."""

    tab: str
    first: str
    last: str
    place: Mapping[str, str]

    @property
    def period(self) -> dict[str, str]:
        """The days, as the API's query."""
        return {"from": self.first, "to": self.last}

    @property
    def query(self) -> dict[str, str]:
        """What other tabs are asked with."""
        return {**self.period, **self.place}


def asked_of(visit: Visit) -> Asked:
    """What the page's query asks: this month so far, where it names no days."""
    today = rendering.today()
    tab = visit.query.get("tab", "")
    tab = tab if tab in TABS and visit.may(TABS[tab]) else ""
    last = visit.query.get("to") or today
    names = ("department", "town", "item")
    place = {name: visit.query[name] for name in names if visit.query.get(name)}
    return Asked(tab, visit.query.get("from") or f"{last[:8]}01", last, place)


def tabs(visit: Visit) -> list[str]:
    """The tabs that have anything for the reader; of inspections only towns have. What is behind a
    figure is reached from there."""
    names = visit.named.names
    town = any(_sees(visit, Action.FIGURES_READ, "", one) for one in names.towns)
    hidden = {BEHIND, BATCHES} | (set() if town else {"inspections"})
    return [tab for tab, action in TABS.items() if visit.may(action) and tab not in hidden]


def filters(visit: Visit) -> dict[str, Any]:
    """The periods that are often asked for, and what of the city the reader may choose among."""
    today = date.fromisoformat(rendering.today())
    before = today.replace(day=1) - timedelta(days=1)
    names = visit.named.names
    pairs = [
        (department, town)
        for department in names.departments
        for town in names.towns
        if _sees(visit, Action.FIGURES_READ, department, town)
    ]
    departments, towns = {one for one, _ in pairs}, {one for _, one in pairs}
    return {
        "months": [
            ("oversight.this_month", today.replace(day=1).isoformat(), today.isoformat()),
            ("oversight.last_month", before.replace(day=1).isoformat(), before.isoformat()),
        ],
        "departments": [
            (id, names.department(id)) for id in names.departments if id in departments
        ],
        "towns": [(id, names.town(id)) for id in names.towns if id in towns],
    }


def _sees(visit: Visit, action: Action, department: str, town: str) -> bool:
    if visit.caller is None:
        return False
    lies_in = None if town == CITY else town
    unit = f"{department}.{town}" if department and lies_in else department or None
    return allows(visit.caller, action, Owner(unit, lies_in))


def _figures(visit: Visit, asked: Asked, by: str) -> Any:
    query = {**asked.query, "by": by}
    return visit.api.get("/v1/reports/figures", **query)


def _overview(visit: Visit, asked: Asked) -> dict[str, Any]:
    told = _figures(visit, asked, "day")
    total, days = told["total"], told["rows"]

    def say(key: str) -> str:
        return word(f"oversight.{key}", visit.language)

    steps = [
        ("came", total["pushed"] + total["taken_over"]),
        ("received", total["received"]),
        ("verified", total["verified"]),
        ("handled", total["handled"]),
        ("on_time", total["on_time"]),
    ]
    funnel = chart(
        say("funnel"),
        [say(step) for step, _ in steps],
        [(say("count"), "blue", [count for _, count in steps])],
        kind="across",
        links=[way_behind(visit, step, asked.query) for step, _ in steps],
    )
    lines = (("pushed", "blue"), ("handled", "green"), ("late", "red"))
    trend = chart(
        say("trend"),
        [one["day"] for one in days],
        [(say(name), tone, [one[name] for one in days]) for name, tone in lines],
        kind="line",
        links=[_of_day(visit, asked, one["day"]) for one in days],
    )
    return {"total": total, "charts": [funnel, trend] if days else [], "rows": []}


def _of_day(visit: Visit, asked: Asked, day: str) -> str:
    query = {**asked.place, "from": day, "to": day}
    return paths.link(visit.root, "oversight", tab="departments", **query)


def _ranking(visit: Visit, asked: Asked) -> dict[str, Any]:
    """Rows by what the tab is about, the best on time first; others by the column asked for."""
    by = BY[asked.tab]
    told = _figures(visit, asked, by)
    sort = visit.query.get("sort", "on_time_share")
    sort = sort if sort in told["total"] or sort == "on_time_share" else "on_time_share"
    ranked = sorted(told["rows"], key=lambda one: -_number(one, sort))
    rows, pages = sliced(visit.query, [_led(visit, asked, by, one) for one in ranked])
    drawn = [one for one in rows if one.get("on_time_share") is not None][:_CHARTED]
    share = chart(
        word("oversight.share_by", visit.language),
        [one["name"] for one in drawn],
        [
            (
                word("oversight.on_time_share", visit.language),
                "green",
                [round(100 * one["on_time_share"], 1) for one in drawn],
            )
        ],
        kind="across",
        unit="%",
        links=[one["down"] for one in drawn],
    )
    return {
        "total": told["total"],
        "rows": rows,
        "start": start_of(visit.query),
        "sort": sort,
        "by": by,
        "charts": [share] if drawn else [],
        "pages": pages,
    }


def _number(row: Mapping[str, Any], name: str) -> float:
    value = row.get(name)
    return -1.0 if value is None or isinstance(value, dict) else float(value)


def _led(visit: Visit, asked: Asked, by: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row, by what it is `asked` for, and the way down: to the units of it, or to a unit's own
    worklist."""
    value = row[by]
    about = {**asked.query, by: value}
    if by == "unit":
        body, _, town = about.pop(by).partition(".")
        about |= {"department": body, "town": town or CITY}
        lists = _sees(visit, Action.WORKLIST_READ, body, town or CITY)
        work = {"unit": value, "kind": "task", "item": asked.place.get("item")}
        down = paths.link(visit.root, "work", **work) if lists else ""
    else:
        down = paths.link(visit.root, "oversight", tab="units", **about)
    return {**row, "name": row[f"{by}_name"], "down": down, "asked": about}


def _days(visit: Visit, asked: Asked) -> dict[str, Any]:
    told = _figures(visit, asked, "department")
    total = told["total"]
    stages = [(one, total[one]) for one in STAGES if total.get(one)]
    drawn = chart(
        word("oversight.days_by_stage", visit.language),
        [word(f"oversight.stage_{one}", visit.language) for one, _ in stages],
        [
            (word("oversight.mean", visit.language), "blue", [one["mean"] for _, one in stages]),
            (word("oversight.p90", visit.language), "grey", [one["p90"] for _, one in stages]),
        ],
    )
    rows = [_led(visit, asked, "department", one) for one in told["rows"]]
    rows, pages = sliced(visit.query, [one for one in rows if any(map(one.get, STAGES))])
    return {
        "total": total,
        "charts": [drawn] if stages else [],
        "rows": rows,
        "stages": STAGES,
        "pages": pages,
    }


def _overdue(visit: Visit, asked: Asked) -> dict[str, Any]:
    query = {**asked.place, "kind": visit.query.get("kind")}
    after = visit.query.get("after")
    told = visit.api.get("/v1/reports/overdue", limit=50, after=after, **query)
    rows = [
        {**one, "place": f"{_LISTS.get(one['kind'], 'tasks')}/{paths.part(one['subject'])}"}
        for one in told["overdue"]
    ]
    return {
        "count": told["count"],
        "rows": rows,
        "charts": [],
        "pages": paths.pager(visit.query, told.get("after")),
    }


def _tasks(visit: Visit, asked: Asked) -> dict[str, Any]:
    return show_tasks(visit, asked.period, asked.place)


def _inspections(visit: Visit, asked: Asked) -> dict[str, Any]:
    return show_inspections(visit, asked.period, asked.place.get("town", ""))


def _credit(visit: Visit, asked: Asked) -> dict[str, Any]:
    return show_credit(visit, asked.first, asked.last)


def _batches(visit: Visit, asked: Asked) -> dict[str, Any]:
    return show_batches(visit, asked.first, asked.last)


VIEWS: dict[str, Callable[[Visit, Asked], dict[str, Any]]] = {
    "": _overview,
    "departments": _ranking,
    "towns": _ranking,
    "units": _ranking,
    "items": _ranking,
    "days": _days,
    "overdue": _overdue,
    BEHIND: _tasks,
    "inspections": _inspections,
    "credit": _credit,
    BATCHES: _batches,
}
