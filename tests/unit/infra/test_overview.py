"""What stands in a city: read page by page from worklists, never computed anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from functions.shared.directory import Department, Directory
from functions.worklist.handlers import require_mark
from infra.overview import Overview, credit_sums, gather, gather_whole, reason_text, units_of

TOWNS = {"441900102000": "石龙镇", "441900113000": "大朗镇"}


def task(item: str, licence: str = "许可证") -> dict[str, Any]:
    return {"kind": "task", "task": {"item": item, "licence": licence}}


def waiting(code: str, *reasons: str, **more: str) -> dict[str, Any]:
    return {"code": code, "name": f"甲{code}", "reasons": list(reasons), "registration": more}


def alert(rung: str, subject: str = "T1", *, open: bool = True) -> dict[str, Any]:
    return {"kind": "alert", "open": open, "alert": {"rung": rung, "subject": subject}}


def gone_to(unit: str) -> dict[str, Any]:
    """What is left at a unit of a task that it handed on."""
    return {"kind": "task", "gone": True, "task": {"unit": unit}}


def case(town: str, *items: str, outcome: str = "pushed") -> dict[str, Any]:
    told = {"town": town, "items": list(items), "item_set": "1", "outcome": outcome}
    return {"kind": "case", "case": told}


DIRECTORY = Directory(
    departments=(
        Department(id="gaj", name="公安局", towns=frozenset({"441900102000"})),
        Department(id="yjgl", name="应急管理局"),
    ),
    towns=frozenset(TOWNS),
)
ITEMS = [
    {"code": "A", "departments": ["公安局"], "level": "town"},
    {"code": "B", "departments": ["公安局", "应急管理局"], "level": "city"},
]


@dataclass
class Town:
    """A city with worklists and waiting lists, two rows a page; `asked` are the units read."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    cases: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    language: str = "en"

    def get(self, path: str, **query: str | int | None) -> Any:
        if path == "/v1/items/1":
            return {"items": ITEMS}
        lists = self.rows if path == "/v1/worklist" else self.cases
        name = "rows" if path == "/v1/worklist" else "cases"
        whose = str(query.get("unit") or query.get("town"))
        whole = lists.get(whose, [])
        if "since" in query:
            whole = [row for row in whole if row["kind"] == query["kind"]]
            since = str(query["since"])
            start = int(since) if since.isdecimal() else 0
            end = min(start + 2, len(whole))
            require_mark(since if start == 0 else "")
            return {"rows": whole[start:end], "since": str(end) if end else since}
        whole = [row for row in whole if not row.get("gone")]
        start = int(query.get("after") or 0)
        after = {"after": str(start + 2)} if len(whole) > start + 2 else {}
        self.asked += [] if start else [whose]
        return {name: whole[start : start + 2], **after}


def test_tasks_are_counted_by_unit_and_item_over_all_pages() -> None:
    city = Town(
        {
            "office.441900102000": [case("441900102000", "A", "B")],
            "office.441900113000": [case("441900113000", "A")],
            "gaj.441900102000": [task("A"), task("A"), task("B", "乙证")],
            "gaj": [task("B", "乙证"), task("A")],
            "yjgl": [task("B", "乙证")],
        }
    )
    found = gather(city, DIRECTORY)
    assert found.units == {"gaj.441900102000": 3, "gaj": 2, "yjgl": 1}
    assert found.items == {"A": 3, "B": 3}
    assert found.licences == {"A": "许可证", "B": "乙证"}
    assert found.offices == {"office.441900102000": 1, "office.441900113000": 1}


def test_c5_the_rows_of_credit_are_summed_over_sources_and_items() -> None:
    class Figures:
        language = "en"

        def get(self, path: str, **query: str | int | None) -> Any:
            sums = {"accepted": 6, "corrected": 2, "duplicate": 1, "returned": 2, "held": 1}
            return {"figures": [{"rows": 10, "sums": sums}] * 2}

    told = Overview(credit=credit_sums(Figures())).told({})
    assert told["credit_rows"] == {
        **{"rows": 20, "accepted": 12, "corrected": 4},
        **{"duplicate": 2, "returned": 4, "held": 2},
    }


