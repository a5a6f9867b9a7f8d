"""The console's pages: who has joined, a secret shown once, deliveries again, what failed (A22)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from functions.interfaces.consumers import push_plan
from functions.portal.words import console
from functions.shared import clock, ports, systems
from functions.shared.calls import Calls
from functions.shared.joined import shelf as joined_shelf
from tests.integration.motocity import Context, MotoCity, moto_city
from tests.integration.pages import Reader, furnish
from tests.integration.receiver import receiving
from tests.integration.test_interfaces import sample

TOWN = "441900106000"
UNIT = f"scjg.{TOWN}"
HOSTILE = "<script>alert(1)</script>\u202e" + "𠮷" * 200


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    """A local city, which may deliver to its own machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANWEI_PRIVATE_WEBHOOKS", "allow")
        with moto_city() as city:
            furnish(city)
            yield city


def lead(city: MotoCity, unit: str, *, zh: bool = True) -> Reader:
    return Reader(city, f"{unit}:lead", name="li", zh=zh)


def operator(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "city:operator", name="op", zh=zh)


def join(city: MotoCity, unit: str, url: str = "http://127.0.0.1:9/hook") -> None:
    grants = (f"{unit}:lead",)
    status, told = city.call("PUT", f"/v1/systems/{unit}", {"url": url}, grants=grants)
    assert status == 200, told


def tell(city: MotoCity, unit: str, *subjects: str) -> None:
    """One event for the unit about each of these subjects."""
    event = sample("sqs/push_plan.json")
    told = json.loads(event["Records"][0]["body"])
    for subject in subjects:
        changed = {"id": f"task.pushed/{subject}/1", "subject": subject}
        body = {**told, **changed, "data": {**told["data"], "unit": unit}}
        push_plan({"Records": [{**event["Records"][0], "body": json.dumps(body)}]}, Context())
    city.settle()


@pytest.mark.parametrize("zh", [True, False])
def test_a22_the_console_speaks_both_languages(city: MotoCity, zh: bool) -> None:
    join(city, "gaj")
    word = {key: pair[0 if zh else 1] for key, pair in console.WORDS.items()}
    seen = operator(city, zh=zh).open("/console")
    assert seen.status == 200
    assert word["console.title"] in seen.said and word["console.join"] in seen.said
    for tab, said in (
        ("", "console.rotate"),
        ("calls", "console.no_calls"),
        ("deliveries", "console.no_deliveries"),
    ):
        seen = lead(city, "gaj", zh=zh).open("/console/gaj", tab=tab)
        assert (seen.status, word[said] in seen.said) == (200, True), tab
    failures = operator(city, zh=zh).open("/console", tab="failures")
    assert (failures.status, word["console.failures"] in failures.said) == (200, True)


def test_a22_a_secret_is_shown_once_when_a_system_joins_and_when_it_is_rotated(
    city: MotoCity,
) -> None:
    unit = "yjgl"
    assert lead(city, unit).open("/console").said.count("接入系统") >= 1
    first = lead(city, unit).send(
        "/console", "system_join", unit=unit, url="http://127.0.0.1:9/hook"
    )
    assert first.status == 200
    [secret] = re.findall(r'value="(whsec_[^"]+)"', first.text)
    assert first.headers["cache-control"] == "no-store"
    for path in ("/console", f"/console/{unit}"):
        assert secret not in lead(city, unit).open(path).text
    page = lead(city, unit).open(f"/console/{unit}")
    [seen] = re.findall(r'name="changed_at" value="([^"]+)"', page.text)
    said = {"keep_hours": "24", "changed_at": seen}
    again = lead(city, unit).send(f"/console/{unit}", "system_rotate", **said)
    [rotated] = re.findall(r'value="(whsec_[^"]+)"', again.text)
    assert rotated != secret
    assert "有效密钥 2" in lead(city, unit).open(f"/console/{unit}").said


