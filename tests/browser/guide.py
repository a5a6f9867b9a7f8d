"""Take the pictures of the README's guide: every page of the prepared town, in both widths.

`python -m tests.browser.guide` writes them to infra/site/guide; fonts for Chinese must be there.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.town import Look, Town, prepared
from tests.browser.windows import LOCALES, NARROW, WIDE, launched, sign_in, site

GUIDE = Path(__file__).parents[2] / "infra" / "site" / "guide"
_QUALITY = 45
_DRAWN_MS = 600  # until charts have drawn themselves


def name_of(route: str, label: str) -> str:
    """The file's name for a look at a route.

    >>> name_of("/tasks/{task_id}", ""), name_of("/", ""), name_of("/dispatch", "town")
    ('tasks-one', 'first', 'dispatch-town')
    """
    plain = re.sub(r"{\w+}", "one", route).strip("/").replace("/", "-") or "first"
    return f"{plain}-{label}" if label else plain


def main() -> None:
    """Takes every picture anew; those of pages that are gone are removed."""
    GUIDE.mkdir(parents=True, exist_ok=True)
    for old in GUIDE.iterdir():
        old.unlink()
    with prepared() as town, site(town.city) as base, sync_playwright() as playwright:
        browser = launched(playwright)
        for route, look in _first_looks(town):
            for width, size in (("wide", WIDE), ("phone", NARROW)):
                file = GUIDE / f"{name_of(route, look.label)}-{width}.jpg"
                _shoot(browser, base, look, size, file)
        browser.close()


def _first_looks(town: Town) -> list[tuple[str, Look]]:
    return [(route, look) for route, looks in sorted(town.looks.items()) for look in looks]


def _shoot(browser: Browser, base: str, look: Look, size: tuple[int, int], file: Path) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=LOCALES["zh"],
        timezone_id="Asia/Shanghai",
    )
    if look.grants:
        sign_in(context, base, *look.grants, name=look.name)
    page = context.new_page()
    page.goto(f"{base}{look.path}")
    page.wait_for_timeout(_DRAWN_MS)
    page.screenshot(path=file, type="jpeg", quality=_QUALITY)
    context.close()


if __name__ == "__main__":
    main()
