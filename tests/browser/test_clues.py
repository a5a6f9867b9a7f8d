"""A clue reported in a real browser: photos made small on the spot, where it is found (A17)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from functions.shared import ports
from tests.browser.conftest import Window
from tests.browser.windows import NARROW, overflow, sign_in, site
from tests.integration.motocity import moto_city

UNIT = "cgzf.441900106000"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with moto_city() as city, site(city) as address:
        yield address


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x55\xaa\x11" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a17_a_photo_is_made_small_before_it_leaves_and_is_shown_with_its_clue(
    base: str, window: Window
) -> None:
    there = {"latitude": 23.0207, "longitude": 113.75}
    context = window(NARROW, geolocation=there, permissions=["geolocation"])
    sign_in(context, base, f"{UNIT}:officer", name="li")
    page = context.new_page()
    page.goto(f"{base}/clues")
    files = [
        {"name": "门面.png", "mimeType": "image/png", "buffer": png(3200, 2000)},
        {"name": "小.png", "mimeType": "image/png", "buffer": png(40, 30)},
    ]
    page.locator("#f-photo").set_input_files(files)  # type: ignore[arg-type]
    expect(page.locator("#shelf img")).to_have_count(2)
    page.locator("summary").click()
    page.get_by_role("button", name="使用当前位置").click()
    expect(page.locator('[name="position.lat"]')).to_have_value("23.020700")
    page.locator("#f-seen").fill("门口经营餐饮")
    page.locator("#f-place").fill("东兴路1号")
    page.get_by_role("button", name="上报线索").click()
    expect(page.get_by_role("status")).to_contain_text("线索已上报")
    photos = page.locator(".photos img")
    expect(photos).to_have_count(2)
    photos.first.scroll_into_view_if_needed()
    page.wait_for_function(
        "[...document.querySelectorAll('.photos img')].every((one) => one.naturalWidth)"
    )
    assert [one.evaluate("it => it.naturalWidth") for one in photos.all()] == [1600, 40]
    keys = list(ports.objects("evidence").list_keys(f"photos/{UNIT}/"))
    assert len(keys) == 2 and all(key.endswith(".jpg") for key in keys)
    assert "23.0207, 113.75" in page.locator("dl.facts").inner_text()
    assert overflow(page) <= 0