def test_a21_a_rotation_that_is_sent_twice_does_not_end_the_secret_that_was_to_stay(
    city: MotoCity,
) -> None:
    unit = "tyjr"
    joined = lead(city, unit).send("/console", "system_join", unit=unit, url="http://127.0.0.1:9/h")
    [secret] = re.findall(r'value="(whsec_[^"]+)"', joined.text)
    page = lead(city, unit).open(f"/console/{unit}")
    [seen] = re.findall(r'name="changed_at" value="([^"]+)"', page.text)
    said = {"keep_hours": "168", "changed_at": seen}
    once, twice = (
        lead(city, unit).send(f"/console/{unit}", "system_rotate", **said) for _ in range(2)
    )
    assert (once.status, twice.status) == (200, 409)
    assert "已更换过密钥" in twice.said and 'value="168" selected' in twice.text
    [rotated] = re.findall(r'value="(whsec_[^"]+)"', once.text)
    found = joined_shelf(ports.table("interfaces"), systems.vault).get(unit)
    assert found and found.value.valid_secrets(clock.now()) == (rotated, secret)


def test_a21_joining_again_ends_nothing_that_a_system_has_agreed_on(city: MotoCity) -> None:
    unit = "sfj"
    put = {"url": "http://127.0.0.1:9/hook", "types": ["task.pushed"], "test": False}
    grants = (f"{unit}:lead",)
    assert city.call("PUT", f"/v1/systems/{unit}", put, grants=grants)[0] == 200
    before = city.call("GET", f"/v1/systems/{unit}", grants=grants)
    again = operator(city).send("/console", "system_join", unit=unit, url="http://127.0.0.1:9/x")
    assert again.status == 409
    assert 'id="e-unit"' in again.text and 'value="http://127.0.0.1:9/x"' in again.text
    assert city.call("GET", f"/v1/systems/{unit}", grants=grants) == before


def test_a22_settings_are_changed_and_a_refused_address_is_shown_in_its_place(
    city: MotoCity,
) -> None:
    join(city, "jtys")
    path = "/console/jtys"
    seen = lead(city, "jtys").send(
        path, "system_change", url="ftp://system.example", **{"types[]": "task.pushed"}
    )
    assert seen.status == 400
    assert 'value="ftp://system.example"' in seen.text
    assert 'id="e-url"' in seen.text
    chosen = re.search(r'value="task.pushed"( checked)?', seen.text)
    assert chosen and chosen[1]
    done = lead(city, "jtys").send(
        path, "system_change", url="http://127.0.0.1:9/new", **{"types[]": "task.pushed"}
    )
    said = lead(city, "jtys").follow(path, done).said
    assert "http://127.0.0.1:9/new" in said and "接收的事件 任务推送" in said


def test_a22_only_operators_are_offered_what_only_they_agree_on(city: MotoCity) -> None:
    join(city, "wglt")
    assert 'name="client"' not in lead(city, "wglt").open("/console/wglt").text
    form: dict[str, str | list[str]] = {
        "agree": "1",
        "client": "wglt-machine",
        "scopes[]": ["task.read", "case.read"],
    }
    form |= {"quota.per_minute": "7", "quota.per_day": "900"}
    done = operator(city).send("/console/wglt", "system_change", **form)
    said = operator(city).follow("/console/wglt", done).said
    assert "客户端编号 wglt-machine" in said
    assert "7 每分钟 · 900 每日" in said
    forged = lead(city, "wglt").send("/console/wglt", "system_change", **form)
    assert forged.status == 400


def test_d3_another_unit_s_system_looks_like_none(city: MotoCity) -> None:
    join(city, "sswj")
    reader = lead(city, "gaj")
    other, missing = reader.open("/console/sswj"), reader.open("/console/nobody")
    assert (other.status, missing.status) == (404, 404)
    assert other.text.replace("sswj", "") == missing.text.replace("nobody", "")
    assert "sswj" not in reader.open("/console").text
    assert Reader(city, f"{UNIT}:officer").open("/console").status == 404


