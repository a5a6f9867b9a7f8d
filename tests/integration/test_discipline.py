"""Joint discipline on moto: from a record over approval to counters, lists and webhooks (C13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.discipline.consumers import discipline_sweep
from functions.shared import clock, ports
from functions.shared.events import CloudEvent, event
from functions.shared.events.credit import (
    GRADE_CHANGED,
    RECORD_ACCEPTED,
    RECORD_CHANGED,
    Category,
    Grade,
    GradeTold,
    RecordState,
    RecordTold,
    SubjectKind,
)
from tests.integration.motocity import Context, MotoCity, moto_city
from tests.unit.discipline.chamber import DIRECTORY, TOWN, code_of
from tests.unit.discipline.test_scope import PARTS

LEAD, OFFICE = ("scjg:lead",), ("credit:credit",)
OVERSIGHT = ("oversight:oversight",)
WHY = {"note": "已纠正"}


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        yield city


def call(
    city: MotoCity,
    method: str,
    path: str,
    grants: tuple[str, ...],
    body: object = None,
    *,
    expected: int = 200,
    **query: str,
) -> dict[str, Any]:
    status, told = city.call(method, path, body, grants=grants, query=query)
    assert status == expected, told
    return dict(told)


def tell(city: MotoCity, *events: CloudEvent) -> None:
    assert not ports.city_events().publish(list(events))
    city.settle()


def record(
    code: str, version: int = 1, state: RecordState = RecordState.LIVE, digest: str = "d1"
) -> CloudEvent:
    body = RecordTold(
        id=f"{code}.{digest}",
        subject=code,
        kind=SubjectKind.ENTERPRISE,
        name="东莞市晴禾食品有限公司",
        item="serious_violation",
        title="严重违法失信名单",
        category=Category.SERIOUS,
        source="scjg",
        state=state,
        changed_at=clock.now(),
    )
    kind = RECORD_ACCEPTED if version == 1 else RECORD_CHANGED
    return event(kind, body.id, version, body, clock.now())


def grade(code: str, *counter: str) -> CloudEvent:
    body = GradeTold(
        subject=code,
        kind=SubjectKind.ENTERPRISE,
        name="东莞市晴禾食品有限公司",
        grade=Grade.SERIOUS,
        before=Grade.ORDINARY,
        rules="2026.1",
        counter=counter,
        graded_at=clock.now(),
    )
    return event(GRADE_CHANGED, code, 1, body, clock.now())


def proposed(city: MotoCity, number: int, instrument: str = "serious_market") -> dict[str, Any]:
    """A sanction over a new subject."""
    code = code_of(number)
    tell(city, record(code))
    order = {"instrument": instrument, "subject": code, "ground": "列入严重违法失信名单"}
    sanction = call(city, "POST", "/v1/sanctions", LEAD, order, expected=201)
    city.settle()
    return sanction


def approved(city: MotoCity, number: int, instrument: str = "serious_market") -> dict[str, Any]:
    sanction = proposed(city, number, instrument)
    call(city, "POST", f"/v1/sanctions/{sanction['id']}/approve", OFFICE, {})
    city.settle()
    return sanction


def about(sanction: dict[str, Any], rows: list[Any], named: str = "subject") -> dict[str, Any]:
    """The one row about a sanction; other tests share the city."""
    [row] = [one for one in rows if one[named].partition("@")[0] == sanction["id"]]
    return dict(row)


def counter(city: MotoCity, code: str, unit: str) -> list[str]:
    told = call(city, "GET", f"/v1/counter/{code}", (f"{unit}:officer",), unit=unit)
    return [one["code"] for one in told["measures"]]


def test_c13_a_sanction_goes_from_its_ground_to_its_end_over_https(city: MotoCity) -> None:
    sanction = proposed(city, 1)
    path, code = f"/v1/sanctions/{sanction['id']}", sanction["subject"]
    assert (sanction["state"], sanction["light"]) == ("proposed", "green")
    assert counter(city, code, "zwfw") == []
    row = about(sanction, call(city, "GET", "/v1/worklist", OFFICE, open="true")["rows"])
    assert (row["kind"], row["subject"], row["state"]) == ("sanction", sanction["id"], "proposed")

    life = call(city, "POST", f"{path}/approve", OFFICE, {"note": "同意"})
    assert (life["state"], len(life["constraints"])) == ("active", 7)
    city.settle()
    assert counter(city, code, "zwfw") == ["M08"]
    assert counter(city, code, f"zwfw.{TOWN}") == ["M08"]
    assert counter(city, code, "swsj") == []

    zwfw = ("zwfw:officer",)
    row = about(sanction, call(city, "GET", "/v1/worklist", zwfw)["rows"])
    assert row["why"]["words"] == ["行政许可从严审核，不适用告知承诺、容缺受理"]
    constraints = call(city, "GET", "/v1/constraints", zwfw, unit="zwfw")["constraints"]
    listed = about(sanction, constraints, "id")
    assert listed["id"] == f"{sanction['id']}@zwfw"
    mine = f"/v1/constraints/{listed['id']}"
    assert call(city, "GET", mine, zwfw)["state"] == "pushed"
    assert call(city, "GET", mine, (f"zwfw.{TOWN}:officer",))["state"] == "pushed"
    assert call(city, "POST", f"{mine}/receive", zwfw, {})["state"] == "received"
    assert call(city, "POST", f"{mine}/execute", zwfw, WHY)["note"] == WHY["note"]
    call(city, "POST", f"{mine}/confirm", zwfw, {}, expected=409)
    call(city, "POST", f"{mine}/execute", (f"zwfw.{TOWN}:officer",), WHY, expected=404)

    assert call(city, "POST", f"{path}/lift", LEAD, WHY)["state"] == "lifting"
    city.settle()
    assert counter(city, code, "zwfw") == []
    for unit in PARTS["serious_market"]:
        own = (f"{unit}:lead",)
        call(city, "POST", f"/v1/constraints/{sanction['id']}@{unit}/confirm", own, {})
    ended = call(city, "GET", path, OVERSIGHT)
    assert (ended["state"], ended["parts"]) == ("ended", {"closed": 7})
    city.settle()
    left = call(city, "GET", "/v1/constraints", zwfw, unit="zwfw")["constraints"]
    assert sanction["id"] not in {one["id"].partition("@")[0] for one in left}


def test_c13_every_department_sees_its_own_part_alone_over_https(city: MotoCity) -> None:
    sanction = approved(city, 2)
    bodies = sorted(one.id for one in DIRECTORY.departments)
    parts = PARTS["serious_market"]
    for unit in (*bodies, f"swsj.{TOWN}", "stranger"):
        own = (f"{unit}:lead",)
        assert counter(city, sanction["subject"], unit) == sorted(parts.get(unit, ()))
        for participant in parts:
            path = f"/v1/constraints/{sanction['id']}@{participant}"
            status, told = city.call("GET", path, grants=own)
            if unit == participant:
                assert {one["code"] for one in told["measures"]} == parts[unit]
            else:
                _, nowhere = city.call("GET", "/v1/constraints/J0@x", grants=own)
                assert (status, told) == (404, nowhere)
        path = f"/v1/sanctions/{sanction['id']}"
        status, told = city.call("GET", path, grants=own)
        assert status == (200 if unit == "scjg" else 404)
        if unit == "scjg":
            assert {one["unit"] for one in told["constraints"]} == {"scjg"}


def test_c13_each_is_told_its_own_part_alone(city: MotoCity) -> None:
    sanction = approved(city, 3)
    told = [CloudEvent.model_validate_json(body) for body in city.told("push-plan")]
    mine = [one for one in told if one.data.get("sanction") == sanction["id"]]
    seen = {one.data["unit"]: {m["code"] for m in one.data["measures"]} for one in mine}
    assert seen == PARTS["serious_market"]
    for one in mine:
        others = PARTS["serious_market"].keys() - {one.data["unit"]}
        text = json.dumps(one.data, ensure_ascii=False)
        assert not [unit for unit in others if f'"{unit}"' in text or f'@{unit}"' in text]


def test_c13_a_record_that_falls_away_lifts_by_itself(city: MotoCity) -> None:
    sanction = approved(city, 4)
    tell(city, record(sanction["subject"], 2, RecordState.WITHDRAWN))
    life = call(city, "GET", f"/v1/sanctions/{sanction['id']}", OFFICE)
    assert (life["state"], life["steps"][-1]["verb"]) == ("lifting", "fall")
    assert counter(city, sanction["subject"], "zwfw") == []


def test_c12_a_grade_reaches_every_counter(city: MotoCity) -> None:
    code = code_of(5)
    tell(city, grade(code, "banned"))
    for unit in ("swsj", f"wsj.{TOWN}"):
        told = call(city, "GET", f"/v1/counter/{code}", (f"{unit}:officer",))
        assert (told["effects"], told["measures"]) == (["banned"], [])


def test_c13_an_unknown_code_looks_like_one_with_nothing_to_do(city: MotoCity) -> None:
    sanction = approved(city, 6)
    own = ("swsj:officer",)
    known = call(city, "GET", f"/v1/counter/{sanction['subject']}", own)
    unknown = call(city, "GET", f"/v1/counter/{code_of(99)}", own)
    assert {**known, "code": ""} == {**unknown, "code": ""}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"instrument": "none"}, "instrument", "instrument_unknown"),
        ({"instrument": "tax_violations"}, "unit", "not_initiator"),
        ({"subject": code_of(98)}, "subject", "no_ground"),
        ({"records": ["x.y"]}, "records.0", "ground_unfit"),
        ({"ground": ""}, "ground", "value_string_too_short"),
        ({"who": 1}, "who", "value_extra_forbidden"),
    ],
)
def test_d4_what_cannot_be_initiated_names_its_field_in_both_languages(
    city: MotoCity, body: dict[str, Any], field: str, code: str
) -> None:
    subject = code_of(7)
    tell(city, record(subject))
    order = {"instrument": "serious_market", "subject": subject, "ground": "x", **body}
    said = []
    for language in ("zh", "en"):
        headers = {"accept-language": language}
        status, told = city.call("POST", "/v1/sanctions", order, grants=LEAD, headers=headers)
        assert status == 400
        assert (told["faults"][0]["field"], told["faults"][0]["code"]) == (field, code)
        said.append(told["faults"][0]["message"])
    assert said[0] != said[1]


def test_c13_the_books_are_read_by_all_and_published_by_the_office_where_they_fit(
    city: MotoCity,
) -> None:
    path = "/v1/discipline/books/instruments"
    book = call(city, "GET", path, ("gaj:officer",))
    assert book["editions"][0]["by"] == "configuration"
    text = book["toml"].replace('version = "2026.1"', 'version = "2026.9"')
    broken = text.replace('"M17"', '"M99"')
    told = call(city, "POST", path, OFFICE, {"toml": broken}, expected=400)
    assert {one["code"] for one in told["faults"]} == {"book_misfit"}
    call(city, "POST", path, ("gaj:lead",), {"toml": text}, expected=404)
    edition = call(city, "POST", path, OFFICE, {"toml": text, "note": "x"}, expected=201)
    assert edition["version"] == "2026.9"
    assert call(city, "GET", path, LEAD, version="2026.9")["toml"] == text
    call(city, "GET", path, LEAD, version="none", expected=404)
    call(city, "GET", "/v1/discipline/books/other", LEAD, expected=404)


def test_c13_the_sweep_goes_through_all_shards(city: MotoCity) -> None:
    before = len(city.told("discipline-due"))
    sample = Path(__file__).parents[2] / "events" / "schedule" / "discipline_sweep.json"
    discipline_sweep(json.loads(sample.read_text(encoding="utf-8")), Context())
    city.settle()
    assert len(city.told("discipline-due")) - before == 16
