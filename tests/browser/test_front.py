"""The way in, in a real browser: the first page, its languages, who is shown what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import overflow, sign_in, site
from tests.integration.motocity import moto_city


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with moto_city() as city, site(city) as address:
        yield address


def test_the_first_page_is_chinese_and_english_at_a_switch(page: Page, base: str) -> None:
    page.goto(base)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(base)  # the browser keeps it
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_first_page_fits_a_phone(phone: Page, base: str) -> None:
    phone.goto(base)
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    assert overflow(phone) <= 0


def test_d3_a_stranger_is_led_to_the_sign_in_and_whoever_signed_in_to_the_own_work(
    page: Page, base: str
) -> None:
    page.goto(f"{base}/work")
    assert "/sign-in?next=work" in page.url
    sign_in(page.context, base, "scjg.441900106000:officer", name="li")
    page.goto(base)
    assert page.url.endswith("/work")
