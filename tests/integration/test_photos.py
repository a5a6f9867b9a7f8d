"""Photos of clues go to their bucket by an address that takes just them, and come back by links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from functions.shared import ports
from tests.integration.motocity import MotoCity, moto_city

UNIT = "cgzf.441900106000"
OFFICER = (f"{UNIT}:officer",)
PICTURE = b"\x89PNG" + b"x" * 96


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        yield city


def announced(city: MotoCity, **more: Any) -> dict[str, Any]:
    body = {"type": "image/png", "bytes": len(PICTURE), **more}
    status, told = city.call("POST", "/v1/photos", body, grants=OFFICER)
    assert status == 201, told
    return dict(told)


def reported(city: MotoCity, *keys: str) -> tuple[int, Any]:
    body = {"place": "东兴路1号", "seen": "门口有人吵架", "photos": list(keys)}
    return city.call("POST", "/v1/clues", body, grants=OFFICER)


def test_a17_a_photo_is_sent_named_in_a_report_and_looked_at_by_a_link(city: MotoCity) -> None:
    place = announced(city, name="门面.png")
    assert place["key"].startswith(f"photos/{UNIT}/") and place["key"].endswith(".png")
    sent = requests.put(place["url"], data=PICTURE, headers=place["headers"], timeout=5)
    assert sent.status_code == 200
    status, clue = reported(city, place["key"])
    assert status == 201, clue
    (picture,) = clue["pictures"]
    assert (picture["key"], picture["expires_in"]) == (place["key"], 900)
    assert requests.get(picture["url"], timeout=5).content == PICTURE


def test_a17_the_signature_covers_type_and_length_so_that_nothing_larger_can_come(
    city: MotoCity,
) -> None:
    place = announced(city)
    asked = parse_qs(urlsplit(place["url"]).query)
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert set(asked["X-Amz-SignedHeaders"][0].split(";")) == {
        "content-length",
        "content-type",
        "host",
    }
    assert asked["X-Amz-Expires"] == [str(place["expires_in"])] == ["900"]
    assert place["headers"] == {"Content-Type": "image/png", "Content-Length": "100"}


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"bytes": 10 * 1024 * 1024 + 1}, "bytes", "value_less_than_equal"),
        ({"bytes": 0}, "bytes", "value_greater_than_equal"),
        ({"type": "image/gif"}, "type", "value_enum"),
    ],
)
def test_d4_what_is_no_photo_is_refused(
    city: MotoCity, more: dict[str, Any], field: str, code: str
) -> None:
    body = {"type": "image/png", "bytes": 1, **more}
    status, told = city.call("POST", "/v1/photos", body, grants=OFFICER)
    assert (status, told["faults"][0]["field"], told["faults"][0]["code"]) == (400, field, code)


def test_a17_a_photo_that_was_announced_but_never_sent_is_missing(city: MotoCity) -> None:
    there = f"photos/{UNIT}/there.jpg"
    ports.objects("evidence").write(there, b"x")
    status, told = reported(city, there, announced(city)["key"], "photos/scjg/x.jpg")
    found = [(fault["field"], fault["code"]) for fault in told["faults"]]
    assert (status, found) == (
        400,
        [("photos.1", "photo_missing"), ("photos.2", "photo_missing")],
    )


def test_d3_one_sends_photos_for_ones_own_unit_alone(city: MotoCity) -> None:
    body = {"type": "image/png", "bytes": 1, "unit": "scjg.441900106000"}
    assert city.call("POST", "/v1/photos", body, grants=OFFICER)[0] == 404
