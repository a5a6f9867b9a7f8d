"""Who may be tried out in the local city: where there is work, with a page to begin on (D3)."""

from __future__ import annotations

from typing import Any

import pytest

from app import app
from infra.guests import choose
from infra.keeper import keep_groups
from infra.posts import grants_of

SHOWN = {
    "receivers": [
        {"unit": "office.441900119000", "name": "市商改办", "tasks": 9},
        {"unit": "ycj", "name": "烟草专卖局", "tasks": 8},
        {"unit": "scjg.441900102000", "name": "市监局石龙分局", "tasks": 7},
        {"unit": "gaj", "name": "公安局", "tasks": 1},
    ],
    "offices": [
        {"unit": "office", "name": "市商改办", "cases": 3},
        {"unit": "office.441900119000", "name": "常平镇商改办", "cases": 2},
        {"unit": "office.441900102000", "name": "石龙镇商改办", "cases": 1},
    ],
    "inspections": {"boards": {"441900111219": 5, "441900102205": 1, "441900102201": 2}},
}


def test_d3_guests_are_chosen_where_most_work_is_and_their_posts_exist() -> None:
    guests = choose(SHOWN, "91441900MA00000049")
    by_account = {one.account: one for one in guests}
    assert by_account["officer:scjg.441900102000"].zh == "市监局石龙分局 经办人"
    assert "town_office:office.441900102000" in by_account, "who gets what that officer returns"
    assert "inspector:441900102201" in by_account
    assert by_account["entity:91441900MA00000049"].place == "credit/91441900MA00000049"
    assert all(grants_of(one.who) for one in guests)
    assert len(by_account) == len(guests)


def test_d3_where_a_town_has_no_village_to_inspect_another_s_is_shown() -> None:
    elsewhere = {**SHOWN, "inspections": {"boards": {"441900111218": 1, "441900111219": 5}}}
    assert "inspector:441900111219" in {one.account for one in choose(elsewhere)}


def test_d3_an_empty_city_has_guests_of_its_own_posts_only() -> None:
    assert {one.account for one in choose({}, "441900000000001")} == {
        *("dispatcher", "oversight", "credit", "rules", "operator", "city")
    }


@pytest.mark.parametrize("place", sorted({one.place for one in choose(SHOWN)}))
def test_d3_each_guest_begins_on_a_page_that_is_there(place: str) -> None:
    assert place in {path.lstrip("/") for path in app.routes}


def test_d3_whoever_renews_a_sign_in_keeps_his_groups() -> None:
    minted: list[dict[str, Any]] = []

    def mint(sub: str, pool: str, *given: str, **told: Any) -> str:
        minted.append(told)
        return "token"

    renewing = keep_groups(mint, lambda pool, name: [f"{pool} {name}"])
    told = {"username": "li", "trigger_source": "TokenGeneration_RefreshTokens"}
    assert renewing("sub", "pool", "client", "access", **told) == "token"
    renewing("sub", "pool", "client", "access", username="li", trigger_source="Other")
    assert [one.get("groups") for one in minted] == [["pool li"], None]
