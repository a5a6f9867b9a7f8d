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
from functions.shared.calls import Calls
from functions.shared.events.credit import Category
from functions.shared.settings import settings
from functions.shared.table import Addition
from tests.browser import weeks
from tests.browser.pictures import shop
from tests.browser.weeks import VILLAGE, call, company, days_ago
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.patrol import opened
from tests.integration.receiver import receiving
from tests.integration.test_credit_batches import arrive, honour
from tests.integration.test_credit_disputes import a_record
from tests.integration.test_discipline import record, tell
from tests.integration.test_pages_console import tell as deliver
from tests.integration.test_pages_credit import keep
from tests.integration.test_pages_inspections import stored
from tests.integration.test_referrals import VILLAGE as HALL
from tests.integration.test_referrals import failed_twice
from tests.integration.test_spine import HENGLI, code, load, row, sweep
from tests.unit.credit.bureau import CODE as REPAIRING
from tests.unit.discipline.chamber import code_of

SCJG, RSBZ, CGZF = (f"{body}.{HENGLI}" for body in ("scjg", "rsbz", "cgzf"))
OFFICE = f"office.{HENGLI}"
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
OFFICER, LEAD = f"{SCJG}:officer", "scjg:lead"
TOWN_OFFICE, OVERSIGHT = f"{OFFICE}:town_office", "oversight:oversight"
DISPATCHER, CREDIT = "office:dispatcher", "credit:credit"
MAINTAINER = ("city:rules",)


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
    tasks: weeks.Tasks
    looks: dict[str, list[Look]] = field(default_factory=dict)

    def at(
        self, route: str, *grants: str, path: str = "", name: str = "li", label: str = ""
    ) -> None:
        """Adds a look at a route's page; `path` is the page itself, with its query."""
        self.looks.setdefault(route, []).append(Look(path or route, grants, name, label))


@contextmanager
def prepared() -> Iterator[Town]:
    """The town on moto, after some weeks; its pages are looked at by `looks`."""
    with moto_city() as city:
        os.environ["SANWEI_PRIVATE_WEBHOOKS"] = "allow"  # a system of the test's own machine joins
        settings.cache_clear()
        with days_ago(weeks.SINCE):
            items = (CONFIG / "supervision_items.toml").read_text(encoding="utf-8")
            city.put_items_in_force(items)
            call(city, "PUT", f"/v1/villages/{VILLAGE}/roster", ("city:rules", DISPATCHER), ROSTER)
        town = Town(city, weeks.live(city))
        for part in (_front, _supervision, _clues, _inspections, _credit, _discipline, _oversight):
            part(town)
        for last in (_rules, _console):
            last(town)
        yield town


def _front(town: Town) -> None:
    town.at("/")
    town.at("/sign-in")
    town.at("/sign-out")


def _supervision(town: Town) -> None:
    city = town.city
    broken = "餐饮服务、劳务……"
    load(city, company(91, 经营范围=broken), company(92, 注册地址="某处不详路1号"))
    load(city, company(93, 经营范围=""), company(94, 注册地址="东莞市中山路8号"))
    places = ("虎门镇沙太路", "厚街镇康乐路", "常平镇振兴路", "虎门镇金洲路", "东城街道育兴路")
    load(city, *(company(95 + n, 注册地址=f"东莞市{place}1号") for n, place in enumerate(places)))
    sweep(city)
    open_, back = (town.tasks[number][0] for number in (48, 49))
    closed = next(task for task in town.tasks[1] if task["unit"] == SCJG)
    for task, body in (
        (open_, {"verb": "receive"}),
        (open_, {"verb": "verify", "note": "电话核实，约定周三现场核查"}),
        (back, {"verb": "return", "ground": "not_in_scope", "note": "并无此项"}),
    ):
        grants = (f"{task['unit']}:officer",)
        call(city, "POST", f"/v1/tasks/{task['id']}/feedback", grants, body)
    for number in (8, 14):
        claim = {"unit": SCJG, "kind": "task", "subject": _of(town, number, SCJG)["id"]}
        call(city, "POST", "/v1/worklist/claim", (OFFICER,), claim)
    city.settle()
    town.at("/work", OFFICER)
    town.at("/work", OFFICER, path="/work?kind=task", label="tasks")
    town.at("/work", TOWN_OFFICE, name="wang", label="town")
    town.at("/work/sheet", OFFICER)
    for task, reader, label in (
        (open_, f"{open_['unit']}:officer", ""),
        (closed, OFFICER, "closed"),
        (back, TOWN_OFFICE, "back"),
    ):
        town.at("/tasks/{task_id}", reader, path=f"/tasks/{task['id']}", label=label)
    town.at("/entities/{code}", TOWN_OFFICE, path=f"/entities/{code(7)}", name="wang")
    town.at("/manual", TOWN_OFFICE, name="wang")
    town.at("/manual", TOWN_OFFICE, path=f"/manual?code={code(91)}", name="wang", label="one")


