"""The rules workbench: a new version, its difference, its trial on the past, its force (A4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from functions.portal.tomls import items_text, read_items, set_text
from functions.portal.words import rules
from functions.shared import clock
from functions.shared.calendar import shanghai_day
from functions.shared.matching.items import parse_items
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, furnish
from tests.integration.test_rules_and_files import ITEMS, load, row

HOSTILE = "<script>alert(1)</script>\\u202e" + "𠮷" * 200
WHOLE = (CONFIG / "supervision_items.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force(ITEMS.format(version="v1", words='["劳务派遣"]'))
        load(city, row(1, "劳务派遣"), row(2, "家政服务"))
        yield city


def maintainer(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "city:rules", name="wang", zh=zh)


def add(city: MotoCity, version: str, words: str = '["家政服务"]', more: str = "") -> None:
    toml = ITEMS.format(version=version, words=words) + more
    status, told = city.call("POST", "/v1/items", {"toml": toml}, grants=("city:rules",))
    assert status == 201, told


@pytest.mark.parametrize("zh", [True, False])
def test_a4_the_workbench_speaks_both_languages(city: MotoCity, zh: bool) -> None:
    add(city, "v-words")
    word = {key: pair[0 if zh else 1] for key, pair in rules.WORDS.items()}
    seen = maintainer(city, zh=zh).open("/rules")
    assert (seen.status, word["rules.now"] in seen.said) == (200, True)
    for query, said in (
        ({}, "rules.search"),
        ({"item": "RS01"}, "rules.item_toml"),
        ({"tab": "difference"}, "item_change.changed"),
        ({"tab": "trial"}, "rules.try_text"),
    ):
        seen = maintainer(city, zh=zh).open("/rules/v-words", **query)
        assert (seen.status, word[said] in seen.said) == (200, True), said


def test_a4_everybody_signed_in_reads_and_only_maintainers_are_offered_changes(
    city: MotoCity,
) -> None:
    clerk = Reader(city, "scjg.441900106000:officer", name="li")
    assert "v1" in clerk.open("/rules").said
    assert "劳动合同法第五十七条" in clerk.open("/rules/v1", item="RS01").said.replace(" ", "")
    for path in ("/rules", "/rules/v1?item=RS01", "/rules/v1?tab=trial"):
        assert "<textarea" not in clerk.open(path).text
        assert 'name="do"' not in clerk.open(path).text
    assert clerk.send("/rules/v1", "items_force", since="2099-01-01").status == 404
    assert Reader(city).open("/rules").goes_to


def test_a4_one_item_is_changed_into_a_new_version_whose_difference_is_shown(
    city: MotoCity,
) -> None:
    page = maintainer(city).open("/rules/v1", item="RS01")
    assert "words = [&#34;劳务派遣&#34;]" in page.text
    toml = ITEMS.partition("[[items]]")[2].format(words='["劳务派遣", "人力外包"]')
    done = maintainer(city).send(
        "/rules/v1", "items_edit", item="RS01", toml=f"[[items]]{toml}", version="v1-more"
    )
    assert done.status == 303
    seen = maintainer(city).follow("/rules/v1", done)
    assert "新版本已生成" in seen.said
    assert "0 新增 0 删除 1 修改" in seen.said
    assert re.search(r"<mark>.*?人力外包.*?</mark>", seen.text)
    assert "现行版本： v1 " in maintainer(city).open("/rules").said


@pytest.mark.parametrize(
    ("toml", "version", "said"),
    [
        ("[[items]]\ncode = \nversion = 1", "v8", "line 2, column 8"),
        ('[[items]]\ncode = "RS01"\nversion = 1', "v8", "items.RS01.licence"),
        ('version = "x"', "v8", "[[items]]"),
        ("", "not a name!", "version"),
    ],
)
def test_a4_a_fault_of_an_item_is_shown_where_it_is_with_what_was_entered(
    city: MotoCity, toml: str, version: str, said: str
) -> None:
    seen = maintainer(city).send(
        "/rules/v1", "items_edit", item="RS01", toml=toml, version=version, note="试"
    )
    assert (seen.status, said in seen.said) == (400, True)
    assert 'value="试"' in seen.text and f'value="{version}"' in seen.text
    assert maintainer(city).open("/rules/v8").status == 404


def test_a4_a_whole_file_is_uploaded_and_a_fault_in_it_has_its_line(city: MotoCity) -> None:
    good = ITEMS.format(version="v-file", words='["典当"]')
    bad = good.replace('level = "town"', 'level = "moon"')
    seen = maintainer(city).upload("/rules", "items_add", "file", "items.toml", bad.encode())
    assert seen.status == 400
    assert "第 5 行 · items.RS01.level" in seen.said
    assert "level = &#34;moon&#34;" in seen.text
    done = maintainer(city).upload("/rules", "items_add", "file", "items.toml", good.encode())
    assert done.goes_to.startswith("./rules/v-file")


def test_a4_a_version_is_tried_on_the_past_and_then_put_in_force(city: MotoCity) -> None:
    add(city, "v-try")
    path = "/rules/v-try"
    done = maintainer(city).send(path, "items_try", last="10")
    going = maintainer(city).follow(path, done)
    assert "正在试算" in going.said and "hx-trigger" in going.text
    city.settle()
    seen = maintainer(city).follow(path, done)
    assert "hx-trigger" not in seen.text
    assert re.search(r"2 登记 0 相同推送 \+1 新增推送 −1 减少推送", seen.said)
    assert '<mark><bdi class="said">家政服务</bdi></mark>' in seen.text
    assert any("credit/9144" in link for link in seen.links())
    trial = dict(parse_qsl(urlsplit(done.goes_to).query))["trial"]
    other = maintainer(city).open("/rules/v1", tab="trial", trial=trial)
    assert other.status == 200 and "新增推送" not in other.said

    yesterday = (shanghai_day(clock.now()) - timedelta(days=1)).isoformat()
    refused = maintainer(city).send(path, "items_force", since=yesterday)
    assert refused.status == 400 and 'id="e-since"' in refused.text
    tomorrow = (shanghai_day(clock.now()) + timedelta(days=1)).isoformat()
    forced = maintainer(city).send(path, "items_force", since=tomorrow)
    said = maintainer(city).follow(path, forced).said
    assert f"待施行： v-try · 自 {tomorrow} 起施行" in said
    assert "现行版本： v1 " in said


def test_d2_what_a_maintainer_wrote_is_shown_as_text(city: MotoCity) -> None:
    toml = ITEMS.format(version="v-hostile", words='["典当"]').replace(
        "劳务派遣经营许可证", HOSTILE
    )
    city.call("POST", "/v1/items", {"toml": toml, "note": HOSTILE}, grants=("city:rules",))
    for query in ({}, {"item": "RS01"}, {"tab": "difference", "against": "v1"}):
        seen = maintainer(city).open("/rules/v-hostile", **query)
        assert seen.status == 200
        assert "<script>alert" not in seen.text and "&lt;script&gt;alert(1)" in seen.text
        assert "⟦U+202E⟧" in seen.text and "𠮷" * 200 in seen.text


def test_a4_a_city_s_items_make_pages_of_fifty_that_can_be_searched(city: MotoCity) -> None:
    toml = WHOLE.replace('version = "2026-1"', 'version = "v-city"', 1)
    city.call("POST", "/v1/items", {"toml": toml}, grants=("city:rules",))
    first = maintainer(city).open("/rules/v-city")
    assert first.text.count('<tr>\n    <td data-label="编号">') == 50
    [onward] = [link for link in first.links() if "after=50" in link]
    second = maintainer(city).open(f"/rules/v-city?{onward.partition('?')[2]}")
    assert "上一页" in second.said
    found = maintainer(city).open("/rules/v-city", q="劳务派遣")
    assert "RS" in found.said and "下一页" not in found.said


def test_a4_a_version_that_nobody_added_is_not_there(city: MotoCity) -> None:
    assert maintainer(city).open("/rules/nothing").status == 404


def test_a4_a_version_downloads_as_a_file_that_is_the_same_version(city: MotoCity) -> None:
    whole = parse_items(WHOLE)
    plain = whole.model_dump(mode="json", exclude_none=True)
    assert parse_items(set_text(whole.version, plain["items"])) == whole
    assert items_text(read_items(items_text(plain["items"]))) == items_text(plain["items"])
    seen = maintainer(city).open("/rules/v1", file="1")
    assert parse_items(seen.text).version == "v1"
    assert "items-v1.toml" in seen.headers["content-disposition"]
