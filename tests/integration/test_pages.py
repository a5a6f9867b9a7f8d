"""What holds for every page: who gets in, what browsers are told, how one signs in and out."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app import app
from functions.shared.authorization import RULES
from tests.integration.motocity import MotoCity, moto_city
from tests.integration.pages import HOST, Reader, ask, furnish

PUBLIC = {
    "/",
    "/sign-in",
    "/signed-in",
    "/sign-out",
    "/assets/{name}",
    "/phone/worker.js",
    "/phone/manifest.webmanifest",
    "/credit",
    "/credit/{code}",
    "/columns/{column}",
    "/objections",
}


def pages() -> Iterator[tuple[str, Any]]:
    for path, methods in app.routes.items():
        for entry in methods.values():
            declared = getattr(entry.view_function, "__page__", None)
            if declared is not None:
                yield path, declared


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        yield city


def test_d3_every_page_names_its_action_or_stands_on_the_public_list() -> None:
    for path, declared in pages():
        assert (declared.action is None) == (path in PUBLIC), path


def test_d3_a_page_sends_strangers_to_the_sign_in_and_shows_others_nothing(city: MotoCity) -> None:
    nobodys = "nowhere:platform"
    for path, declared in pages():
        if declared.action is None:
            continue
        concrete = path.replace("{", "").replace("}", "")
        stranger = Reader(city).open(concrete)
        assert stranger.status == 401 if declared.json else "sign-in?next=" in stranger.goes_to, (
            path
        )
        if not any(role == "platform" for role in RULES[declared.action]):
            assert Reader(city, nobodys).open(concrete).status == 404, path


def test_a_page_lets_nothing_in_from_other_sites(city: MotoCity) -> None:
    seen = Reader(city).open("/")
    policy = seen.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert seen.headers["x-content-type-options"] == "nosniff"


def test_a_query_of_any_name_breaks_no_page(city: MotoCity) -> None:
    asked = "place=x&root=x&path=x&route=x&self=x&query=x&template=x&visit=x&t=x&done=x"
    for path in ("/", "/sign-in", "/credit", "/work"):
        reader = Reader(city, "scjg:officer") if path == "/work" else Reader(city)
        assert reader.open(f"{path}?{asked}").status == 200, path


@pytest.mark.parametrize("path", ["/credit?q=\ud800", "/credit/\ud800", "/sign-in?\ud800=x"])
def test_half_a_character_breaks_no_page(city: MotoCity, path: str) -> None:
    assert Reader(city).open(path).status < 500


def test_every_asset_is_kept_for_ever_and_is_there(city: MotoCity) -> None:
    seen = Reader(city, "oversight:oversight").open("/bulletins")
    names = [part.split('"')[0] for part in seen.text.split('"./assets/')[1:]]
    assert len(names) >= 4
    for name in names:
        asset = Reader(city).open(f"/assets/{name}")
        assert asset.status == 200
        assert "immutable" in asset.headers["cache-control"]
    missing = Reader(city).open("/assets/nothing.js")
    assert (missing.status, missing.headers["cache-control"]) == (404, "no-store")
    assert Reader(city).open("/assets/manifest.json").status == 404


def test_d3_a_stranger_is_led_back_to_the_very_page_that_was_asked_for(city: MotoCity) -> None:
    seen = Reader(city).open("/bulletins", year="2025")
    assert seen.goes_to == "./sign-in?next=bulletins%3Fyear%3D2025"


def test_d3_what_was_entered_as_the_sign_in_ended_stays_to_be_sent_after_the_next(
    city: MotoCity,
) -> None:
    wrote = {"seen": '"><script>alert(1)</script>\n第二行', "position.lat": "23.1", "ref": "r1"}
    seen = Reader(city).send("/clues?unit=x", "clue_report", **wrote)
    assert seen.status == 401 and "尚未提交" in seen.said
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', seen.text)
    kept = {name: html.unescape(value) for name, value in fields}
    assert kept == {"do": "clue_report", **wrote}
    assert 'method="post" action="./clues?unit=x"' in seen.text
    assert './sign-in?next=clues%3Funit%3Dx" target="_blank"' in seen.text
    headers = {"content-type": "application/x-www-form-urlencoded", "host": HOST}
    headers |= {"sec-fetch-site": "cross-site"}
    other = ask(city, "POST", "/clues", {}, headers, b"do=clue_report&seen=x")
    assert (other.status, other.goes_to) == (303, "./sign-in?next=clues")
