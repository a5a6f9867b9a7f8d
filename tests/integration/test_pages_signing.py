"""Signing in and out: to the issuer and back, by this browser alone, and nothing left behind."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from functions.portal.issuing import Leaving
from functions.portal.sessions import KEPT_SECONDS
from functions.shared import ports
from functions.shared.settings import settings
from infra.guests import LIST
from tests.integration import tokens
from tests.integration.motocity import MotoCity, moto_city
from tests.integration.pages import HOST, Seen, ask

GRANT = "scjg.441900106000:officer"


@dataclass
class Issuer:
    """An issuer that gives the tokens laid ready, and keeps what it was asked."""

    url: str = ""
    ready: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Jar:
    """A browser as far as cookies go."""

    city: MotoCity
    secure: bool = False
    kept: dict[str, str] = field(default_factory=dict)
    site: str = "same-origin"
    referer: str = ""

    def open(self, path: str, **query: str) -> Seen:
        return self._ask("GET", path, query, None)

    def send(self, path: str, **form: str) -> Seen:
        return self._ask("POST", path, {}, urlencode(form).encode())

    def _ask(self, method: str, path: str, query: dict[str, str], body: bytes | None) -> Seen:
        headers = {"host": HOST, "accept-language": "zh", "sec-fetch-site": self.site}
        headers["accept"] = "text/html"
        headers["content-type"] = "application/x-www-form-urlencoded"
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        if self.referer:
            headers["referer"] = self.referer
        if self.secure:
            headers["x-forwarded-proto"] = "https"
        seen = ask(self.city, method, path, query, headers, body)
        for name, value, alive in map(told, seen.cookies):
            self.kept.pop(name, None)
            if alive:
                self.kept[name] = value
        return seen

    def leave(self, **query: str) -> dict[str, str]:
        """Goes to the issuer; what the issuer is asked."""
        seen = self.open("/sign-in", go="1", **query)
        assert seen.status == 303
        return dict(parse_qsl(urlsplit(seen.goes_to).query))


def told(line: str) -> tuple[str, str, bool]:
    """Name, value and whether it lives, of a Set-Cookie line."""
    jar: SimpleCookie = SimpleCookie(line)
    ((name, morsel),) = jar.items()
    return name, morsel.value, morsel["max-age"] != "0"


@pytest.fixture(scope="module")
def town() -> Iterator[tuple[MotoCity, Issuer]]:
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["content-length"])
            issuer.asked.append(dict(parse_qsl(self.rfile.read(size).decode())))
            body = json.dumps(issuer.ready or {"error": "invalid_grant"}).encode()
            self.send_response(200 if issuer.ready else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    with moto_city() as city:
        os.environ["SANWEI_SIGN_IN_URL"] = issuer.url
        settings.cache_clear()
        yield city, issuer
    server.shutdown()
    server.server_close()


@pytest.fixture
def jar(town: tuple[MotoCity, Issuer]) -> Jar:
    return Jar(town[0])


@pytest.fixture
def issuer(town: tuple[MotoCity, Issuer]) -> Issuer:
    town[1].ready, town[1].asked = {}, []
    return town[1]


def ready(*grants: str, seconds: int = 3600) -> dict[str, Any]:
    token = tokens.token(*(grants or (GRANT,)), name="li", seconds=seconds)
    return {"access_token": token, "refresh_token": "renew-me"}


def signed_in(jar: Jar, issuer: Issuer, **query: str) -> Seen:
    asked = jar.leave(**query)
    issuer.ready = issuer.ready or ready()
    return jar.open("/signed-in", code="the-code", state=asked["state"])


def test_d3_a_sign_in_leads_back_to_the_page_that_was_wanted(jar: Jar, issuer: Issuer) -> None:
    asked = jar.leave(next="work?light=red")
    assert asked["redirect_uri"] == f"http://{HOST}/signed-in"
    issuer.ready = ready()
    seen = jar.open("/signed-in", code="the-code", state=asked["state"])
    assert (seen.status, seen.goes_to) == (303, "./work?light=red")
    [redeemed] = issuer.asked
    assert redeemed["code"] == "the-code"
    assert redeemed["redirect_uri"] == asked["redirect_uri"]
    assert Leaving("", redeemed["code_verifier"]).challenge == asked["code_challenge"]
    assert "li" in jar.open("/work").said
    assert set(jar.kept) == {"session", "refresh"}  # nothing is left of the way there


def test_d3_a_code_that_another_browser_asked_for_signs_nobody_in(
    town: tuple[MotoCity, Issuer], issuer: Issuer
) -> None:
    theirs, mine = Jar(town[0]), Jar(town[0])
    asked, _ = theirs.leave(), mine.leave(next="work")
    issuer.ready = ready()
    seen = mine.open("/signed-in", code="the-code", state=asked["state"])
    assert seen.goes_to == "./sign-in?failed=1&next=work"
    assert mine.kept == {} and issuer.asked == []
    assert Jar(town[0]).open("/signed-in", code="c", state="").goes_to.startswith("./sign-in?fail")


def test_d3_what_the_issuer_refuses_is_said_and_keeps_the_way(jar: Jar, issuer: Issuer) -> None:
    asked = jar.leave(next="work")
    seen = jar.open("/signed-in", code="old", state=asked["state"])
    assert seen.goes_to == "./sign-in?failed=1&next=work"
    shown = jar.open("/sign-in", failed="1", next="work")
    assert "登录未完成" in shown.said and "next=work" in shown.text


@pytest.mark.parametrize(
    "wanted",
    [
        *(
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "work//evil",
            "work\r\nX: y",
        ),
        *("javascript:alert(1)", "\\\\evil", "work#x", "a" * 700),
    ],
)
def test_d3_a_forged_way_back_leads_to_the_first_page(
    jar: Jar, issuer: Issuer, wanted: str
) -> None:
    assert signed_in(jar, issuer, next=wanted).goes_to == "./"
    ways = [link for link in jar.open("/sign-in", next=wanted).links() if "go=1" in link]
    assert ways and all("next" not in link for link in ways if "sign-in" in link)


@pytest.mark.parametrize("secure", [True, False])
def test_d3_no_script_reads_a_session_and_no_other_site_sends_it_along(
    town: tuple[MotoCity, Issuer], issuer: Issuer, secure: bool
) -> None:
    jar = Jar(town[0], secure=secure)
    lines = [*jar.open("/sign-in", go="1").cookies, *signed_in(jar, issuer).cookies]
    assert {told(line)[0] for line in lines} >= {"sign-in", "session", "refresh"}
    for line in lines:
        assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line
        assert ("Secure" in line) == secure


def test_d3_a_long_token_comes_in_parts_and_whole_again(jar: Jar, issuer: Issuer) -> None:
    many = [f"scjg.4419001{n:05d}:officer" for n in range(300)]
    issuer.ready = ready(GRANT, *many)
    seen = signed_in(jar, issuer, next="work")
    assert len(issuer.ready["access_token"]) > 2 * 3900
    assert all(len(line) < 4096 for line in seen.cookies)
    assert {"session", "session.1", "session.2"} <= set(jar.kept)
    assert jar.open("/work").status == 200
    issuer.ready = ready()  # of a shorter one later, no part of the long one is left
    signed_in(jar, issuer)
    assert "session.1" not in jar.kept
    assert jar.open("/work").status == 200


def test_d3_a_token_that_has_ended_is_renewed_once_and_kept(jar: Jar, issuer: Issuer) -> None:
    issuer.ready = ready(seconds=-120)
    signed_in(jar, issuer)
    issuer.ready, issuer.asked = {"access_token": ready()["access_token"]}, []
    assert jar.open("/work").status == 200
    assert issuer.asked[0]["grant_type"] == "refresh_token"
    assert issuer.asked[0]["refresh_token"] == "renew-me"
    assert jar.open("/work").status == 200
    assert len(issuer.asked) == 1


def test_d3_where_nothing_is_renewed_the_reader_signs_in_again(jar: Jar, issuer: Issuer) -> None:
    issuer.ready = ready(seconds=-120)
    signed_in(jar, issuer)
    issuer.ready = {}
    assert jar.open("/work").goes_to == "./sign-in?next=work"
    jar.kept = {"session": "no.token.at-all"}
    assert jar.open("/work").goes_to == "./sign-in?next=work"


def test_d3_a_sign_out_forgets_everything_here_and_at_the_issuer(jar: Jar, issuer: Issuer) -> None:
    issuer.ready = ready(GRANT, *(f"scjg.4419001{n:05d}:officer" for n in range(300)))
    signed_in(jar, issuer)
    seen = jar.open("/sign-out", go="1")
    assert seen.goes_to.startswith(f"{issuer.url}/logout?")
    there = dict(parse_qsl(urlsplit(seen.goes_to).query))
    assert there == {"client_id": "portal", "logout_uri": f"http://{HOST}/sign-out"}
    assert "session" not in jar.kept and "refresh" not in jar.kept
    assert jar.open("/work").goes_to == "./sign-in?next=work"
    assert "已退出" in jar.open("/sign-out").said


def test_d3_another_site_neither_signs_out_nor_sends_a_form(jar: Jar, issuer: Issuer) -> None:
    signed_in(jar, issuer)
    jar.site = "cross-site"
    assert jar.open("/sign-out", go="1").status == 200
    assert {"session", "refresh"} <= set(jar.kept)
    seen = jar.send("/work", do="claim")
    assert seen.status == 403
    assert jar.open("/work").status == 200  # a link from elsewhere leads to the page, though


def test_d3_a_session_is_kept_as_long_as_it_can_be_renewed(jar: Jar, issuer: Issuer) -> None:
    lines = signed_in(jar, issuer).cookies
    kept = [line for line in lines if line.startswith(("session=", "refresh="))]
    assert len(kept) == 2 and all(f"Max-Age={KEPT_SECONDS}" in line for line in kept)


def test_d3_no_deployed_city_shows_anybody_to_be_tried_out(jar: Jar) -> None:
    people = [{"account": "operator", "password": "sesame", "place": "", "zh": "甲", "en": "A"}]
    ports.objects("config").write(LIST, json.dumps(people).encode())
    seen = jar.open("/sign-in")
    assert "sesame" not in seen.text and "operator" not in seen.text
    assert "样例人员" not in seen.said


def test_d3_an_old_browser_signs_out_by_our_link_and_nobody_is_told_so_who_stays(
    jar: Jar, issuer: Issuer
) -> None:
    signed_in(jar, issuer)
    jar.site = ""
    said = jar.open("/sign-out", go="1").said  # of unknown origin
    assert "已退出" not in said and "session" in jar.kept
    jar.referer = "https://evil.example/?http://pages.example/"
    assert jar.open("/sign-out", go="1").status == 200
    jar.referer = f"http://{HOST}/work"
    assert jar.open("/sign-out", go="1").status == 303
    assert jar.kept == {}


def test_d3_the_way_to_the_sign_in_never_leads_back_to_it(jar: Jar) -> None:
    for path in ("/sign-in", "/sign-out"):
        links = [link for link in jar.open(path).links() if link.startswith("./sign-in")]
        assert links and not any("next" in link for link in links), path
    links = jar.open("/sign-in", next="work").links()
    assert {"./sign-in?next=work", "./sign-in?go=1&next=work"} <= set(links)
    links = jar.open("/credit", q="91").links()
    assert "./sign-in?next=credit%3Fq%3D91" in links


def test_d3_what_renews_a_sign_in_may_change_each_time(jar: Jar, issuer: Issuer) -> None:
    issuer.ready = ready(seconds=-120)
    signed_in(jar, issuer)
    issuer.ready = ready() | {"refresh_token": "renew-me-again"}
    jar.open("/work")
    assert jar.kept["refresh"] == "renew-me-again"


def test_d3_what_others_keep_at_this_address_ends_nobodys_session(jar: Jar, issuer: Issuer) -> None:
    signed_in(jar, issuer)
    others = {"path": "/", "prefs": '{"a": [1, "b"]}', "名": "值", "": "x", "Expires": "never"}
    jar.kept = others | jar.kept
    assert jar.open("/work").status == 200


def test_d3_what_everybody_gets_alike_carries_nobodys_session(jar: Jar, issuer: Issuer) -> None:
    issuer.ready = ready(seconds=-120)
    signed_in(jar, issuer)
    issuer.ready, issuer.asked = ready(), []
    ports.objects("site").write("kept.css", b"x")
    seen = jar.open("/assets/kept.css", language="en")
    assert "public" in seen.headers["cache-control"]
    assert (seen.status, seen.cookies, issuer.asked) == (200, (), [])
