"""As whom `sanwei` calls: what is given, kept, renewed; and how a post is written."""

from __future__ import annotations

import base64
import json
import socket
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from functions.shared import clock
from functions.shared.authorization import Grant, Role
from infra.city.roster import inspector_id
from infra.commands.operating import signed_in
from infra.posts import EVERYONE, SEATS, NobodyThere, account, grants_of
from infra.signin import Environment, NotSignedIn, SignIn, seconds_left

URL = "https://city.example"


def token(minutes: float, who: str = "t") -> str:
    until = (clock.now() + timedelta(minutes=minutes)).timestamp()
    claims = base64.urlsafe_b64encode(json.dumps({"exp": until, "who": who}).encode()).decode()
    return f"head.{claims.rstrip('=')}.signature"


def me(tmp_path: Path, who: str = "", **variables: str) -> Environment:
    return Environment(URL, variables, tmp_path / "state" / "sign-ins.json", who)


def test_a_given_token_goes_before_everything(tmp_path: Path) -> None:
    caller = me(tmp_path, SANWEI_TOKEN="given")
    caller.keep(SignIn("rules", token(30)))
    assert caller.token() == caller.token(renewed=True) == "given"


def test_a_sign_in_is_kept_per_city_for_its_owner_only(tmp_path: Path) -> None:
    caller, good = me(tmp_path), token(30)
    caller.keep(SignIn("rules", good))
    assert caller.token() == good
    assert stat.S_IMODE(caller.book.stat().st_mode) == 0o600
    elsewhere = Environment("https://other.example", {}, caller.book)
    elsewhere.keep(SignIn("city", token(5)))
    assert caller.token() == good
    caller.keep(None)
    assert caller.kept() is None
    assert elsewhere.kept() is not None


def test_without_anything_one_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotSignedIn, match=f"not signed in to {URL}.*SANWEI_TOKEN"):
        me(tmp_path).token()


def test_where_no_city_is_up_one_is_told_that_none_answers(tmp_path: Path) -> None:
    with socket.socket() as here:
        here.bind(("127.0.0.1", 0))
        caller = Environment(f"http://127.0.0.1:{here.getsockname()[1]}", {}, tmp_path / "book")
        with pytest.raises(NotSignedIn, match="no city keeps a sign-in .*, and none answers there"):
            caller.token()
        here.listen()
        with pytest.raises(NotSignedIn) as told:
            caller.token()
    assert "none answers" not in str(told.value)


def test_a_sign_in_that_has_ended_is_not_used(tmp_path: Path) -> None:
    caller = me(tmp_path)
    caller.keep(SignIn("rules", token(-1)))
    with pytest.raises(NotSignedIn):
        caller.token()


def test_a_refused_token_is_not_offered_again(tmp_path: Path) -> None:
    caller = me(tmp_path)
    caller.keep(SignIn("rules", token(30)))
    with pytest.raises(NotSignedIn):
        caller.token(renewed=True)


def test_a_local_city_that_is_down_cannot_be_signed_in_to(tmp_path: Path) -> None:
    caller = me(tmp_path, who="operator")
    caller.keep(SignIn("city", token(30), str(tmp_path)))
    with pytest.raises(NotSignedIn, match="not up"):
        caller.token()


def test_a_token_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotSignedIn, match="SANWEI_TOKEN_URL"):
        me(tmp_path, SANWEI_TOKEN_URL="file:///etc/passwd").token()


def test_a_broken_book_is_an_empty_one(tmp_path: Path) -> None:
    caller = me(tmp_path)
    caller.book.parent.mkdir()
    caller.book.write_text("[1, 2")
    assert caller.kept() is None


@pytest.mark.parametrize("text", ["", "abc", "a.b.c", "a.e30.c", "a.bnVsbA.c"])
def test_what_is_no_token_holds_no_longer(text: str) -> None:
    assert seconds_left(text) == 0


def test_a_post_is_written_either_way_round() -> None:
    wanted = (Grant("scjg.441900106000", Role.OFFICER),)
    assert grants_of("officer:scjg.441900106000") == wanted
    assert grants_of("scjg.441900106000:officer") == wanted
    assert account("scjg.441900106000:officer") == "officer:scjg.441900106000"


def test_the_citys_own_posts_have_their_seats() -> None:
    assert grants_of("dispatcher") == (Grant("office", Role.DISPATCHER),)
    assert grants_of("registrar") == (Grant("exchange", Role.REGISTRAR),)
    assert {grant.role for grant in grants_of(EVERYONE)} == set(SEATS)
    assert grants_of("oversight") == (Grant("oversight", Role.OVERSIGHT),)


def test_several_people_may_hold_one_post() -> None:
    unit = "scjg.441900106000"
    assert grants_of(f"officer:{unit}#2") == grants_of(f"officer:{unit}")
    assert account(f"{unit}:officer#2") == f"officer:{unit}#2"
    assert account("operator#3") == "operator#3"
    for wrong in ("operator#", "operator#1", "operator#x"):
        with pytest.raises(NobodyThere):
            grants_of(wrong)


@pytest.mark.parametrize("unit", ["nowhere", "nowhere.1", "scjg.1", "office.1", "cities"])
def test_nobody_sits_in_a_unit_that_does_not_exist(unit: str) -> None:
    with pytest.raises(NobodyThere, match=f"no unit '{unit}'"):
        grants_of(f"officer:{unit}")


def test_b1_a_village_has_its_dispatcher_and_its_inspectors() -> None:
    """A roster names inspectors as the issuer does: by their account."""
    village = "441900119002"
    assert grants_of(f"village:{village}") == (Grant(village, Role.VILLAGE),)
    assert grants_of(f"inspector:{village}#2") == (Grant(village, Role.INSPECTOR),)
    assert account(f"{village}:inspector#2") == inspector_id(village, 2)
    assert account(f"inspector:{village}") == inspector_id(village, 1)
    assert grants_of("platform:grid") == (Grant("grid", Role.PLATFORM),)


@pytest.mark.parametrize(
    "who", ["village:441900119999", "village:scjg", "officer:441900119002", "platform:scjg"]
)
def test_b1_a_post_fits_its_unit(who: str) -> None:
    with pytest.raises(NobodyThere, match="no unit"):
        grants_of(who)


@pytest.mark.parametrize("who", ["officer:scjg", "town_office:office.441900106000"])
def test_departments_and_town_offices_are_units(who: str) -> None:
    assert account(who) == who


@pytest.mark.parametrize("who", ["", "officer", "boss:x", "officer:", ":officer", "a:b:c"])
def test_nobody_holds_a_post_that_does_not_exist(who: str) -> None:
    with pytest.raises(NobodyThere, match="ROLE:UNIT"):
        grants_of(who)


def test_the_token_command_tells_the_present_sign_in_and_changes_nothing(
    tmp_path: Path,
) -> None:
    caller = me(tmp_path)
    kept = SignIn("officer:scjg", token(30), str(tmp_path))
    caller.keep(kept)
    assert signed_in(caller, "") == caller.kept() == kept


def test_the_first_sign_in_needs_something_to_sign_in_with(tmp_path: Path) -> None:
    with pytest.raises(NotSignedIn, match="sanwei up"):
        signed_in(me(tmp_path), "")


def test_signing_in_as_somebody_else_does_not_hand_out_the_kept_token(tmp_path: Path) -> None:
    caller = me(tmp_path)
    caller.keep(SignIn("officer:scjg", token(30), str(tmp_path)))
    with pytest.raises(NotSignedIn, match="not up"):
        signed_in(caller, "operator")
