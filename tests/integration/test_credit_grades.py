"""Grades on moto: a record comes, the subject is graded, visits are planned, all is read (C12)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions.credit.sharing_consumers import credit_sweep
from functions.credit.store import Store
from functions.credit.tallies import Tallies
from functions.inspections.recheck_consumers import inspections_sweep
from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.dates import months_after
from functions.shared.events import event
from functions.shared.events.credit import Category, Grade
from functions.shared.events.registry import RECEIVED, Happening, Registration
from functions.shared.events.supervision import TASK_CHANGED, End
from tests.integration.motocity import CONFIG, Context, MotoCity, moto_city
from tests.unit.credit.bureau import CODE, OTHER, TOWN, Bureau, code_of
from tests.unit.credit.test_loop import PENALTY, told

EVENTS = Path(__file__).parents[2] / "events"
OFFICER, CREDIT = ("swsj:officer",), ("credit:credit",)
VILLAGE = f"{TOWN[:9]}001"
RULES = (CONFIG / "grading.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def put(digest: str, code: str, category: Category, **more: Any) -> None:
    """A record as a batch would have brought it, in the real table."""
    now = clock.now()
    today = shanghai_day(now)
    given = {"category": category, "decided_on": today, "public_from": today}
    record = Bureau(now=now).record(digest, code=code, **{**given, "public_until": None, **more})
    store = Store(ports.table("credit"))
    before = store.records.get(record.id)
    store.records.save(record, before=before, by="test", now=now)


def scheduled(name: str) -> dict[str, Any]:
    return dict(json.loads((EVENTS / "schedule" / f"{name}.json").read_text(encoding="utf-8")))


def test_c12_a_record_changes_the_grade_and_whoever_asks_is_told_why(city: MotoCity) -> None:
    tallies = Tallies(ports.table("credit"))
    before = tallies.of(None)[Grade.SERIOUS]  # other tests share the city
    put("d1", CODE, Category.SERIOUS)
    city.settle()
    status, shown = city.call("GET", f"/v1/credit/grades/{CODE}", grants=OFFICER)
    assert (status, shown["grade"], shown["counter"]) == (200, "D", ["banned"])
    assert shown["reasons"][0]["rule"] == "serious_list"
    assert shown["reasons"][0]["title"].startswith("列入严重失信主体名单")
    assert [one["id"] for one in shown["records"]] == [f"{CODE}.d1"]
    status, own = city.call("GET", f"/v1/credit/grades/{CODE}", grants=(f"{CODE}:entity",))
    assert (status, own["grade"]) == (200, "D")
    status, _ = city.call("GET", f"/v1/credit/grades/{CODE}", grants=(f"{OTHER}:entity",))
    assert status == 404
    assert tallies.of(None)[Grade.SERIOUS] == before + 1


def test_c12_who_is_not_known_and_who_is_a_person_has_no_grade(city: MotoCity) -> None:
    for code in (code_of(999), "P" + "A" * 26):
        status, _ = city.call("GET", f"/v1/credit/grades/{code}", grants=OFFICER)
        assert status == 404


def test_c12_other_rules_hold_for_everybody_after_the_next_sweep(city: MotoCity) -> None:
    put("p1", OTHER, Category.PENALTY, severity="ordinary")
    city.settle()
    status, shown = city.call("GET", f"/v1/credit/grades/{OTHER}", grants=OFFICER)
    assert (status, shown["grade"], shown["history"]) == (200, "B", [])
    stricter = RULES.replace("2026.1", "2026.2").replace(
        '"serious"], months = 12, count = 3', '"serious"], months = 12, count = 1'
    )
    body = {"toml": stricter, "note": "从严"}
    path = "/v1/credit/books/grading"
    assert city.call("POST", path, body, grants=OFFICER)[0] == 404
    status, edition = city.call("POST", path, body, grants=CREDIT)
    assert (status, edition["version"]) == (201, "2026.2")
    credit_sweep(scheduled("credit_sweep"), Context())
    city.settle()
    status, shown = city.call("GET", f"/v1/credit/grades/{OTHER}", grants=OFFICER)
    assert (shown["grade"], shown["rules"]) == ("C", "2026.2")
    assert [(one["grade"], one["rules"]) for one in shown["history"]] == [("B", "2026.1")]


def test_c12_the_rules_are_public(city: MotoCity) -> None:
    status, shown = city.call("GET", "/v1/public/grading")
    assert status == 200
    assert {one["id"] for one in shown["rules"]["rules"]} >= {"serious_list", "good_record"}


def test_c1_a_book_shows_its_versions_and_their_texts(city: MotoCity) -> None:
    for book in ("catalogue", "periods", "grading", "repair"):
        status, shown = city.call("GET", f"/v1/credit/books/{book}", grants=OFFICER)
        assert (status, shown["book"], shown["version"]) == (200, book, shown["holds"])
        assert shown["version"] in shown["toml"]
    first = {"version": "2026.1"}
    status, shown = city.call("GET", "/v1/credit/books/grading", grants=OFFICER, query=first)
    assert (status, shown["toml"]) == (200, RULES)
    none = {"version": "none"}
    assert city.call("GET", "/v1/credit/books/grading", grants=OFFICER, query=none)[0] == 404
    assert city.call("GET", "/v1/credit/books/nothing", grants=OFFICER)[0] == 404
    assert city.call("POST", "/v1/credit/books/nothing", {"toml": "x"}, grants=CREDIT)[0] == 404


@pytest.mark.parametrize(
    ("change", "fault", "says"),
    [
        ({"toml": RULES.replace('"D"', '"E"', 1)}, "book_broken", "rules.0.grade"),
        ({"toml": "version = "}, "book_broken", "Invalid value"),
        ({"toml": RULES + "[[rules]]\n"}, "book_broken", "rules.6.id"),
        ({"since": "2020-01-01"}, "book_since_past", "20"),
        (
            {"toml": RULES.replace("live = true }", 'items = ["nothing"] }', 1)},
            "rule_item_unknown",
            "serious_list",
        ),
        ({"toml": RULES.replace("24", "12")}, "version_exists", "2026.1"),
    ],
)
def test_d4_a_broken_book_is_refused_by_what_is_wrong(
    city: MotoCity, change: dict[str, str], fault: str, says: str
) -> None:
    body = {"toml": RULES, **change}
    english = {"accept-language": "en"}
    path = "/v1/credit/books/grading"
    status, told = city.call("POST", path, body, grants=CREDIT, headers=english)
    assert status in (400, 409)
    assert told["faults"][0]["code"] == fault
    assert any(says in one["message"] for one in told["faults"]), told


def test_c12_a_bad_grade_plans_visits_and_the_village_sees_why(city: MotoCity) -> None:
    code = code_of(302)
    put("v1", code, Category.SERIOUS)
    city.settle()
    now = clock.now() - timedelta(days=200)
    registration = Registration(
        code=code,
        edition=1,
        happening=Happening.ESTABLISHMENT,
        name="东莞市晴禾食品有限公司",
        scope="食品销售",
        address="东莞市某镇某村一路1号",
        town=TOWN,
        village=VILLAGE,
        received_at=now,
    )
    ports.city_events().publish([event(RECEIVED, code, 1, registration, now)])
    city.settle()
    viewer = (f"{VILLAGE}:village",)
    status, plan = city.call("GET", f"/v1/plans/{code}", grants=viewer)
    assert (status, plan["grade"], plan["months"]) == (200, "D", 3)
    assert plan["next_on"] == months_after(shanghai_day(clock.now()), 3).isoformat()
    assert city.call("GET", f"/v1/plans/{code}", grants=("441900106001:village",))[0] == 404
    inspections_sweep(scheduled("inspections_sweep"), Context())
    city.settle()
    status, board = city.call("GET", "/v1/inspections", grants=viewer, query={"unit": VILLAGE})
    assert [one["reason"] for one in board["inspections"]] == ["establishment"]


def test_a16_a_penalty_that_ends_a_task_grades_its_entity(city: MotoCity) -> None:
    code = code_of(301)
    task = told(End.PENALISED, PENALTY, code=code)
    ports.city_events().publish([event(TASK_CHANGED, task.id, 4, task, task.changed_at)])
    city.settle()
    assert f"in/scjg/task_penalty/loop-{task.id}.json" in city.keys_of("credit")


@pytest.mark.parametrize(
    ("book", "old", "new"),
    [
        ("catalogue", 'periods = "penalty"', 'periods = "penaltys"'),
        ("periods", 'id = "penalty"', 'id = "penalties"'),
    ],
)
def test_c7_no_book_is_published_by_which_rows_could_be_neither_taken_nor_returned(
    city: MotoCity, book: str, old: str, new: str
) -> None:
    text = (CONFIG / f"{book}.toml").read_text(encoding="utf-8").replace(old, new)
    body = {"toml": text.replace('version = "', 'version = "x', 1)}
    status, told = city.call("POST", f"/v1/credit/books/{book}", body, grants=CREDIT)
    assert (status, told["faults"][0]["code"]) == (400, "entry_periods_unknown")
