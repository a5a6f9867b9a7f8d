"""A town in which every page has something to show, and from where each page is looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from functions.portal.rendering import today
from functions.shared import clock, ports
from functions.shared.events.credit import Category
from functions.shared.settings import settings
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.patrol import opened
from tests.integration.test_credit_disputes import a_record
from tests.integration.test_pages_credit import keep, write
from tests.integration.test_pages_inspections import stored
from tests.integration.test_referrals import VILLAGE as HALL
from tests.integration.test_spine import HENGLI, code, load, row, sweep, tasks_of
from tests.unit.alerts.watching import limit, task_event
from tests.unit.credit.bureau import CODE as REPAIRING

VILLAGE, VILLAGE_NAME = "441900106002", "恒泉社区"
SCJG, RSBZ, CGZF = (f"{body}.{HENGLI}" for body in ("scjg", "rsbz", "cgzf"))
OFFICE = f"office.{HENGLI}"
COMPANIES = 53  # more than a page of them
LATE = 12
ROSTER = {
    "grids": [
        {"id": f"{VILLAGE}-01", "name": "恒泉第一网格", "places": ["中山路"]},
        {"id": f"{VILLAGE}-02", "name": "恒泉第二网格", "places": ["东兴路"]},
    ],
    "inspectors": [
        {"id": "chen", "name": "陈志强", "grids": [f"{VILLAGE}-01"]},
        {"id": "huang", "name": "黄丽华", "grids": [f"{VILLAGE}-02"]},
    ],
}
SCOPE = "劳务派遣；餐饮服务；日用百货销售（不含危险化学品）"
OFFICER, LEAD = f"{SCJG}:officer", "scjg:lead"
TOWN_OFFICE, OVERSIGHT = f"{OFFICE}:town_office", "oversight:oversight"
DISPATCHER, CREDIT = "office:dispatcher", "credit:credit"


@dataclass(frozen=True)
class Look:
    """Somebody with `grants` (nobody: none) in front of the page at `path`."""

    path: str
    grants: tuple[str, ...] = ()
    name: str = "li"
    label: str = ""  # what tells it from other looks at the same page


@dataclass
class Town:
    """The looks at each page, by its route."""

    city: MotoCity
    looks: dict[str, list[Look]] = field(default_factory=dict)

    def at(
        self, route: str, *grants: str, path: str = "", name: str = "li", label: str = ""
    ) -> None:
        """Adds a look at a route's page; `path` is the page itself, with its query."""
        self.looks.setdefault(route, []).append(Look(path or route, grants, name, label))


