"""Every page in a real browser: it opens, fits a phone, obeys its policy, is usable by all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from infra.assets import AXE
from tests.browser import windows
from tests.browser.conftest import Window
from tests.browser.routes import pages
from tests.browser.town import Look, Town, prepared
from tests.browser.windows import NARROW, WIDE, overflow, sign_in, site

_AXE = """axe.run(document, {resultTypes: ["violations"]}).then((told) => told.violations
  .filter((one) => one.impact === "serious" || one.impact === "critical")
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(" ; ")}`))"""


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with prepared() as town:
        yield town


@pytest.fixture(scope="module")
def base(town: Town) -> Iterator[str]:
    with site(town.city) as address:
        yield address


def opened(window: Window, base: str, look: Look, language: str) -> Page:
    context = window(NARROW, language)
    if look.grants:
        sign_in(context, base, *look.grants, name=look.name)
    page = context.new_page()
    answer = windows.look(page, base, look.path)
    where = f"{look.path} {look.label}"
    assert answer is not None and answer.status == 200, where
    assert page.locator("h1").count() == 1, where
    assert page.title().strip(" ·"), where
    return page


def resized(page: Page, size: tuple[int, int]) -> Page:
    """The page in a window of that size, once it is laid out anew."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))")
    return page


def unusable(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return list(page.evaluate(_AXE))


@pytest.mark.parametrize("route", pages())
def test_each_page_opens_in_both_widths_and_languages_and_can_be_used_by_all(
    window: Window, base: str, town: Town, route: str
) -> None:
    looks = town.looks.get(route)
    assert looks, f"nobody looks at {route}: add a look to tests/browser/town.py"
    for look in looks:
        for language, closely in (("zh", WIDE), ("en", NARROW)):
            page = opened(window, base, look, language)
            for size in (NARROW, WIDE):
                where = f"{look.path} {look.label} {size[0]} {language}"
                assert overflow(resized(page, size)) <= 0, where
                if size == closely:
                    assert unusable(page) == [], where
            page.context.close()


def test_what_nobody_could_use_is_found(page: Page) -> None:
    page.set_content("<html><head><title>x</title></head><body><input><button></button></body>")
    found = " ".join(unusable(page))
    assert "label" in found and "button-name" in found