def test_a22_a_parked_delivery_goes_out_again_alone_and_with_all_others(city: MotoCity) -> None:
    unit = "sfj"
    with receiving() as receiver:
        join(city, unit, receiver.url)
        receiver.status = 400
        tell(city, unit, "T1", "T2", "T3")
        path = f"/console/{unit}"
        seen = lead(city, unit).open(path, tab="deliveries", state="parked")
        assert seen.said.count("HTTP 400") == 3
        receiver.status = 204
        [delivery, *_] = re.findall(r'name="delivery" value="([^"]+)"', seen.text)
        assert lead(city, unit).send(path, "delivery_again", delivery=delivery).status == 303
        city.settle()
        left = lead(city, unit).open(path, tab="deliveries", state="parked")
        assert left.said.count("HTTP 400") == 2

        done = lead(city, unit).send(
            path, "deliveries_again", since="2026-01-01T00:00", state="parked", ref="r1"
        )
        going = lead(city, unit).follow(path, done)
        assert "进行中" in going.said and "hx-trigger" in going.text
        city.settle()
        over = lead(city, unit).follow(path, done)
        assert "已检查 3 · 已发出 2 · 已完成" in over.said
        assert "hx-trigger" not in over.text
        assert "没有推送记录" in lead(city, unit).open(path, tab="deliveries", state="parked").said


def test_a22_many_deliveries_make_pages_of_fifty_with_next_and_back(city: MotoCity) -> None:
    unit = "jyj"
    with receiving() as receiver:
        join(city, unit, receiver.url)
        tell(city, unit, *(f"T{number:03d}" for number in range(60)))
    path = f"/console/{unit}?tab=deliveries"
    first = lead(city, unit).open(path)
    assert first.text.count('name="delivery"') == 50
    [onward] = [link for link in first.links() if "after=" in link]
    second = lead(city, unit).open(f"/console/{unit}?{onward.partition('?')[2]}")
    assert second.text.count('name="delivery"') == 10
    assert "上一页" in second.said


def test_d2_what_others_wrote_is_shown_as_text(city: MotoCity) -> None:
    unit = "mzj"
    with receiving() as receiver:
        join(city, unit, receiver.url)
        tell(city, unit, HOSTILE)
        seen = lead(city, unit).open(f"/console/{unit}", tab="deliveries")
    assert "<script>alert" not in seen.text and "&lt;script&gt;alert(1)" in seen.text
    assert "⟦U+202E⟧" in seen.text and "𠮷" * 200 in seen.text


def test_a21_a_test_is_delivered_and_what_410_says_is_shown(city: MotoCity) -> None:
    unit = "rsbz"
    with receiving() as receiver:
        join(city, unit, receiver.url)
        path = f"/console/{unit}"
        done = lead(city, unit).send(path, "system_test")
        city.settle()
        assert "推送测试" in lead(city, unit).follow(path, done).said
        lead(city, unit).send(path, "system_part")
        gone = lead(city, unit).open(path)
    assert "已退出" in gone.said and "重新接入" in gone.said
    assert "system_rotate" not in gone.text


def test_a22_calls_are_shown_by_the_hour_of_the_day(city: MotoCity) -> None:
    unit = "zfjs"
    join(city, unit)
    calls, now = Calls(ports.table("interfaces")), clock.real_now()
    for status in (200, 404, 503):
        calls.enter(unit, now)
        calls.leave(unit, status, now)
    seen = lead(city, unit).open(f"/console/{unit}", tab="calls")
    assert "3 调用 1 成功 1 被拒 1 出错" in seen.said
    assert "data-chart=" in seen.text and "echarts" in seen.text
    assert "echarts" not in lead(city, unit).open(f"/console/{unit}").text


def test_a22_what_failed_is_listed_and_sent_again(city: MotoCity) -> None:
    ports.send("items-trial-dead", HOSTILE)
    seen = operator(city).open("/console", tab="failures")
    assert "items-trial" in seen.said and "<script>alert" not in seen.text
    done = operator(city).send("/console", "redrive", queue="items-trial", most="10")
    assert "已重新发送 1 条" in operator(city).follow("/console", done).said
    refused = operator(city).send("/console", "redrive", queue="nothing")
    assert refused.status == 400
    assert "处理失败" not in lead(city, "gaj").open("/console", tab="failures").said


def test_d4_an_address_cannot_make_the_page_say_what_was_not_done(city: MotoCity) -> None:
    seen = operator(city).open("/console", tab="failures", moved="0 条，请致电 12345。\u202e共 9")
    assert seen.status == 200 and "12345" not in seen.said
    assert "已重新发送 7 条" in operator(city).open("/console", tab="failures", moved="7").said
