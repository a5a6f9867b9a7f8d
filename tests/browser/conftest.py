"""What the browser's tests share: one Chromium, windows of two widths, an ear for complaints."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import windows

Window = Callable[..., BrowserContext]
"""`window(size, language)` opens a window of its own: no cookies, nothing kept."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as it is installed; without it these tests are passed over, or fail where
    SANWEI_BROWSER=required."""
    if not windows.chromium():
        reason = "no Chromium on this machine (apt-get install chromium)"
        if windows.required():
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=windows.PATIENCE)
    with sync_playwright() as playwright:
        launched = windows.launched(playwright)
        yield launched
        launched.close()


@pytest.fixture
def complaints() -> Iterator[windows.Complaints]:
    """At the end of each test the browser must have had nothing to complain of."""
    heard = windows.Complaints()
    yield heard
    assert heard.found == []


@pytest.fixture
def window(browser: Browser, complaints: windows.Complaints) -> Iterator[Window]:
    opened: list[BrowserContext] = []

    def open_window(
        size: tuple[int, int] = windows.WIDE, language: str = "zh", **told: object
    ) -> BrowserContext:
        narrow = size == windows.NARROW
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=windows.LOCALES[language],
            timezone_id="Asia/Shanghai",
            is_mobile=narrow,
            has_touch=narrow,
            **told,  # type: ignore[arg-type]
        )
        context.set_default_timeout(windows.PATIENCE)
        complaints.listen(context)
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()


@pytest.fixture
def page(window: Window) -> Page:
    """A page in a window of a desk, 1280 pixels wide."""
    return window().new_page()


@pytest.fixture
def phone(window: Window) -> Page:
    """A page on a phone, 360 pixels wide, touched by fingers."""
    return window(windows.NARROW).new_page()
