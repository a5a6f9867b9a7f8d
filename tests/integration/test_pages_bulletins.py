"""Bulletins as pages: drafted, published, read, compared, downloaded (A23)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from functions.portal.rendering import today
from functions.portal.words import bulletins
from functions.shared import clock, ports
from functions.shared.workbooks import XLSX
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, Seen, furnish
from tests.integration.test_spine import HENGLI, load, row, sweep, tasks_of
from tests.unit.alerts.watching import limit, task_event

SCJG = f"scjg.{HENGLI}"
HOSTILE = "<script>alert(1)</script>\u202e" + "𠮷" * 60
LATE = 61  # more than a page of them


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    """A city with a task handled, many overdue and two bulletins, of the last two days."""
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        load(city, row(1))
        sweep(city)
        task = tasks_of(city, SCJG, row(1)["企业名称"])[0]["id"]
        body = {"verb": "receive"}
        grants = (f"{SCJG}:officer",)
        assert city.call("POST", f"/v1/tasks/{task}/feedback", body, grants=grants)[0] == 200
        city.settle()
        overdue(city)
        for back, note in ((2, "请抓紧办理。"), (1, HOSTILE)):
            order = {"from": day(back), "to": day(back), "fewest": 1, "note": note}
            status, told = city.call(
                "POST", "/v1/bulletins", order, grants=("oversight:oversight",)
            )
            assert status == 200, told
        city.settle()
        yield city


def overdue(city: MotoCity) -> None:
    now, on = clock.now(), date.fromisoformat(today())
    late = limit("receive", on - timedelta(days=9), on - timedelta(days=2))
    for number in range(1, LATE + 1):
        event = task_event(1, now - timedelta(days=9), (late,), id=f"T{number:03d}")
        assert ports.city_events().publish([event]) == set()
    city.settle()
    assert city.call("POST", "/v1/alerts/sweep", grants=("city:operator",))[0] == 202
    city.settle()


def day(back: int) -> str:
    return (date.fromisoformat(today()) - timedelta(days=back)).isoformat()


def officer(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, f"{SCJG}:officer", name="li", zh=zh)


def oversight(city: MotoCity, *, zh: bool = True) -> Reader:
    return Reader(city, "oversight:oversight", name="wu", zh=zh)


def place(number: int) -> str:
    return f"/bulletins/{today()[:4]}/{number}"


def order(back: int, **more: str) -> dict[str, str]:
    return {"from": day(back), "to": day(back), "fewest": "1", **more}


@pytest.mark.parametrize("zh", [True, False])
def test_a23_bulletins_are_listed_and_read_in_both_languages(city: MotoCity, zh: bool) -> None:
    word = {key: pair[0 if zh else 1] for key, pair in bulletins.WORDS.items()}
    listed = officer(city, zh=zh).open("/bulletins")
    assert listed.status == 200
    assert word["bulletins.published"] in listed.said and "第1号" in listed.said
    seen = officer(city, zh=zh).open(place(1))
    assert seen.status == 200
    assert word["bulletins.departments"] in seen.said and word["bulletins.late"] in seen.said


def test_a23_only_who_may_publish_sees_the_form_and_nobody_else_can_send_it(city: MotoCity) -> None:
    assert 'value="bulletin_draft"' in oversight(city).open("/bulletins").text
    assert 'value="bulletin_draft"' not in officer(city).open("/bulletins").text
    assert officer(city).send("/bulletins", "bulletin_publish", **order(12)).status == 404
    assert day(12) not in officer(city).open("/bulletins").said


def test_a23_a_draft_is_shown_before_it_is_published_and_stores_nothing(city: MotoCity) -> None:
    week = {"from": day(9), "to": day(3), "fewest": "1", "title": "周报"}
    draft = oversight(city).send("/bulletins", "bulletin_draft", **week)
    assert draft.status == 200 and "周报" in draft.said
    assert f'name="from" value="{day(9)}"' in draft.text
    assert 'value="bulletin_publish"' in draft.text
    assert "周报" not in oversight(city).open("/bulletins").said
    back = oversight(city).send("/bulletins", "bulletin_edit", **week)
    assert 'value="周报"' in back.text and 'value="bulletin_draft"' in back.text
    sent = oversight(city).send("/bulletins", "bulletin_publish", **week)
    assert (sent.status, sent.goes_to) == (303, f".{place(3)}?done=bulletin_publish")
    read = oversight(city).follow("/bulletins", sent)
    assert "周报" in read.said and bulletins.WORDS["done.bulletin_publish"][0] in read.said


@pytest.mark.parametrize("do", ["bulletin_draft", "bulletin_publish"])
def test_a23_a_period_that_is_not_over_is_refused_at_its_field(city: MotoCity, do: str) -> None:
    seen = oversight(city).send("/bulletins", do, **order(0, note="按语在此"))
    assert seen.status == 400
    assert 'id="e-to"' in seen.text and "按语在此" in seen.text


def test_a23_a_period_is_published_once(city: MotoCity) -> None:
    seen = oversight(city).send("/bulletins", "bulletin_publish", **order(1, note="另一个"))
    assert seen.status == 409
    assert 'id="e-from"' in seen.text


def test_a23_what_is_overdue_stands_on_pages_of_50(city: MotoCity) -> None:
    first = oversight(city).open(place(1))
    assert late_rows(first) == 50
    onward = next(link for link in first.links() if "after=50" in link)
    second = oversight(city).open(place(1), **{"after": "50", "trail": "-"})
    assert onward and late_rows(second) == LATE - 50
    assert 'rel="prev"' in second.text and 'rel="next"' not in second.text


def late_rows(seen: Seen) -> int:
    return seen.text.count('<td class="day"')


def test_a23_a_bulletin_stands_beside_another_one(city: MotoCity) -> None:
    alone = officer(city).open(place(2))
    assert f'<option value="{today()[:4]}/1"' in alone.text and "→" not in alone.said
    both = officer(city).open(place(2), against=f"{today()[:4]}/1")
    assert both.status == 200
    assert "对比 通报" in both.said and "(±0)" in both.said
    for nothing in ("2020/7", "x/y", "../1", "7"):
        assert "对比 通报" not in officer(city).open(place(2), against=nothing).said


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [("xlsx", XLSX, "PK"), ("html", "text/html; charset=utf-8", "<!DOCTYPE html>")],
)
def test_a23_a_bulletin_is_saved_as_it_was_published(
    city: MotoCity, form: str, kind: str, begins: str
) -> None:
    seen = officer(city).open(place(1), file=form)
    assert (seen.status, seen.headers["content-type"]) == (200, kind)
    assert seen.text.startswith(begins)
    assert f"bulletin-{today()[:4]}-1.{form}" in seen.headers["content-disposition"]


def test_d4_a_hostile_note_is_shown_as_text(city: MotoCity) -> None:
    seen = officer(city).open(place(2))
    assert "<script>alert" not in seen.text and "<script>alert(1)</script>" in seen.said
    assert "\u202e" not in seen.text and "⟦U+202E⟧" in seen.said
    assert "𠮷" * 60 in seen.said


@pytest.mark.parametrize("path", ["/bulletins/2020/1", "/bulletins/x/1", "/bulletins/2026/²"])
def test_a23_a_bulletin_that_is_not_there_is_not_found(city: MotoCity, path: str) -> None:
    assert officer(city).open(path).status == 404


@pytest.mark.parametrize("year", ["1066", "x", "99999", "²⁰²⁶"])
def test_a23_a_year_that_cannot_be_shows_one_that_can(city: MotoCity, year: str) -> None:
    assert officer(city).open("/bulletins", year=year).status == 200
