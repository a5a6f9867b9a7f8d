"""An inspector at the door with a phone, for the tests of the phone in a real browser."""

from __future__ import annotations

import struct
import zlib
from itertools import count
from typing import Any

from playwright.sync_api import Dialog, FilePayload, Page, expect

from functions.inspections import wiring
from functions.inspections.domain import Inspection
from tests.integration.motocity import MotoCity
from tests.integration.patrol import opened

SECONDS_60 = 60_000  # the phone tries again by itself every ten seconds
_numbers = count(1)


def picture() -> FilePayload:
    """A photo larger than the phone sends."""
    rows = b"".join(b"\0" + bytes([y % 256, 90, 160]) * 2400 for y in range(1800))
    parts = [(b"IHDR", struct.pack(">2I5B", 2400, 1800, 8, 2, 0, 0, 0))]
    parts += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    made = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
    return {"name": "door.png", "mimeType": "image/png", "buffer": made}


PHOTO = picture()


def kept(page: Page) -> None:
    """Waits until the worker keeps the page."""
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def mine(who: str, **change: Any) -> Inspection:
    """An inspection of this inspector, like no other."""
    number = next(_numbers)
    return opened(1000 + number, who, code=f"91441900MA{number:07d}X", **change)


def stored(inspection: Inspection) -> Inspection:
    found = wiring.desk().cabinet.inspections.get(inspection.id)
    assert found
    return found.value


def check(page: Page, number: int) -> Any:
    return page.locator("article.check").nth(number)


def find_wrong(page: Page) -> None:
    """The address is wrong, with a photo; all else is in order."""
    first = check(page, 0)
    first.get_by_text("不合格", exact=True).click()
    first.get_by_text("通过登记的住所（经营场所）无法联系").click()
    first.locator("input[type=file]").set_input_files(PHOTO)
    expect(first.locator("img")).to_be_visible()
    find_well(page, 1)
    find_well(page, 2)


def find_well(page: Page, number: int) -> None:
    check(page, number).get_by_text("合格", exact=True).click()


def sign(page: Page) -> None:
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 80)
    page.mouse.up()


def open_visit(page: Page, inspection: Inspection) -> None:
    page.locator(f"a.card[href='#visit/{inspection.id}']").click()
    expect(page.locator("article.check").first).to_be_visible()


def finish(page: Page) -> None:
    """Ends the visit; asked whether it may go without a signature, the inspector goes on."""
    page.on("dialog", _go_on)
    page.get_by_role("button", name="完成并上报").click()
    expect(page.locator("article.check")).to_have_count(0)
    expect(page.get_by_text("检查记录已保存")).to_be_visible()
    page.remove_listener("dialog", _go_on)


def _go_on(dialog: Dialog) -> None:
    dialog.accept()


def report(page: Page) -> None:
    """A clue in three taps: a photo, what was seen, send."""
    page.locator("#deeds input[type=file]").set_input_files(PHOTO)
    page.get_by_role("button", name="无证无照经营").click()
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.get_by_text("线索已保存")).to_be_visible()


def all_sent(page: Page) -> None:
    """Waits until nothing waits, and the page says so."""
    expect(page.locator("#queued")).to_have_text("全部已上传", timeout=SECONDS_60)


def send_now(page: Page) -> None:
    """Waits for no second try of the phone's own."""
    expect(page.locator("#queued")).to_have_text("待上传 1")
    page.locator("#queued").click()
    page.get_by_role("button", name="立即上传").click()
    all_sent(page)


def asked(page: Page) -> list[str]:
    """What arrives from now on: the last two parts of each address that is posted to."""
    heard: list[str] = []

    def hear(request: Any) -> None:
        if request.method == "POST":
            heard.append("/".join(request.url.partition("?")[0].rsplit("/", 2)[1:]))

    page.context.on("requestfinished", hear)
    return heard


def clue_of(page: Page, city: MotoCity) -> Any:
    """The clue that went up last, as the town's office reads it."""
    told = page.evaluate(
        "Store.sent(PERSON).then((all) => all.find((one) => one.told.office).told)"
    )
    status, clue = city.call(
        "GET", f"/v1/clues/{told['id']}", grants=(f"{told['office']}:town_office",)
    )
    assert status == 200, clue
    return clue
