"""The README's guide: whoever adds a page adds its pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.routes import name_of, pages

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = "infra/site/guide"
SHOWN = re.findall(rf'<img src="({GUIDE}/[^"]+)" width="\d+" alt="([^"]+)">', README)
MOST = 3_500_000  # bytes that everybody who clones the project fetches


@pytest.mark.parametrize("route", pages())
def test_every_page_is_shown_in_both_widths(route: str) -> None:
    shown = {file for file, _ in SHOWN}
    for width in ("wide", "phone"):
        assert f"{GUIDE}/{name_of(route)}-{width}.jpg" in shown


def test_the_guide_shows_the_pictures_that_are_there_and_no_others() -> None:
    files = [ROOT / file for file, _ in SHOWN]
    there = sorted((ROOT / GUIDE).iterdir())
    assert sorted(files) == there
    assert 0 < sum(file.stat().st_size for file in there) <= MOST


def test_every_picture_says_what_it_shows() -> None:
    assert SHOWN and all(len(text) > 4 for _, text in SHOWN)