def _of(town: Town, number: int, unit: str) -> dict[str, Any]:
    return next(task for task in town.tasks[number] if task["unit"] == unit)


def _clues(town: Town) -> None:
    city = town.city
    for number in (0, 1):
        city.write_object("evidence", f"photos/{CGZF}/{number}.png", shop(number))
    photos = [f"photos/{CGZF}/{number}.png" for number in (0, 1)]
    ids = []
    for number, (place, seen) in enumerate(
        (
            ("横沥镇东兴路1号", "临街门面经营餐饮并设有客房，门口未见营业执照和许可证"),
            ("横沥镇东兴路9号", "出租屋内加工食品，有油烟"),
            ("横沥镇中山路22号", "无证收购废旧金属，占道堆放"),
            ("横沥镇沿江路3号", "夜间经营足浴，未见公共场所卫生许可证"),
        )
    ):
        body: dict[str, Any] = {"place": place, "seen": seen}
        if number == 0:
            body |= {"position": {"lat": 23.0207, "lon": 113.9512}, "photos": photos}
            body |= {"name": "好客来饭店"}
        with days_ago(3 - number):
            ids.append(call(city, "POST", "/v1/clues", (f"{CGZF}:officer",), body)["id"])
            city.settle()
    assign = (
        (ids[1], {"units": [SCJG], "note": "请先上门，再反馈是否持证"}),
        (ids[3], {"units": [f"wsjk.{HENGLI}"], "note": "属公共场所卫生许可"}),
    )
    for id, order in assign:
        call(city, "POST", f"/v1/clues/{id}/assign", (TOWN_OFFICE,), order)
    call(city, "POST", f"/v1/clues/{ids[1]}/feedback", (OFFICER,), {"verb": "receive"})
    city.settle()
    town.at("/clues", TOWN_OFFICE, name="wang")
    town.at("/clues/{clue_id}", TOWN_OFFICE, path=f"/clues/{ids[0]}", name="wang")
    town.at("/clues/{clue_id}", OFFICER, path=f"/clues/{ids[1]}", label="assigned")


def _inspections(town: Town) -> None:
    city = town.city
    weeks.walked(range(1, 25))
    city.write_object("evidence", f"photos/{HALL}/a.png", shop(2))
    law = "《成品油流通管理办法》第九条"
    checks = [one.model_dump() for one in failed_twice().checks]
    for one in checks:
        if one["licence"]:
            one["licence"] |= {"law": law, "name": "成品油零售经营资格"}
    steps = [one.model_dump() | {"unit": VILLAGE} for one in failed_twice().steps]
    ours = {"village": VILLAGE, "unit": VILLAGE, "units": (VILLAGE,)}
    since = clock.now() - timedelta(days=14)
    path = stored(50, checks=checks, steps=steps, registered_at=since, **ours)
    walk = {"unit": VILLAGE, "code": code(7)}
    for edition, name in ((11, "东莞市云谷便利店有限公司"), (12, "东莞市禾苗食品商贸有限公司")):
        address = f"横沥镇恒泉社区东兴路{edition}号"
        last = opened(edition, "chen", name=name, address=address, **walk)
    city.settle()
    village = (f"{VILLAGE}:village",)
    for number in (25, 26, 27, 28, 30):
        call(city, "POST", f"/v1/inspections/{weeks.first(number)}/assign", village, {})
    city.settle()
    town.at("/inspections/{inspection_id}", f"{VILLAGE}:village", path=path, name="mei")
    town.at("/dispatch", f"{VILLAGE}:village", name="mei")
    town.at("/dispatch", TOWN_OFFICE, name="wang", label="town")
    town.at("/dispatch", DISPATCHER, name="zhou", label="city")
    town.at("/phone", f"{VILLAGE}:inspector", name="chen")
    visit = f"/phone#visit/{last.id}"
    town.at("/phone", f"{VILLAGE}:inspector", path=visit, name="chen", label="visit")


