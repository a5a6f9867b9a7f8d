"""Photos that pages take and show: through the API's rights, never past them (A17, D3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app import app
from functions.portal.calling import Api, Refused
from functions.portal.forms import File, Form
from functions.portal.photos import keep_photo, show_photo, take_photos
from functions.portal.visiting import Visit
from functions.shared import ports
from functions.shared.authorization import Caller, Grant, Role
from tests.integration.motocity import MotoCity, moto_city

UNIT = "cgzf.441900106000"
PICTURE = b"\x89PNG" + b"x" * 96


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        yield city


def visit(*photos: tuple[bytes, str], role: Role = Role.OFFICER) -> Visit:
    caller = Caller("li", frozenset({Grant(UNIT, role)}))
    files = [File("a.png", kind, content) for content, kind in photos]
    form = Form({"seen": ["x"]}, {}, {"photo": files})
    return Visit(Api(app, caller, "zh"), caller, "zh", "/clues", {}, form, False, "", True)


def told(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key} for key in keys]


def test_a17_a_photo_is_put_where_the_api_says_and_shown_as_what_it_is(city: MotoCity) -> None:
    key = keep_photo(visit(), PICTURE, "image/png")
    assert key.startswith(f"photos/{UNIT}/")
    shown = show_photo(told(key), "0")
    assert (shown.body, shown.headers["Content-Type"]) == (PICTURE, "image/png")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"GIF89a", "image/gif"), (b"", "image/png"), (b"<script>", "text/html")],
)
def test_d4_what_is_no_photo_is_refused_at_its_field(
    city: MotoCity, content: bytes, kind: str
) -> None:
    one = visit((PICTURE, "image/png"), (content, kind))
    with pytest.raises(Refused) as refused:
        take_photos(one)
    assert [fault.field for fault in refused.value.faults] == ["photo"]
    # The first has been put away, and the form names it when it is shown again.
    assert len(one.form.all("photos[]")) == 1
    assert one.form.json()["seen"] == "x"


def test_a17_a_form_that_is_sent_again_keeps_the_photos_of_before(city: MotoCity) -> None:
    one = visit((PICTURE, "image/png"), (PICTURE, "image/png"))
    first = take_photos(one)
    assert len(first) == 2
    assert take_photos(one) == first == one.form.json()["photos"]


def test_d3_who_may_report_nothing_puts_no_photo_away(city: MotoCity) -> None:
    before = city.keys_of("evidence")
    with pytest.raises(Refused):
        keep_photo(visit(role=Role.OVERSIGHT), PICTURE, "image/png")
    with pytest.raises(Refused):
        keep_photo(visit(), PICTURE, "image/png", "scjg.441900106000")
    assert city.keys_of("evidence") == before


@pytest.mark.parametrize("number", ["1", "-1", "x", "٣", "9999", ""])
def test_d3_a_number_of_no_photo_shows_nothing(city: MotoCity, number: str) -> None:
    key = keep_photo(visit(), PICTURE, "image/png")
    with pytest.raises(Refused) as refused:
        show_photo(told(key), number)
    assert refused.value.hidden


def test_d3_what_is_no_photo_of_the_bucket_is_not_shown(city: MotoCity) -> None:
    ports.objects("evidence").write("notices/x.pdf", b"%PDF")
    for key in ("notices/x.pdf", "photos/x.svg", "photos/never.png"):
        with pytest.raises(Refused):
            show_photo(told(key), "0")
