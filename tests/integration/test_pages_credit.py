"""The public credit site as citizens see it, without signing in (C7-C9, C11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.credit.domain import PERSON, CreditRecord, Provenance, kind_of, record_id
from functions.credit.store import Store
from functions.credit.subjects import ensure_subject
from functions.credit.wiring import desk
from functions.portal.words import public_credit
from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.events.credit import Category, SubjectKind
from functions.shared.table import Addition
from tests.integration.motocity import MotoCity, moto_city
from tests.integration.pages import Reader, Seen, furnish
from tests.unit.credit.bureau import code_of

CODE, NAME = code_of(501), "东莞市晴禾𠮷食品有限公司"
MANY_CODE, MANY = code_of(502), "东莞市" + "繁" * 180 + "有限公司"
HIDDEN_CODE = code_of(503)  # stands here by a record that is not public, and by nothing else
NOBODYS = code_of(504)
KEY = f"{PERSON}ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HOSTILE = "<script>alert(1)</script>\u202e𠮷"
REGISTRAR, CREDIT = ("city:registrar",), ("credit:credit",)
FOUND = 60  # subjects whose names begin alike: more than a search finds
MOST_BYTES = 100_000
TOWN = "441900106000"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        rows = [registration(NAME, CODE), registration(MANY, MANY_CODE)]
        rows += [registration(f"东莞市竹影{n}号茶庄", code_of(600 + n)) for n in range(FOUND)]
        status, told = city.call("POST", "/v1/registrations", {"rows": rows}, grants=REGISTRAR)
        assert (status, told["accepted"]) == (200, len(rows)), told
        city.settle()
        keep("hidden", public_from=None, document="内部文书号")
        keep("shown", disputes=("D1",), document="东市监罚〔2026〕7号")
        keep("serious", category=Category.SERIOUS, title=HOSTILE, public_until=None)
        keep("only", subject=HIDDEN_CODE, public_from=None)
        keep("person", subject=KEY)
        for n in range(45):
            keep(f"many{n}", subject=MANY_CODE, values=dict.fromkeys(("WSH", "WFXW"), "𠮷" * 200))
        ensure_subject(KEY, "王五", SubjectKind.PERSON, desk())
        write(city, "policies", *(f"第{n}号通知" for n in range(12)))
        write(city, "news", HOSTILE)
        figures = Addition(f"T#{TOWN}", "00", {"A": 3, "B": 5, "D": 2})
        ports.table("credit").add(figures)
        yield city


def registration(name: str, code: str) -> dict[str, str]:
    return {
        **{"name": name, "code": code, "scope": "食品销售"},
        **{"city": "东莞市", "address": "广东省东莞市长安镇中山路1号"},
    }


def keep(digest: str, *, subject: str = CODE, **more: Any) -> None:
    now = clock.now()
    today = shanghai_day(now)
    given = {
        **{"item": "penalty", "title": "行政处罚", "category": Category.PENALTY},
        **{"public_from": today, "public_until": today + timedelta(days=365)},
        "values": {"WSH": f"东市监〔2026〕{digest}号", "WFXW": "超范围经营", "BZ": "内部"},
        **more,
    }
    record = CreditRecord(
        id=record_id(subject, digest),
        subject=subject,
        kind=kind_of(subject),
        item_version=1,
        source="scjg",
        provenance=Provenance(batch="b1", row=1, source="scjg", received_at=now),
        changed_at=now,
        **given,
    )
    Store(ports.table("credit")).records.save(record, before=None, by="test", now=now)


def write(city: MotoCity, column: str, *titles: str) -> None:
    for title in titles:
        draft = {"title": title, "body": f"{title}的正文\n" + "长" * 19_000, "source": "市发改局"}
        status, told = city.call("POST", f"/v1/credit/columns/{column}", draft, grants=CREDIT)
        assert status == 201, told


def open_(city: MotoCity, path: str, *, zh: bool = True, **query: str) -> Seen:
    return Reader(city, zh=zh).open(path, **query)


PAGES = {
    "/": ("home.lead", "columns.policies"),
    "/credit": ("credit.title", "credit.hint"),
    f"/credit/{CODE}": ("credit.category.penalty", "credit.source", "credit.until"),
    f"/credit/{NOBODYS}": ("credit.none",),
    "/columns/policies": ("columns.policies",),
    "/columns/news": ("columns.news",),
    "/columns/towns": ("columns.town_text", "columns.city", "columns.nothing"),
    "/objections": ("objections.who", "objections.which", "objections.limits"),
}


@pytest.mark.parametrize("zh", [True, False])
@pytest.mark.parametrize("path", PAGES)
def test_c9_every_public_page_speaks_both_languages(city: MotoCity, path: str, zh: bool) -> None:
    seen = open_(city, path, zh=zh)
    assert seen.status == (404 if NOBODYS in path else 200)
    for key in PAGES[path]:
        assert public_credit.WORDS[key][0 if zh else 1] in seen.said


@pytest.mark.parametrize("text", [NAME, "晴禾𠮷", "东莞 晴禾"])
def test_c8_a_name_or_how_it_begins_finds_a_subject(city: MotoCity, text: str) -> None:
    seen = open_(city, "/credit", q=text)
    assert f"./credit/{CODE}" in seen.links() and NAME in seen.said
    assert 'name="robots" content="noindex"' in seen.text


@pytest.mark.parametrize("text", [CODE, f" {CODE.lower()} "])
def test_c8_a_whole_code_leads_to_the_subject(city: MotoCity, text: str) -> None:
    seen = open_(city, "/credit", q=text)
    assert (seen.status, seen.goes_to) == (303, f"./credit/{CODE}")


@pytest.mark.parametrize("text", ["", "竹", "东莞市竹", "东莞市"])
def test_c8_next_to_nothing_lists_nothing(city: MotoCity, text: str) -> None:
    seen = open_(city, "/credit", q=text)
    assert "茶庄" not in seen.said
    assert not any("/credit/" in link for link in seen.links())
    assert bool(text) == ('id="e-q"' in seen.text)


@pytest.mark.parametrize("text", ["王五", KEY, NOBODYS, HIDDEN_CODE, HOSTILE])
def test_c8_no_search_finds_a_person_or_what_is_not_public(city: MotoCity, text: str) -> None:
    seen = open_(city, "/credit", q=text)
    assert public_credit.WORDS["credit.nothing"][0] in seen.said
    assert "<script>alert" not in seen.text


def test_c8_a_search_of_many_goes_on_page_by_page_and_ends(city: MotoCity) -> None:
    path, found = "/credit?q=竹影", set[str]()
    for _ in range(10):
        seen = open_(city, path)
        found |= {link for link in seen.links() if "/credit/" in link}
        onward = re.search(r'rel="next" href="\./([^"]*)"', seen.text)
        if onward is None:
            break
        path = "/" + onward[1].replace("&amp;", "&")
    assert len(found) == 50
    assert 'rel="prev"' in seen.text


def test_c8_whoever_stands_after_ten_that_are_not_public_is_found_on_the_next_page(
    city: MotoCity,
) -> None:
    for number in range(11):
        name = f"东莞市流萤{number:02}号店"
        ensure_subject(code_of(700 + number), name, SubjectKind.ENTERPRISE, desk())
    keep("glow", subject=code_of(710))
    first = open_(city, "/credit", q="流萤")
    onward = re.search(r'rel="next" href="\./([^"]*)"', first.text)
    assert "流萤0" not in first.said and onward
    assert "流萤10号店" in open_(city, "/" + onward[1].replace("&amp;", "&")).said


def test_c7_a_subject_shows_what_is_public_and_nothing_else(city: MotoCity) -> None:
    seen = open_(city, f"/credit/{CODE}")
    assert "东市监罚〔2026〕7号" in seen.said and "超范围经营" in seen.said
    until = (shanghai_day(clock.now()) + timedelta(days=365)).isoformat()
    assert until in seen.said and public_credit.WORDS["credit.for_good"][0] in seen.said
    assert public_credit.WORDS["credit.disputed"][0] in seen.said
    for hidden in ("内部文书号", "内部", "b1", "provenance"):
        assert hidden not in seen.said
    assert seen.headers["x-robots-tag"].startswith("noindex")


def test_c11_every_record_leads_to_its_objection_by_the_sign_in(city: MotoCity) -> None:
    links = open_(city, f"/credit/{CODE}").links()
    asked = {"record": record_id(CODE, "shown")}
    assert f"../disputes?{urlencode(asked)}" in links
    assert not any("entities/" in one for one in links)
    official = Reader(city, "oversight:oversight").open(f"/credit/{CODE}")
    assert not any("disputes?" in one for one in official.links())
    assert f"../entities/{CODE}" in official.links()
    mine = Reader(city, f"{CODE}:entity").open(f"/credit/{CODE}").links()
    other = Reader(city, f"{MANY_CODE}:entity").open(f"/credit/{CODE}").links()
    assert [any("disputes?" in one for one in links) for links in (mine, other)] == [True, False]


def test_c8_unknown_hidden_and_persons_give_one_and_the_same_page(city: MotoCity) -> None:
    pages = [open_(city, f"/credit/{one}") for one in (NOBODYS, HIDDEN_CODE, KEY, "x", "9" * 300)]
    assert {page.status for page in pages} == {404}
    alike = {re.sub(r"(language|next)=[^\"]*", "", page.text) for page in pages}
    alike = {re.sub(r'href="[^"]*"', "", one) for one in alike}
    assert len(alike) == 1
    assert {page.headers["x-robots-tag"] for page in pages} == {"noindex, nofollow"}


def test_c8_many_records_stand_on_pages(city: MotoCity) -> None:
    first, last = (open_(city, f"/credit/{MANY_CODE}", page=page) for page in ("1", "3"))
    assert (first.text.count('class="record"'), last.text.count('class="record"')) == (20, 5)
    assert 'rel="next"' in first.text and 'rel="next"' not in last.text
    assert 'rel="prev"' in last.text and MANY in first.said
    for odd in ("x", "-1", "²", "9" * 30):
        assert open_(city, f"/credit/{MANY_CODE}", page=odd).status == 200


def test_d4_hostile_titles_are_shown_as_text(city: MotoCity) -> None:
    article = next(one for one in open_(city, "/columns/news").links() if "article=" in one)
    pages = [open_(city, path) for path in (f"/credit/{CODE}", "/columns/news", "/")]
    pages.append(open_(city, "/columns/" + article.partition("/columns/")[2]))
    for seen in pages:
        assert "<script>alert" not in seen.text and "\u202e" not in seen.text
        assert "<script>alert(1)</script>⟦U+202E⟧𠮷" in re.sub(r" (?=⟦|𠮷)", "", seen.said)


def test_c9_a_column_shows_beginnings_and_an_article_all_of_it(city: MotoCity) -> None:
    seen = open_(city, "/columns/policies")
    articles = [link for link in seen.links() if "article=" in link]
    assert len(articles) == 10 and 'rel="next"' in seen.text
    assert "长" * 200 not in seen.said
    whole = open_(city, "/columns/" + articles[0].partition("/columns/")[2])
    assert whole.status == 200 and "长" * 19_000 in whole.said
    for nothing in ("x", "20260101.000000000000"):
        assert open_(city, "/columns/policies", article=nothing).status == 404
    assert open_(city, "/columns/nothing").status == 404


def test_c9_towns_stand_with_their_bars(city: MotoCity) -> None:
    seen = open_(city, "/columns/towns")
    assert '<rect class="grade-A" x="0.0%" width="30.0%"' in seen.text
    assert '<rect class="grade-D" x="80.0%" width="20.0%"' in seen.text
    assert "style=" not in seen.text


def test_c11_how_to_object_says_what_the_published_rules_say(city: MotoCity) -> None:
    seen = open_(city, "/objections")
    told = city.call("GET", "/v1/public/repair")[1]
    assert told["law"] in seen.said
    for limit in told["limits"]:
        assert f"{limit['days']} 个工作日" in seen.said
    for rule in city.call("GET", "/v1/public/grading")[1]["rules"]["rules"]:
        assert rule["title"] in seen.said


@pytest.mark.parametrize(
    ("grant", "place"),
    [
        ("swsj:officer", "work"),
        (f"office.{TOWN}:town_office", "work"),
        ("v.g1:inspector", "phone"),
        ("oversight:oversight", "oversight"),
        ("city:rules", "rules"),
        ("city:operator", "console"),
        ("credit:credit", "work"),
        (f"{CODE}:entity", "disputes"),
        ("city:registrar", "bulletins"),
    ],
)
def test_the_first_page_leads_whoever_signed_in_to_their_work(
    city: MotoCity, grant: str, place: str
) -> None:
    assert Reader(city, grant).open("/").goes_to == f"./{place}"


BIGGEST = (f"/credit/{MANY_CODE}", "/columns/policies", "/columns/towns", "/objections")


@pytest.mark.parametrize("path", ["/", "/credit", "/credit?q=竹影", f"/credit/{CODE}", *BIGGEST])
def test_a_public_page_with_all_that_it_loads_is_below_100_kilobytes(
    city: MotoCity, path: str
) -> None:
    seen = open_(city, path)
    assets = set(re.findall(r'"[./]*/(assets/[^"]+)"', seen.text))
    assert len(assets) >= 3
    sizes = {one: weight(open_(city, f"/{one}")) for one in assets}
    assert weight(seen) + sum(sizes.values()) < MOST_BYTES, (weight(seen), sizes)


def weight(seen: Seen) -> int:
    """In bytes as they are sent, before any compression."""
    return len(seen.text.encode("utf-8", "surrogateescape"))
