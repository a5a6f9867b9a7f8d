"""The weeks that the prepared town has lived: who registered when, and what was done about it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from functions.inspections.domain import Inspection, inspection_id
from functions.inspections.store import Store
from functions.portal.rendering import today
from functions.shared import clock, ports
from functions.shared.events.inspections import InspectionOutcome
from tests.integration.motocity import MotoCity
from tests.integration.test_spine import code, load, row, sweep

VILLAGE, VILLAGE_NAME = "441900106002", "恒泉社区"
CHANGAN, CHANGAN_PLACE = "441900119000", "长安镇锦厦社区示例路"
SINCE = 24  # days ago it began
COMPANIES = 53  # more than a page of them
ELSEWHERE = frozenset({4, 11, 15, 22, 29, 34})  # in another town
_NAMES = ("晴川", "云谷", "禾苗", "青石", "望山", "小满", "白鹭", "南枝", "竹溪")
_TRADES = (
    ("餐饮管理", "餐饮服务；食品销售（不含酒类）；日用百货销售（不含危险化学品）"),
    ("人力资源", "劳务派遣；餐饮服务；人力资源招聘（不含职业技能培训）"),
    ("食品商贸", "食品销售；农副产品批发；网上销售日用百货（不含药品）"),
    ("酒店管理", "旅馆；餐饮服务；停车场服务；会议服务"),
    ("物业服务", "物业管理；公寓服务；餐饮服务（限分支机构经营）"),
    ("便利店", "食品销售；卷烟零售；餐饮服务；日用百货销售（不含烟花爆竹）"),
)
_OUTCOMES = (
    *(InspectionOutcome.PASSED,) * 4,
    *(InspectionOutcome.SETTLED, InspectionOutcome.CORRECTED, InspectionOutcome.HANDLED),
)
Tasks = dict[int, list[dict[str, Any]]]
_WHO = {"officer": "li", "lead": "zhao", "town_office": "wang", "village": "mei"}
_WHO |= {"dispatcher": "zhou", "credit": "xin", "oversight": "wu", "rules": "gong"}
_WHO |= {"operator": "ops", "entity": "boss", "source": "system", "inspector": "chen"}


def company(number: int, **change: str) -> dict[str, str]:
    """The registration of a company of the town."""
    trade, scope = _TRADES[number % len(_TRADES)]
    name = _NAMES[number // len(_TRADES) % len(_NAMES)]
    place = f"横沥镇{VILLAGE_NAME}{'东兴路' if number % 2 else '中山路'}"
    given = {
        "企业名称": f"东莞市{name}{trade}有限公司",
        "经营范围": scope,
        "注册地址": f"广东省东莞市{CHANGAN_PLACE if number in ELSEWHERE else place}{number}号",
    }
    return row(number, **{**given, **change})


def call(
    city: MotoCity,
    method: str,
    path: str,
    grants: tuple[str, ...],
    body: object = None,
    **query: str,
) -> dict[str, Any]:
    """What the API answers; whatever it refuses breaks the test."""
    name = _WHO[grants[0].rpartition(":")[2]]
    status, told = city.call(method, path, body, grants=grants, name=name, query=query)
    assert status < 300, (method, path, told)
    return dict(told) if told else {}


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """Meanwhile the city's clock shows that many days ago."""
    real = clock.real_now()
    os.environ["SANWEI_EPOCH"] = f"{real.isoformat()}={(real - timedelta(days=days)).isoformat()}"
    clock._pace.cache_clear()
    try:
        yield
    finally:
        del os.environ["SANWEI_EPOCH"]
        clock._pace.cache_clear()


def live(city: MotoCity) -> Tasks:
    """Three and a half weeks until today; the tasks of each company that is in the town."""
    tasks: Tasks = {}
    registered(city, SINCE, range(1, 11), tasks)
    fed_back(city, 22, chosen(tasks, range(1, 10)), {"verb": "receive"})
    fed_back(city, 20, chosen(tasks, range(1, 9)), {"verb": "verify", "note": "电话核实，属实"})
    registered(city, 13, range(11, 19), tasks)
    for number in range(1, 7):
        fed_back(city, 12, chosen(tasks, [number]), ended(number, 12))
    fed_back(city, 12, chosen(tasks, range(11, 18)), {"verb": "receive"})
    registered(city, 6, range(19, 25), tasks)
    for number in range(11, 14):
        fed_back(city, 5, chosen(tasks, [number]), ended(number, 5))
    fed_back(city, 4, chosen(tasks, range(19, 23)), {"verb": "receive"})
    fed_back(city, 2, chosen(tasks, [9]), ended(9, 2))  # late
    registered(city, 0, range(25, COMPANIES + 1), tasks)
    return tasks


def registered(city: MotoCity, ago: int, numbers: Iterable[int], tasks: Tasks) -> None:
    """Companies register and are swept; adds their tasks."""
    with days_ago(ago):
        load(city, *(company(number) for number in numbers))
        sweep(city)
    for number in numbers:
        told = call(city, "GET", f"/v1/cases/{code(number)}", ("office:dispatcher",))
        tasks[number] = told["tasks"]


def chosen(tasks: Tasks, numbers: Iterable[int]) -> list[dict[str, Any]]:
    return [task for number in numbers for task in tasks[number]]


def fed_back(
    city: MotoCity, ago: int, tasks: list[dict[str, Any]], feedback: dict[str, Any]
) -> None:
    """Each unit says the same about its tasks."""
    grants = tuple(sorted({f"{task['unit']}:officer" for task in tasks}))
    body = {"feedback": [{"task": task["id"], "feedback": feedback} for task in tasks]}
    with days_ago(ago):
        told = call(city, "POST", "/v1/feedback", grants, body)
        assert told["refused"] == 0, told
        city.settle()


def ended(number: int, ago: int) -> dict[str, Any]:
    """The feedback by which a task of a company ended on that day."""
    day = (date.fromisoformat(today()) - timedelta(days=ago)).isoformat()
    ends: tuple[dict[str, Any], ...] = (
        {"end": "licensed", "licence_number": f"JY1441900{number:04d}", "issued_on": day},
        {"end": "not_carried_on", "checked_on": day, "note": "登记有此项，未实际经营"},
        {"end": "corrected", "checked_on": day, "note": "已补办并张贴"},
    )
    return {"verb": "close", "evidence": ends[number % len(ends)]}


def first(number: int) -> str:
    """The first inspection of a company."""
    return inspection_id(code(number), 1)


def walked(numbers: Iterable[int]) -> None:
    """The first inspections of these companies are over, each in its way."""
    shelf = Store(ports.table("inspections")).inspections
    for number in numbers:
        kept = shelf.get(first(number))
        assert kept is not None
        over = {"state": "closed", "outcome": _OUTCOMES[number % len(_OUTCOMES)], "unit": ""}
        at = clock.now() - timedelta(days=number % 20)
        step = kept.value.steps[-1].model_copy(update={"at": at})
        told = {**kept.value.model_dump(), **over, "clocks": (), "steps": (step,)}
        closed = Inspection.model_validate(told)
        shelf.save(closed, before=kept, by="test", now=clock.now())
