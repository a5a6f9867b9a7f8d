"""The counter check, joint sanctions and what each participant does about them (C13)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from functions.discipline.domain import constraint_id
from functions.discipline.store import Store
from functions.shared import ports
from functions.shared.codes import clean_code
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, Seen, furnish
from tests.integration.test_discipline import approved, call, grade, proposed, record, tell
from tests.integration.test_dispatch import REGISTRAR
from tests.unit.discipline.chamber import TOWN, code_of

HOSTILE = "<script>alert(1)</script>\u202e𠮷" + "长" * 160


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        yield city


def clerk(city: MotoCity, unit: str = "zwfw", *, zh: bool = True) -> Reader:
    return Reader(city, f"{unit}:officer", name="lin", zh=zh)


def office(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "credit:credit", name="he", zh=zh)


def lead(city: MotoCity, unit: str = "scjg", *, zh: bool = True) -> Reader:
    return Reader(city, f"{unit}:lead", name="guo", zh=zh)


def registered(city: MotoCity, number: int, name: str) -> str:
    """A company that public credit knows; its code."""
    told = call(city, "POST", "/v1/registrations", REGISTRAR, {"rows": [row(number, name)]})
    assert told["accepted"] == 1, told
    city.settle()
    return code_of(number)


def row(number: int, name: str) -> dict[str, str]:
    return {
        **{"name": name, "code": code_of(number)},
        **{"scope": "餐饮服务", "address": "东莞市长安镇"},
    }


def verdict(seen: Seen) -> str:
    """What the counter says in large letters."""
    found = re.search(r'<h2 id="answer">(.*?)</h2>', seen.text, re.S)
    return found[1].strip() if found else ""


def whole(reader: Reader, at: str) -> str:
    """All pages of a list."""
    seen = reader.open(at).text
    following = re.findall(r'rel="next" href="([^"]+)"', seen)
    return seen + "".join(
        whole(reader, "/" + one.replace("&amp;", "&").lstrip("./")) for one in following
    )


def test_c13_a_code_brings_the_measures_of_this_department_alone(city: MotoCity) -> None:
    sanction = approved(city, 301)
    code = sanction["subject"]
    seen = clerk(city).open("/counter", q=f" {code.lower()} ")
    assert (seen.status, verdict(seen)) == (200, "须采取 1 项措施")
    assert "行政许可从严审核" in seen.said and "合作备忘录" in seen.said and code in seen.said
    assert f"constraints/{sanction['id']}%40zwfw" in seen.text
    assert re.search(r'<input id="q"[^>]*autofocus', seen.text) and "data-print" in seen.text
    assert verdict(clerk(city, "swsj").open("/counter", q=code)) == "没有须采取的措施"
    town = clerk(city, f"zwfw.{TOWN}").open("/counter", q=code)
    assert verdict(town) == "须采取 1 项措施"
    both = Reader(city, "swsj:officer", "zwfw:officer")
    assert verdict(both.open("/counter", q=code, unit="zwfw")) == "须采取 1 项措施"
    assert verdict(both.open("/counter", q=code, unit="swsj")) == "没有须采取的措施"


def test_c13_a_name_finds_its_subject_or_lets_choose(city: MotoCity) -> None:
    one = registered(city, 311, "东莞市云岭茶业有限公司")
    two = registered(city, 312, "东莞市云岭茶叶店")
    several = clerk(city).open("/counter", q="云岭茶")
    assert "请选择主体" in several.said and verdict(several) == "请选择主体"
    assert {f"?q={code}" in several.text for code in (one, two)} == {True}
    alone = clerk(city).open("/counter", q="东莞市云岭茶业有限公司")
    assert verdict(alone) == "没有须采取的措施" and one in alone.said and "信用等级" in alone.said
    nobody = clerk(city).open("/counter", q="没有这样的名称")
    assert "没有查到" in nobody.said and nobody.status == 200
    short = clerk(city).open("/counter", q="东莞")
    assert 'id="e-q"' in short.text and "没有查到" not in short.said
    rows = [row(320 + number, f"东莞市溪桥{number:02}号茶铺") for number in range(11)]
    call(city, "POST", "/v1/registrations", REGISTRAR, {"rows": rows})
    city.settle()
    assert "还有其他主体" in clerk(city).open("/counter", q="溪桥").said
    assert "还有其他主体" not in several.said
    wrong = one[:-1] + ("0" if one[-1] != "0" else "1")
    mistyped = clerk(city).open("/counter", q=wrong)
    assert "校验码" in mistyped.said and 'id="e-q"' in mistyped.text
    assert clean_code(wrong) in mistyped.text


def test_c12_what_every_counter_does_about_the_grade_is_shown(city: MotoCity) -> None:
    tell(city, grade(code_of(321), "restricted"), grade(code_of(322), "green_channel"))
    strict = clerk(city, "swsj").open("/counter", q=code_of(321))
    assert verdict(strict) == "按信用等级办理" and "从严审核" in strict.said
    assert 'class="verdict watch"' in strict.text
    kind = clerk(city, "swsj").open("/counter", q=code_of(322))
    assert "可走绿色通道" in kind.said and 'class="verdict clear"' in kind.text


def test_c13_a_participant_receives_and_reports_on_its_page(city: MotoCity) -> None:
    sanction = approved(city, 331)
    path = f"/constraints/{sanction['id']}@zwfw"
    assert sanction["id"] in clerk(city).open("/sanctions").text
    seen = clerk(city).open(path)
    assert "待签收" in seen.said and "行政许可从严审核" in seen.said
    got = clerk(city).send(path, "constraint_receive", note="")
    assert "已签收" in clerk(city).follow(path, got).said
    refused = clerk(city).send(path, "constraint_execute", note=" ")
    assert refused.status == 400 and 'id="e-note"' in refused.text
    late = clerk(city).send(path, "constraint_confirm", note="停了")
    assert late.status == 409 and "停了" in late.text
    clerk(city).send(path, "constraint_execute", note=HOSTILE)
    shown = clerk(city).open(path)
    assert "&lt;script&gt;alert" in shown.text and "<script>alert" not in shown.text
    assert "U+202E" in shown.said and 'name="do" value="constraint' not in shown.text
    assert clerk(city, f"zwfw.{TOWN}").open(path).status == 200
    for other in (clerk(city, "swsj"), lead(city, "swsj")):
        missing = other.open("/constraints/J0@zwfw")
        assert (other.open(path).status, other.open(path).said) == (404, missing.said)
        assert other.send(path, "constraint_confirm", note="x").status == 404


def test_c13_a_sanction_is_proposed_decided_and_lifted_on_pages(city: MotoCity) -> None:
    subject = proposed(city, 341)["subject"]
    form = lead(city).open("/sanctions", list="propose", subject=subject)
    assert f'value="{subject}"' in form.text and "失信企业协同监管" in form.said
    assert "court_defaulter" not in form.text and "失信被执行人" not in form.said
    told = {"instrument": "serious_market", "subject": code_of(342), "ground": "无此记录"}
    refused = lead(city).send("/sanctions?list=propose", "sanction_propose", **told)
    assert refused.status == 400 and 'id="e-subject"' in refused.text and "无此记录" in refused.text
    told |= {"subject": subject, "ground": "列入严重违法失信名单"}
    same = lead(city).send("/sanctions?list=propose", "sanction_propose", **told)
    there = lead(city).follow("/sanctions", same)
    assert "尚未结束" in there.said and "严重违法" in there.said
    standing = "/" + same.goes_to.lstrip("./").partition("?")[0]
    lead(city).send(standing, "sanction_lift", note="重新发起")
    city.settle()
    told["ref"] = re.findall(r'name="ref" value="(\w+)"', form.text)[0]
    done = lead(city).send("/sanctions?list=propose", "sanction_propose", **told)
    twice = lead(city).send("/sanctions?list=propose", "sanction_propose", **told)
    path = "/" + done.goes_to.lstrip("./").partition("?")[0]
    assert path != standing and twice.goes_to.partition("?")[0] == done.goes_to.partition("?")[0]
    city.settle()
    own = whole(lead(city), "/sanctions?list=sanctions")
    assert path.lstrip("/") in own and standing.lstrip("/") in own
    seen = lead(city).open(path)
    assert "待批准" in seen.said and 'value="sanction_lift"' in seen.text
    assert "sanction_approve" not in seen.text
    city.settle()
    assert path.lstrip("/") in office(city).open("/sanctions").text
    assert path.lstrip("/") in office(city).open("/sanctions", subject=subject).text
    silent = office(city).send(path, "sanction_refuse", note="")
    assert silent.status == 400 and 'id="e-note"' in silent.text
    assert "sanction_refuse" in silent.text.partition('id="do"')[2]
    yes = office(city).send(path, "sanction_approve", note="同意")
    seen = office(city).follow(path, yes)
    assert "执行中" in seen.said and "政务服务和数据管理局" in seen.said
    assert "政务服务和数据管理局" not in lead(city).open(path).said
    office(city).send(path, "sanction_lift", note="已纠正")
    assert "解除中" in office(city).open(path).said
    told |= {"subject": code_of(341)}
    assert clerk(city, "scjg").send("/sanctions", "sanction_propose", **told).status == 404
    stranger = lead(city, "swsj")
    assert (stranger.open(path).status, stranger.open(path).said) == (
        404,
        stranger.open("/sanctions/J0").said,
    )


def test_c8_a_key_person_under_a_sanction_has_no_page_to_be_led_to(city: MotoCity) -> None:
    told = record("Pa_b-c")
    person = {"kind": "person", "item": "court_defaulter", "category": "dishonest"}
    tell(city, told.model_copy(update={"data": {**told.data, **person}}))
    form = {"instrument": "dishonest_debtors", "subject": "Pa_b-c", "ground": "未履行判决"}
    done = lead(city, "sfj").send("/sanctions", "sanction_propose", **form)
    seen = lead(city, "sfj").follow("/sanctions", done)
    assert seen.status == 200 and "Pa_b-c" in seen.said
    assert not [link for link in seen.links() if "Pa_b-c" in link]


@pytest.mark.parametrize("zh", [True, False])
def test_each_of_these_pages_opens_in_both_languages_and_hostile_text_is_text(
    city: MotoCity, zh: bool
) -> None:
    sanction = approved(city, 351 + zh)
    for seen in (
        clerk(city, zh=zh).open("/counter"),
        clerk(city, zh=zh).open("/counter", q=HOSTILE),
        clerk(city, zh=zh).open("/counter", q="../../x?y#z"),
        clerk(city, zh=zh).open("/counter", q=sanction["subject"]),
        clerk(city, zh=zh).open("/sanctions"),
        clerk(city, zh=zh).open("/sanctions", list="sanctions", subject=HOSTILE),
        clerk(city, zh=zh).open(f"/constraints/{sanction['id']}@zwfw"),
        lead(city, zh=zh).open("/sanctions", list="propose"),
        lead(city, "swsj", zh=zh).open("/sanctions", list="propose", subject=HOSTILE),
        lead(city, zh=zh).open(f"/sanctions/{sanction['id']}"),
        office(city, zh=zh).open(f"/sanctions/{sanction['id']}"),
        office(city, zh=zh).open("/sanctions"),
        Reader(city, "oversight:oversight", zh=zh).open("/sanctions"),
    ):
        assert seen.status == 200
        assert "<script>alert" not in seen.text
    for reader in (office(city, zh=zh), Reader(city, "441900119006:village", zh=zh)):
        assert reader.open("/counter").status == 404


def test_c13_a_long_list_of_measures_is_shown_fifty_at_a_time(city: MotoCity) -> None:
    one = approved(city, 400)
    duties = Store(ports.table("discipline")).duties
    stored = duties.get(constraint_id(one["id"], "mzj"))
    assert stored
    for number in range(401, 455):
        told = stored.value.told.model_copy(update={"id": f"Jmany{number}@mzj"})
        duty = stored.value.model_copy(update={"told": told})
        duties.save(duty, before=None, by="test", now=told.changed_at)
    first = clerk(city, "mzj").open("/sanctions")
    assert first.text.count('href="./constraints/') == 50
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = clerk(city, "mzj").open("/" + following.replace("&amp;", "&").lstrip("./"))
    assert second.text.count('href="./constraints/') >= 5 and 'rel="prev"' in second.text