@contextmanager
def prepared() -> Iterator[Town]:
    """The town on moto; its pages are looked at by `looks`."""
    with moto_city() as city:
        os.environ["SANWEI_PRIVATE_WEBHOOKS"] = "allow"  # a system of the test's own machine joins
        settings.cache_clear()
        town = Town(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        call(city, "PUT", f"/v1/villages/{VILLAGE}/roster", ("city:rules", DISPATCHER), ROSTER)
        for part in (_front, _supervision, _clues, _inspections, _credit, _discipline, _oversight):
            part(town)
        for last in (_rules, _console):
            last(town)
        yield town


def call(
    city: MotoCity,
    method: str,
    path: str,
    grants: tuple[str, ...],
    body: object = None,
    **query: str,
) -> dict[str, Any]:
    """What the API answers; whatever it refuses breaks the test."""
    status, told = city.call(method, path, body, grants=grants, query=query)
    assert status < 300, (method, path, told)
    return dict(told) if told else {}


def company(number: int, **change: str) -> dict[str, str]:
    address = f"广东省东莞市横沥镇{VILLAGE_NAME}中山路{number}号"
    return row(number, **{"经营范围": SCOPE, "注册地址": address, **change})


def _front(town: Town) -> None:
    town.at("/")
    town.at("/sign-in")
    town.at("/sign-out")


def _supervision(town: Town) -> None:
    city = town.city
    load(city, *(company(number) for number in range(1, COMPANIES + 1)))
    load(city, company(91, 经营范围="餐饮服务、劳务……"), company(92, 注册地址="某处不详路1号"))
    sweep(city)
    ids = [tasks_of(city, SCJG, company(n)["企业名称"])[0]["id"] for n in (1, 2, 3)]
    evidence = {"end": "not_carried_on", "checked_on": today(), "note": "已停业，门已关闭"}
    for task, body in (
        (ids[0], {"verb": "receive"}),
        (ids[0], {"verb": "verify", "note": "电话核实，约定周三现场核查"}),
        (ids[1], {"verb": "receive"}),
        (ids[1], {"verb": "close", "evidence": evidence}),
        (ids[2], {"verb": "return", "ground": "not_in_scope", "note": "并无此项"}),
    ):
        call(city, "POST", f"/v1/tasks/{task}/feedback", (OFFICER,), body)
    city.settle()
    town.at("/work", OFFICER)
    town.at("/work", TOWN_OFFICE, name="wang", label="town")
    town.at("/work/sheet", OFFICER)
    for number, reader, label in (
        (0, OFFICER, ""),
        (1, OFFICER, "closed"),
        (2, TOWN_OFFICE, "back"),
    ):
        town.at("/tasks/{task_id}", reader, path=f"/tasks/{ids[number]}", label=label)
    town.at("/entities/{code}", TOWN_OFFICE, path=f"/entities/{code(1)}", name="wang")
    town.at("/manual", TOWN_OFFICE, name="wang")
    town.at("/manual", TOWN_OFFICE, path=f"/manual?code={code(91)}", name="wang", label="one")


def _clues(town: Town) -> None:
    city = town.city
    ids = []
    for place, seen in (
        ("东兴路1号", "门口经营餐饮，没有许可证"),
        ("东兴路9号", "出租屋内加工食品"),
    ):
        body = {"place": place, "seen": seen, "position": {"lat": 23.0207, "lon": 113.7512}}
        ids.append(call(city, "POST", "/v1/clues", (f"{CGZF}:officer",), body)["id"])
    call(city, "POST", f"/v1/clues/{ids[1]}/assign", (TOWN_OFFICE,), {"units": [SCJG]})
    city.settle()
    town.at("/clues", f"{CGZF}:officer", name="zhang")
    town.at("/clues/{clue_id}", TOWN_OFFICE, path=f"/clues/{ids[0]}", name="wang")
    town.at("/clues/{clue_id}", OFFICER, path=f"/clues/{ids[1]}", label="assigned")


def _inspections(town: Town) -> None:
    city = town.city
    city.write_object("evidence", f"photos/{HALL}/a.png", b"\x89PNG" + b"x" * 96)
    path = stored(50)
    patrolling = {"code": code(7), "unit": VILLAGE}
    for edition in (11, 12, 13):
        opened(edition, "chen", **patrolling)
    city.settle()
    town.at("/inspections/{inspection_id}", f"{HALL}:village", path=path, name="chen")
    town.at("/dispatch", f"{VILLAGE}:village", name="mei")
    town.at("/dispatch", TOWN_OFFICE, name="wang", label="town")
    town.at("/dispatch", DISPATCHER, name="zhou", label="city")
    town.at("/phone", f"{VILLAGE}:inspector", name="chen")


def _credit(town: Town) -> None:
    city = town.city
    keep("7", subject=code(1), document="东市监罚〔2026〕7号")
    keep("8", subject=code(1), category=Category.GOOD, title="守合同重信用")
    write(city, "policies", *(f"关于信用监管的第{n}号通知" for n in range(1, 4)))
    write(city, "news", "本市信用建设动态")
    load(city, row(70, 企业名称="东莞市晴禾食品有限公司", 统一社会信用代码=REPAIRING))
    record = a_record("t1")
    filing = {"kind": "objection", "ground": "并非我司，同名误列"}
    dispute = call(
        city, "POST", f"/v1/credit/records/{record.id}/disputes", (f"{REPAIRING}:entity",), filing
    )
    city.settle()
    town.at("/credit")
    town.at("/credit", path="/credit?q=东莞市试验1", label="found")
    town.at("/credit/{code}", path=f"/credit/{code(1)}")
    for column in ("policies", "news", "towns"):
        town.at("/columns/{column}", path=f"/columns/{column}", label=column)
    town.at("/objections")
    town.at("/disputes", CREDIT, name="xin")
    town.at("/disputes", f"{REPAIRING}:entity", name="boss", label="company")
    town.at("/disputes/{dispute_id}", CREDIT, path=f"/disputes/{dispute['id']}", name="xin")


def _discipline(town: Town) -> None:
    from tests.integration.test_discipline import approved, proposed

    proposal, active = proposed(town.city, 1), approved(town.city, 2)
    constraint = f"/constraints/{active['id']}@zwfw"
    town.at("/sanctions", CREDIT, name="xin")
    town.at("/sanctions/{sanction_id}", CREDIT, path=f"/sanctions/{proposal['id']}", name="xin")
    town.at("/constraints/{constraint_id}", "zwfw:officer", path=constraint, name="gu")
    town.at("/counter", "zwfw:officer", name="gu")
    found = f"/counter?q={active['subject']}"
    town.at("/counter", "zwfw:officer", path=found, name="gu", label="measures")


def _oversight(town: Town) -> None:
    city = town.city
    now, on = clock.now(), date.fromisoformat(today())
    late = limit("receive", on - timedelta(days=9), on - timedelta(days=2))
    for number in range(1, LATE + 1):
        told = task_event(1, now - timedelta(days=9), (late,), id=f"T{number:03d}")
        assert ports.city_events().publish([told]) == set()
    city.settle()
    call(city, "POST", "/v1/alerts/sweep", ("city:operator",))
    city.settle()
    for back in (2, 1):
        day = (on - timedelta(days=back)).isoformat()
        order = {"from": day, "to": day, "fewest": 1, "note": "请抓紧办理。"}
        call(city, "POST", "/v1/bulletins", (OVERSIGHT,), order)
    city.settle()
    town.at("/oversight", OVERSIGHT, name="wu")
    for tab in ("departments", "towns", "items", "days", "overdue", "inspections", "credit"):
        town.at("/oversight", OVERSIGHT, path=f"/oversight?tab={tab}", name="wu", label=tab)
    town.at("/bulletins", OVERSIGHT, name="wu")
    route = "/bulletins/{year}/{number}"
    town.at(route, OVERSIGHT, path=f"/bulletins/{today()[:4]}/2", name="wu")


def _rules(town: Town) -> None:
    city = town.city
    maintainer = ("city:rules",)
    text = (CONFIG / "supervision_items.toml").read_text(encoding="utf-8")
    version = call(city, "GET", "/v1/items", maintainer)["editions"][0]["version"]
    new = text.replace(f'version = "{version}"', 'version = "next"', 1).replace(
        "劳务派遣", "人力派遣", 1
    )
    call(city, "POST", "/v1/items", maintainer, {"toml": new, "note": "改一个词"})
    town.at("/rules", *maintainer, name="gong")
    for query in ("", "item=RS01", "tab=difference", "tab=trial"):
        path = "/rules/next" + (f"?{query}" if query else "")
        town.at(
            "/rules/{version}", *maintainer, path=path, name="gong", label=query.rpartition("=")[2]
        )


def _console(town: Town) -> None:
    city, lead = town.city, ("gaj:lead",)
    joined = {"url": "https://127.0.0.1:9/hook", "types": ["task.pushed"]}
    call(city, "PUT", "/v1/systems/gaj", (*lead, "city:operator"), joined)
    city.settle()
    town.at("/console", "city:operator", name="ops")
    town.at("/console", "city:operator", path="/console?tab=failures", name="ops", label="failures")
    for tab in ("", "calls", "deliveries"):
        path = "/console/gaj" + (f"?tab={tab}" if tab else "")
        town.at("/console/{unit}", *lead, path=path, name="ma", label=tab)
