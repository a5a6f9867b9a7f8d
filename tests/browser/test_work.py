"""The worklist in a real browser: counts that come behind, rows taken on, sheets out and in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from functions.shared.inbox import RowKind
from functions.supervision.sheet_columns import Column
from tests.browser.windows import overflow, sign_in, site
from tests.integration.motocity import CONFIG, moto_city
from tests.integration.test_pages_work import NASTY, put, task
from tests.integration.test_spine import HENGLI, load, row, sweep
from tests.unit.supervision.sheets import fill, rows_of, saved

UNIT, SHEETS, FEW, PHONE = (f"{body}.{HENGLI}" for body in ("scjg", "rsbz", "jyj", "mzj"))
LEFT, BUSY = (f"{body}.{HENGLI}" for body in ("gaj", "wsj"))


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with moto_city() as city, site(city) as address:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        load(city, row(1), row(2))
        sweep(city)
        for number in range(60):
            put(UNIT, RowKind.TASK, f"M{number:02d}", task=task(f"M{number:02d}", UNIT, number))
        for number in range(3):
            put(FEW, RowKind.TASK, f"F{number}", task=task(f"F{number}", FEW, number))
        for unit in (LEFT, BUSY):
            for id in ("L1", "L2"):
                put(unit, RowKind.TASK, id, task=task(id, unit))
        put(PHONE, RowKind.TASK, "P1", task=task("P1", PHONE, -3, name=NASTY, clause=NASTY * 2))
        yield address


def test_d2_the_counts_of_a_long_list_come_behind_and_the_rows_page_on(
    page: Page, base: str
) -> None:
    sign_in(page.context, base, f"{UNIT}:officer", name="li")
    page.goto(f"{base}/work")
    expect(page.locator("tbody tr")).to_have_count(50)
    expect(page.locator("ul.counts")).to_contain_text("62 待办")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("tbody tr")).to_have_count(12)
    page.get_by_role("link", name="上一页").click()
    expect(page.locator("tbody tr")).to_have_count(50)


def test_d2_a_row_is_claimed_with_one_press_and_several_handed_over_by_the_keyboard(
    page: Page, base: str
) -> None:
    sign_in(page.context, base, f"{FEW}:lead", name="zhao")
    page.goto(f"{base}/work")
    first = page.locator("tbody tr").first
    first.get_by_role("button", name="认领").click()
    expect(page.get_by_role("status")).to_have_text("已认领")
    expect(first).to_contain_text("我")
    for number in (1, 2):
        page.locator("tbody tr").nth(number).get_by_role("checkbox").check()
    page.locator("form.several summary").press("Enter")
    page.get_by_label("同事的用户名").fill("ann")
    page.get_by_label("同事的用户名").press("Enter")
    expect(page.get_by_role("status")).to_have_text("已转交")
    expect(page.locator("td.who", has_text="ann")).to_have_count(2)


def leave(unit: str) -> None:
    """What the list hears some seconds after its task L1 was returned."""
    put(unit, RowKind.TASK, "L1", sequence=2, gone=True, task=task("L1", unit))


def test_d2_what_was_returned_leaves_the_list_without_a_press(page: Page, base: str) -> None:
    sign_in(page.context, base, f"{LEFT}:officer", name="li")
    page.goto(f"{base}/work?done=task_return")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("清单随后几秒内更新")
    leave(LEFT)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("ul.counts")).to_contain_text("1 待办")
    expect(page.get_by_role("status")).to_have_text("已退回镇街商改办。")


def test_d2_a_list_in_which_something_was_chosen_waits_until_it_is_asked_for(
    page: Page, base: str
) -> None:
    sign_in(page.context, base, f"{BUSY}:officer", name="li")
    page.goto(f"{base}/work?done=task_return")
    heard = "addEventListener('htmx:finally:request', () => (document.body.id = 'heard'))"
    page.evaluate(f"document.{heard}")
    chosen = page.get_by_role("checkbox", name="东莞市L2餐饮店")
    chosen.check()
    leave(BUSY)
    expect(page.locator("body#heard")).to_be_attached()
    expect(chosen).to_be_checked()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="刷新清单").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_d5_on_a_phone_the_longest_name_fits(phone: Page, base: str) -> None:
    sign_in(phone.context, base, f"{PHONE}:lead", name="zhao")
    phone.goto(f"{base}/work")
    expect(phone.locator("tbody tr")).to_have_count(1)
    assert overflow(phone) <= 0
    box = phone.get_by_role("checkbox").bounding_box()
    assert box and box["x"] + box["width"] <= 360


def test_a9_a_sheet_is_saved_filled_in_and_comes_back_with_its_errors_marked(
    page: Page, base: str, tmp_path: Path
) -> None:
    sign_in(page.context, base, f"{SHEETS}:officer", name="li")
    page.goto(f"{base}/work")
    page.get_by_role("link", name="表格导出与回传").click()
    with page.expect_download() as told:
        page.get_by_role("link", name="下载表格").click()
    file = tmp_path / told.value.suggested_filename
    told.value.save_as(file)
    rows = rows_of(file.read_bytes())
    fill(rows, 2, {Column.VERB: "接收"})
    fill(rows, 3, {Column.VERB: "退回"})
    file.write_bytes(saved(rows))
    page.get_by_label("填好的表格").set_input_files(file)
    page.get_by_role("button", name="提交表格").click()
    expect(page.get_by_role("status")).to_contain_text("已受理 1 行，退回 1 行")
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as told:
        page.get_by_role("link", name="下载标明错误的表格").click()
    told.value.save_as(file)
    assert Column.RESULT in rows_of(file.read_bytes())[0]