def test_alerts_and_clues_are_counted_beside_the_tasks() -> None:
    clue = {"kind": "clue", "open": True, "clue": {"id": "C1", "state": "assigned"}}
    city = Town(
        {
            "office.441900102000": [clue, alert("town_office")],
            "yjgl": [alert("overdue"), alert("overdue", "T2", open=False)],
            "gaj": [clue, alert("overdue"), alert("overdue", "T3")],
            "oversight": [alert("oversight")],
        }
    )
    told = gather(city, DIRECTORY).told({})
    assert told["alerts"] == {"town_office": 1, "overdue": 2, "oversight": 1}
    assert told["clues"] == {"assigned": 1}
    assert told["receivers"] == []


def test_only_whom_the_cases_concern_is_read() -> None:
    city = Town({"office.441900102000": [case("441900102000", "A")]})
    gather(city, DIRECTORY)
    units = [one for one in city.asked if not one.startswith("office")]
    assert units == ["gaj", "gaj.441900102000", "oversight", "yjgl"]


def test_what_a_department_returned_stands_in_the_offices_worklist() -> None:
    city = Town({"office.441900102000": [case("441900102000"), task("A")]})
    found = gather(city, DIRECTORY)
    assert (found.offices.total(), found.units) == (1, {"office.441900102000": 1})


def test_what_was_handed_on_is_found_where_no_case_leads() -> None:
    city = Town(
        {
            "office.441900102000": [case("441900102000", "A"), gone_to("yjgl.441900113000")],
            "yjgl.441900113000": [task("A"), task("B"), gone_to("gaj.441900113000")],
            "gaj.441900113000": [gone_to("yjgl.441900113000"), task("A")],
        }
    )
    found = gather(city, DIRECTORY)
    assert found.units == {"yjgl.441900113000": 2, "gaj.441900113000": 1}
    assert len(city.asked) == len(set(city.asked))


def test_each_reason_comes_with_its_count_and_two_examples() -> None:
    manual = case("", outcome="manual")
    city = Town(
        rows={"office": [manual], "office.441900102000": [manual]},
        cases={
            "city": [waiting("1", "town_unknown", "scope_empty", address="某路", scope="")],
            "441900102000": [waiting(str(n), "scope_cut_off", scope="餐饮" * 30) for n in "234"],
        },
    )
    found = gather(city, DIRECTORY).waiting
    assert {reason: one.count for reason, one in found.items()} == {
        "town_unknown": 1,
        "scope_empty": 1,
        "scope_cut_off": 3,
    }
    assert found["town_unknown"].examples == [{"code": "1", "name": "甲1", "address": "某路"}]
    assert [one["code"] for one in found["scope_cut_off"].examples] == ["2", "3"]
    assert len(found["scope_cut_off"].examples[0]["scope"]) < 60


def test_worklists_are_read_again_while_more_arrives_and_not_for_ever() -> None:
    arriving = iter([0, 0, 1, 3, *[3] * 5, 4])
    pauses: list[float] = []

    def gathered() -> Overview:
        found = Overview()
        found.units["scjg"] = next(arriving)
        return found

    assert gather_whole(gathered, 5, pauses.append).tasks == 3
    assert len(pauses) == 8
    assert gather_whole(gathered, 4, pauses.append).tasks == 4
    assert len(pauses) == 8


def test_every_receiver_has_its_chinese_name() -> None:
    one = Department(id="gaj", name="公安局", towns=frozenset({"441900102000"}))
    names = units_of(Directory(departments=(one,), towns=frozenset(TOWNS)), TOWNS)
    assert names == {
        "office": "市商改办",
        "office.441900102000": "石龙镇商改办",
        "office.441900113000": "大朗镇商改办",
        "gaj": "公安局",
        "gaj.441900102000": "公安局 石龙镇分局",
    }


def test_reasons_are_told_in_the_readers_language() -> None:
    assert reason_text("scope_cut_off", "zh") == "经营范围被截断"
    assert reason_text("town_unknown", "en") == "No town could be found in the address"
    assert reason_text("department_unknown:AB01", "en").endswith("(AB01)")
    assert reason_text("something_new", "en") == "something_new"
