"""Objections and repairs on pages: the company, the department asked, the credit office (C11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions.credit.domain import CreditRecord, Subject
from functions.credit.wiring import desk
from functions.shared import clock
from functions.shared.calendar import shanghai_day
from functions.shared.events.credit import SubjectKind
from tests.integration.motocity import MotoCity, moto_city
from tests.integration.pages import Reader, furnish
from tests.integration.test_credit_disputes import a_record
from tests.unit.credit.bureau import CODE, OTHER

HOSTILE = "<script>alert(1)</script>\u202e𠮷" + "长" * 160


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        at = desk()
        name = "东莞市晴禾食品有限公司"
        known = Subject(code=CODE, kind=SubjectKind.ENTERPRISE, name=name, changed_at=at.now)
        at.cabinet.subjects.save(known, before=None, by="test", now=at.now)
        yield city


def company(city: MotoCity, code: str = CODE, *, zh: bool = True) -> Reader:
    return Reader(city, f"{code}:entity", name="lao", zh=zh)


def source(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "yjgl:officer", name="sun", zh=zh)


def office(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "credit:credit", name="he", zh=zh)


def filed(city: MotoCity, record: CreditRecord, **more: str) -> str:
    """The page of an objection."""
    told = {"kind": "objection", "ground": "并非我司", **more}
    done = company(city).send(f"/disputes?record={record.id}", "dispute_file", **told)
    assert done.status == 303, done.said
    return "/" + done.goes_to.lstrip("./").partition("?")[0]


def kept(record: CreditRecord) -> CreditRecord:
    found = desk().cabinet.records.get(record.id)
    assert found
    return found.value


def test_c11_a_company_finds_its_record_and_objects_to_it_once(city: MotoCity) -> None:
    record = a_record("p1")
    mine = company(city).open("/disputes")
    assert f"disputes?record={record.id}" in mine.text
    form = company(city).open("/disputes", record=record.id)
    assert form.status == 200 and "罚款伍万元" in form.said and "commitment" not in form.text
    ref = re.search(r'name="ref" value="([0-9a-f]+)"', form.text)
    assert ref
    empty = company(city).send(f"/disputes?record={record.id}", "dispute_file", kind="objection")
    assert empty.status == 400 and 'id="e-ground"' in empty.text
    told = {"attachments[]": "判决书 2026-1\r\n\r\n收据", "ref": ref[1]}
    path = filed(city, record, **told)
    assert filed(city, record, **told) == path
    seen = company(city).open(path)
    assert "并非我司" in seen.said and "判决书 2026-1" in seen.said and "收据" in seen.said
    assert "信用办受理中" in seen.said and 'value="dispute_close"' in seen.text
    assert "dispute_ask" not in seen.text
    city.settle()
    assert path.lstrip("/") in office(city).open("/disputes").text
    company(city).send(path, "dispute_close", note="撤回")
    assert "已撤回" in company(city).open(path).said


def test_c11_a_repair_wants_a_commitment_and_the_day_on_which_it_was_made_good(
    city: MotoCity,
) -> None:
    record = a_record("p2")
    path = f"/disputes?record={record.id}"
    form = company(city).open(path, kind="repair")
    assert 'name="commitment"' in form.text and 'name="duties_done_on"' in form.text
    told = {"kind": "repair", "ground": "罚款已缴"}
    refused = company(city).send(path, "dispute_file", **told)
    assert refused.status == 400
    assert 'id="e-commitment"' in refused.text and 'id="e-duties_done_on"' in refused.text
    assert "罚款已缴" in refused.text
    told |= {"commitment": "守法经营", "duties_done_on": shanghai_day(clock.now()).isoformat()}
    done = company(city).send(path, "dispute_file", **told)
    assert "守法经营" in company(city).follow("/disputes", done).said


def test_c11_the_source_answers_and_the_office_decides_on_their_pages(city: MotoCity) -> None:
    record = a_record("p3")
    path = filed(city, record)
    assert source(city).open(path).status == 404
    office(city).send(path, "dispute_ask", note="请核实")
    waiting = office(city).open(path)
    assert "dispute_uphold" not in waiting.text
    city.settle()
    assert path.lstrip("/") in source(city).open("/disputes").text
    silent = source(city).send(path, "dispute_answer", note="录入有误")
    assert silent.status == 400 and "录入有误" in silent.text and 'class="fault"' in silent.text
    longer = source(city).send(path, "dispute_extend", note="复核中")
    assert "已延期" in source(city).follow(path, longer).said
    source(city).send(path, "dispute_answer", note="录入有误", stands="false")
    assert "不属实" in office(city).open(path).said
    done = office(city).send(path, "dispute_uphold", note="情况属实", outcome="withdraw")
    seen = office(city).follow(path, done)
    assert "申请成立" in seen.said and "信息已撤销" in seen.said
    assert kept(record).state == "withdrawn"
    theirs = company(city).open(path)
    assert "申请成立" in theirs.said and "sun" not in theirs.said


def test_c11_only_what_was_changed_in_the_form_is_corrected(city: MotoCity) -> None:
    path = filed(city, a_record("p4"))
    form = office(city).open(path, way="uphold")
    assert 'name="values.NR_FK" type="text" value="5"' in form.text
    given: dict[str, str] = {"note": "更正", "outcome": "correct"}
    given |= {"values.NR_FK": "5", "was.NR_FK": "5"}
    nothing = office(city).send(path, "dispute_uphold", **given)
    assert nothing.status == 400 and 'class="fault"' in nothing.text
    wrong = office(city).send(path, "dispute_uphold", **given | {"values.NR_FK": "很多"})
    assert wrong.status == 400 and 'id="e-values.NR_FK"' in wrong.text and "很多" in wrong.text
    refused = office(city).send(path, "dispute_refuse", note="证据不足")
    assert "申请不成立" in office(city).follow(path, refused).said


def test_c11_a_text_of_several_lines_stays_as_it_was_where_nobody_changed_it(
    city: MotoCity,
) -> None:
    values = {"CFLB": "罚款", "NR": "罚款伍万元\n限期缴纳", "NR_FK": "5"}
    record = a_record("p9", values=values)
    path = filed(city, record)
    form = office(city).open(path, way="uphold").text
    assert ">罚款伍万元\n限期缴纳</textarea>" in form  # a line of its own would end in a text field
    lines = "罚款伍万元\r\n限期缴纳"  # as browsers send them
    given = {"values.NR": lines, "was.NR": "罚款伍万元\n限期缴纳"}
    nothing = office(city).send(path, "dispute_uphold", note="更正", outcome="correct", **given)
    assert nothing.status == 400 and "values.NR" not in nothing.said


def test_d3_what_is_not_the_readers_looks_like_none(city: MotoCity) -> None:
    record = a_record("p5")
    path = filed(city, record)
    stranger = company(city, OTHER)
    for foreign, none in (
        (path, "/disputes/Y0"),
        (f"/disputes?record={record.id}", "/disputes?record=x.y"),
    ):
        seen = stranger.open(foreign)
        assert (seen.status, seen.said) == (404, stranger.open(none).said)
    told = {"kind": "objection", "ground": "x"}
    assert stranger.send(f"/disputes?record={record.id}", "dispute_file", **told).status == 404
    assert stranger.send(path, "dispute_close", note="x").status == 404
    assert Reader(city, "441900119006:village").open("/disputes").status == 404


@pytest.mark.parametrize("zh", [True, False])
def test_each_of_these_pages_opens_in_both_languages_and_hostile_text_is_text(
    city: MotoCity, zh: bool
) -> None:
    record = a_record(f"q{zh:d}", title=HOSTILE, document=HOSTILE)
    path = filed(city, record, ground=HOSTILE, **{"attachments[]": HOSTILE})
    pages: list[tuple[Reader, str, dict[str, Any]]] = [
        (company(city, zh=zh), "/disputes", {}),
        (company(city, zh=zh), "/disputes", {"record": record.id, "kind": "repair"}),
        (company(city, zh=zh), path, {}),
        (office(city, zh=zh), "/disputes", {}),
        *((office(city, zh=zh), path, {"way": way}) for way in ("ask", "uphold", "refuse", "x")),
        (source(city, zh=zh), "/disputes", {"after": "<script>"}),
        (Reader(city, "oversight:oversight", zh=zh), path, {}),
    ]
    for reader, where, query in pages:
        seen = reader.open(where, **query)
        assert seen.status == 200, (where, query)
        assert "<script>alert" not in seen.text
    assert "U+202E" in office(city).open(path).said


def test_c11_a_long_list_is_shown_fifty_at_a_time(city: MotoCity) -> None:
    for number in range(12):
        record = a_record(f"m{number}")
        for turn in range(5):
            filed(city, record, ref=f"{number}.{turn}")
    city.settle()
    first = office(city).open("/disputes")
    assert len(set(re.findall(r'href="\./(disputes/Y[^"]+)"', first.text))) == 50
    assert 'rel="next"' in first.text
    second = office(city).open("/disputes", after="50")
    assert 'rel="next"' not in second.text or second.text.count("disputes/Y") >= 10
    assert len(re.findall(r'href="\./disputes/Y', second.text)) >= 10