def _credit(town: Town) -> None:
    city = town.city
    keep("7", subject=code(1), document="东市监罚〔2026〕7号")
    values = {"WSH": "东市监〔2026〕8号", "NR": "守合同重信用企业"}
    good = {"item": "honour", "category": Category.GOOD, "title": "守合同重信用"}
    keep("8", subject=code(1), values=values, **good)
    keep("9", subject=code(7), category=Category.DISHONEST, title="列入经营异常名录")
    for column, articles in COLUMNS.items():
        for title, text in articles:
            draft = {"title": title, "body": text, "source": "市发展和改革局"}
            call(city, "POST", f"/v1/credit/columns/{column}", (CREDIT,), draft)
    for number, place in enumerate(towns()):
        counts = {"A": 9 + number * 7 % 31, "B": 20 + number * 11 % 43, "C": number * 5 % 9}
        ports.table("credit").add(Addition(f"T#{place}", "00", {**counts, "D": number % 4}))
    rows = [honour(f"{n}", code(n), company(n)["企业名称"]) for n in range(10, 24)]
    rows += [honour("30", "9144"), honour("31", code(2), "")]
    for number, row_ in enumerate(rows):
        row_["JDRQ"] = _ago(2 + number * 3).replace("-", "/")
    sent = call(
        city, "POST", "/v1/credit/batches", ("scjg:source",), {"item": "honour", "rows": rows}
    )
    arrive(city, f"in/scjg/honour/{sent['id']}.json")
    load(city, row(70, 企业名称="东莞市晴禾食品有限公司", 统一社会信用代码=REPAIRING))
    disputes = []
    for digest, document, kind, ground in (
        (
            "t1",
            "东应急罚〔2026〕12号",
            "objection",
            "处罚已经行政复议撤销（东府行复〔2026〕33号）",
        ),
        ("t2", "东应急罚〔2026〕20号", "objection", "并非我司，同名误列"),
        ("t3", "东应急罚〔2026〕31号", "repair", "罚款已缴清，已补办许可证并完成整改"),
    ):
        filing = {"kind": kind, "ground": ground}
        if kind == "repair":
            filing |= {"commitment": "今后依法诚信经营", "duties_done_on": _ago(30)}
        path = f"/v1/credit/records/{a_record(digest, document=document).id}/disputes"
        disputes.append(call(city, "POST", path, (f"{REPAIRING}:entity",), filing)["id"])
    asked = {"note": "请核实处罚决定是否已被撤销"}
    call(city, "POST", f"/v1/credit/disputes/{disputes[1]}/ask", (CREDIT,), asked)
    city.settle()
    town.at("/credit")
    town.at("/credit", path="/credit?q=东莞市晴川", label="found")
    town.at("/credit/{code}", path=f"/credit/{code(1)}")
    for column in ("policies", "news", "towns"):
        town.at("/columns/{column}", path=f"/columns/{column}", label=column)
    town.at("/objections")
    town.at("/disputes", CREDIT, name="xin")
    town.at("/disputes", f"{REPAIRING}:entity", name="boss", label="company")
    town.at("/disputes/{dispute_id}", CREDIT, path=f"/disputes/{disputes[0]}", name="xin")


COLUMNS = {
    "policies": (
        ("关于开展企业信用修复工作的通知", "失信主体履行义务、纠正失信行为后，可以申请信用修复。"),
        ("公共信用信息目录说明", "目录列明归集哪些信息、由谁提供、公示多久。"),
        ("联合惩戒备忘录汇编说明", "各参与部门依本部门职责采取措施。"),
    ),
    "news": (
        ("本市信用等级按新规则评定", "新规则自本月起施行，等级每日更新。"),
        ("镇街信用状况每月公布", "各镇街已评级主体的等级分布见“镇街信用”。"),
    ),
}


def towns() -> list[str]:
    """The codes of the city's towns."""
    lines = (CONFIG / "divisions.csv").read_text(encoding="utf-8").splitlines()
    return [line.split(",")[1] for line in lines if line.startswith("town,")]


def _ago(days: int) -> str:
    return (date.fromisoformat(today()) - timedelta(days=days)).isoformat()


def _discipline(town: Town) -> None:
    city = town.city
    names = (("清和", 1), ("远山", 2), ("临江", 3), ("北屿", 4), ("西岭", 5), ("南汀", 6))
    rows = [
        row(60 + number, 企业名称=f"东莞市{name}建材有限公司", 统一社会信用代码=code_of(number))
        for name, number in names
    ]
    load(city, *rows)
    city.settle()
    keep("10", subject=code_of(2), category=Category.DISHONEST, title="列入经营异常名录")
    proposal, active, _, other, _, third = [
        _proposed(city, number, f"东莞市{name}建材有限公司") for name, number in names
    ]
    for one in (active, other, third):
        call(city, "POST", f"/v1/sanctions/{one['id']}/approve", (CREDIT,), {})
    path = f"/v1/constraints/{other['id']}@zwfw/receive"
    call(city, "POST", path, ("zwfw:officer",), {})
    city.settle()
    town.at("/sanctions", "zwfw:officer", name="gu")
    waiting = "/sanctions?list=sanctions"
    town.at("/sanctions", CREDIT, path=waiting, name="xin", label="office")
    town.at("/sanctions/{sanction_id}", CREDIT, path=f"/sanctions/{proposal['id']}", name="xin")
    path = f"/sanctions/{active['id']}"
    town.at("/sanctions/{sanction_id}", CREDIT, path=path, name="xin", label="active")
    constraint = f"/constraints/{active['id']}@zwfw"
    town.at("/constraints/{constraint_id}", "zwfw:officer", path=constraint, name="gu")
    town.at("/counter", "zwfw:officer", name="gu")
    for label, asked in (("measures", active["subject"]), ("clear", code(1))):
        town.at("/counter", "zwfw:officer", path=f"/counter?q={asked}", name="gu", label=label)


