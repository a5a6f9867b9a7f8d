"""Take the pictures of the README's guide: every page of the prepared town, in both widths.

`python -m tests.browser.guide` writes them to infra/site/guide; with a directory it writes whole
pages there, to look at. Fonts for Chinese must be there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import windows
from tests.browser.routes import name_of
from tests.browser.town import Look, Town, prepared
from tests.browser.windows import LOCALES, NARROW, WIDE, launched, sign_in, site

GUIDE = Path(__file__).parents[2] / "infra" / "site" / "guide"
_QUALITY = 35
_SCALES = {"wide": 0.75, "phone": 1.0}  # small enough for a repository, large enough to read
_DRAWN_MS = 300  # until charts have drawn themselves


def main() -> None:
    """Takes every picture anew; those of pages that are gone are removed."""
    there = Path(sys.argv[1]) if len(sys.argv) > 1 else GUIDE
    there.mkdir(parents=True, exist_ok=True)
    for old in there.glob("*.jpg"):
        old.unlink()
    with prepared() as town, site(town.city) as base, sync_playwright() as playwright:
        browser = launched(playwright)
        for name, look in _named(town):
            for width, size in (("wide", WIDE), ("phone", NARROW)):
                file = there / f"{name}-{width}.jpg"
                _shoot(browser, base, look, size, file, whole=there != GUIDE)
        browser.close()


def _named(town: Town) -> Iterator[tuple[str, Look]]:
    """Each look with the name of its picture: of a route's looks the first bears its name alone."""
    for route, looks in sorted(town.looks.items()):
        for number, look in enumerate(looks):
            yield name_of(route, look.label if number else ""), look


def _shoot(
    browser: Browser, base: str, look: Look, size: tuple[int, int], file: Path, *, whole: bool
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=1 if whole else _SCALES["wide" if size == WIDE else "phone"],
        locale=LOCALES["zh"],
        timezone_id="Asia/Shanghai",
    )
    if look.grants:
        sign_in(context, base, *look.grants, name=look.name)
    page = context.new_page()
    windows.look(page, base, look.path)
    page.wait_for_timeout(_DRAWN_MS)
    page.screenshot(path=file, type="jpeg", quality=70 if whole else _QUALITY, full_page=whole)
    context.close()


if __name__ == "__main__":
    main()