def _proposed(city: MotoCity, number: int, name: str) -> dict[str, Any]:
    """A sanction over a subject that a serious record is about."""
    ground = record(code_of(number))
    tell(city, ground.model_copy(update={"data": {**ground.data, "name": name}}))
    order = {"instrument": "serious_market", "subject": code_of(number)}
    order["ground"] = "列入严重违法失信名单"
    sanction = call(city, "POST", "/v1/sanctions", (LEAD,), order)
    city.settle()
    return sanction


def _oversight(town: Town) -> None:
    city = town.city
    call(city, "POST", "/v1/alerts/sweep", ("city:operator",))
    city.settle()
    for first, last in ((weeks.SINCE, 8), (7, 1)):
        order = {"from": _ago(first), "to": _ago(last), "fewest": 1, "note": "请抓紧办理。"}
        call(city, "POST", "/v1/bulletins", (OVERSIGHT,), order)
    city.settle()
    period = f"from={_ago(weeks.SINCE)}&to={today()}"
    town.at("/oversight", OVERSIGHT, path=f"/oversight?{period}", name="wu")
    asked = {
        **dict.fromkeys(("departments", "towns", "items", "days", "overdue", "inspections"), ""),
        "tasks": "&measure=handled",
        "credit": "",
        "batches": "&source=scjg",
    }
    for tab, more in asked.items():
        path = f"/oversight?tab={tab}{more}&{period}"
        town.at("/oversight", OVERSIGHT, path=path, name="wu", label=tab)
    town.at("/bulletins", OVERSIGHT, name="wu")
    newest = f"/bulletins/{today()[:4]}/2"
    route = "/bulletins/{year}/{number}"
    town.at(route, OVERSIGHT, path=newest, name="wu")


def _rules(town: Town) -> None:
    city = town.city
    text = (CONFIG / "supervision_items.toml").read_text(encoding="utf-8")
    version = call(city, "GET", "/v1/items", MAINTAINER)["editions"][0]["version"]
    for old, new in (
        (f'version = "{version}"', 'version = "2026-2"'),
        ('words = ["劳务派遣", ', "words = ["),  # what only says so is pushed no more
        ('"招待所", "旅店", "度假村"', '"招待所", "公寓服务", "旅店", "度假村"'),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    note = "公寓服务纳入旅馆业；“劳务派遣”须写明为服务"
    call(city, "POST", "/v1/items", MAINTAINER, {"toml": text, "note": note})
    trial = call(city, "POST", "/v1/items/2026-2/trials", MAINTAINER, {"last": 100})["id"]
    city.settle()
    town.at("/rules", *MAINTAINER, name="gong")
    for query, label in (
        ("", ""),
        ("item=RS01", "RS01"),
        ("tab=difference", "difference"),
        (f"tab=trial&trial={trial}", "trial"),
    ):
        path = "/rules/2026-2" + (f"?{query}" if query else "")
        town.at("/rules/{version}", *MAINTAINER, path=path, name="gong", label=label)


def _console(town: Town) -> None:
    city, lead = town.city, ("gaj:lead",)
    calls, now = Calls(ports.table("interfaces")), clock.real_now()
    with receiving() as receiver:
        for unit in ("gaj", "rsbz", "wsjk"):
            joined = {"url": receiver.url, "types": ["task.pushed"]}
            call(city, "PUT", f"/v1/systems/{unit}", (f"{unit}:lead", "city:operator"), joined)
        deliver(city, "gaj", *(f"T{number:03d}" for number in range(1, 7)))
        receiver.status = 400
        deliver(city, "gaj", "T007", "T008")
    for back, count in ((3, 9), (2, 14), (1, 6), (0, 4)):
        for number in range(count):
            at = now - timedelta(hours=back)
            calls.enter("gaj", at)
            calls.leave("gaj", 503 if number == 12 else 404 if number % 6 == 5 else 200, at)
    town.at("/console", "city:operator", name="ops")
    town.at("/console", "city:operator", path="/console?tab=failures", name="ops", label="failures")
    for tab in ("", "calls", "deliveries"):
        path = "/console/gaj" + (f"?tab={tab}" if tab else "")
        town.at("/console/{unit}", *lead, path=path, name="ma", label=tab)
