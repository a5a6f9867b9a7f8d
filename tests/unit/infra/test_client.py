"""How the command line calls a city: again after trouble, and with one line for what went wrong."""

from __future__ import annotations

import base64
import json
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from infra.client import Api, CallFailed, Reply, caller_of, send, sentence


@dataclass
class Line:
    """A city that answers with the next of `answers`, and remembers what it was asked."""

    answers: list[Reply | CallFailed]
    asked: list[urllib.request.Request] = field(default_factory=list)

    def __call__(self, request: urllib.request.Request) -> Reply:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, CallFailed):
            raise answer
        return answer


class Caller:
    def __init__(self) -> None:
        self.renewals = 0

    def token(self, *, renewed: bool = False) -> str:
        self.renewals += renewed
        return f"token-{self.renewals}"


def api(*answers: Reply | CallFailed) -> tuple[Api, Line, list[float]]:
    line, pauses = Line(list(answers)), list[float]()
    return Api("https://city.example", Caller(), "zh", line, pauses.append), line, pauses


DONE = Reply(200, b'{"done": true}')
BUSY = CallFailed("busy", 503)
SILENT = CallFailed("nothing answers", 0)


def test_a_call_says_who_calls_and_in_which_language() -> None:
    city, line, _ = api(DONE)
    assert city.post("/v1/sweeps", {"a": "东莞"}) == {"done": True}
    (asked,) = line.asked
    assert asked.full_url == "https://city.example/v1/sweeps"
    assert asked.get_header("Authorization") == "Bearer token-0"
    assert asked.get_header("Accept-language") == "zh"
    assert json.loads(asked.data or b"") == {"a": "东莞"}  # type: ignore[arg-type]


def test_a_query_leaves_out_what_was_not_asked() -> None:
    city, line, _ = api(DONE)
    city.get("/v1/worklist", unit="scjg", after=None, limit=5)
    assert line.asked[0].full_url.endswith("/v1/worklist?unit=scjg&limit=5")


def test_a_busy_city_is_asked_again_the_same_with_growing_pauses() -> None:
    city, line, pauses = api(BUSY, BUSY, DONE)
    assert city.post("/v1/registrations", {"id": "1"}) == {"done": True}
    assert [one.data for one in line.asked] == [b'{"id": "1"}'] * 3
    assert pauses == sorted(pauses) and len(pauses) == 2


def test_a_city_that_stays_busy_is_given_up() -> None:
    city, line, pauses = api(*[BUSY] * 20)
    with pytest.raises(CallFailed, match="busy"):
        city.get("/v1/items")
    assert len(line.asked) == len(pauses) + 1 < 10


def test_a_refusal_is_final() -> None:
    city, line, _ = api(CallFailed("no", 409), DONE)
    with pytest.raises(CallFailed, match="no"):
        city.get("/v1/items")
    assert len(line.asked) == 1


def test_where_no_city_ever_answered_nobody_waits_for_one() -> None:
    city, line, _ = api(SILENT, DONE)
    with pytest.raises(CallFailed, match="nothing answers"):
        city.get("/v1/items")
    assert len(line.asked) == 1


def test_a_city_that_answered_before_is_waited_for() -> None:
    city, line, _ = api(DONE, SILENT, DONE)
    city.get("/v1/items")
    assert city.get("/v1/items") == {"done": True}
    assert len(line.asked) == 3


def test_a_refused_token_is_renewed_once() -> None:
    city, line, _ = api(CallFailed("ended", 401), DONE)
    assert city.get("/v1/items") == {"done": True}
    assert [one.get_header("Authorization") for one in line.asked] == [
        "Bearer token-0",
        "Bearer token-1",
    ]
    city, line, _ = api(CallFailed("ended", 401), CallFailed("ended", 401), DONE)
    with pytest.raises(CallFailed, match="ended"):
        city.get("/v1/items")


def test_an_answer_that_is_not_json_is_named() -> None:
    city, _, _ = api(Reply(200, b"<html>", "text/html"))
    with pytest.raises(CallFailed, match="text/html"):
        city.get("/v1/items")


def test_a_problem_is_told_by_its_faults_with_their_places_five_at_most() -> None:
    def problem(count: int, faults: int) -> bytes:
        told = [{"row": n, "field": "scope", "message": "too long"} for n in range(1, faults + 1)]
        return json.dumps({"faults": told, "fault_count": count}).encode()

    assert sentence(400, problem(2, 2)) == "row 1, scope: too long; row 2, scope: too long"
    told = sentence(400, problem(7, 7))
    assert told.count("too long") == 5
    assert told.endswith("row 5, scope: too long; and 2 more")


@pytest.mark.parametrize(
    "message",
    [
        "'x' not a valid key=value pair in Authorization header: 'Bearer eyJhbGciOi.J9.sig'",
        "Credential not found. Authorization=Bearer eyJhbGciOi.J9.sig",
        "Missing Authentication Token",
    ],
)
def test_d3_what_a_gateway_quotes_of_a_call_is_never_repeated(message: str) -> None:
    told = sentence(403, json.dumps({"message": message}).encode())
    assert told == "no such path, or refused by the gateway before the city saw it (403)"
    for status, body in ((500, {"message": message}), (400, {"faults": [{"message": message}]})):
        assert "eyJ" not in sentence(status, json.dumps(body).encode())


def test_not_there_may_mean_not_yours() -> None:
    fault = {"field": "task", "code": "not_found", "message": "Not found"}
    body = json.dumps({"faults": [fault]}).encode()
    assert sentence(404, body) == "task: Not found (or not yours)"
    assert sentence(404, body, "officer:scjg").endswith("(or not yours: you are officer:scjg)")


def signed(**claims: str) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"head.{middle}.signature"


@pytest.mark.parametrize(
    ("token", "who"),
    [
        (signed(username="officer:scjg", sub="1-2", client_id="app"), "officer:scjg"),
        (signed(client_id="registrar", sub="1-2"), "registrar"),
        ("given", ""),
        ("a.W10.c", ""),
        ("a.e30.c", ""),
    ],
)
def test_whom_a_token_names_is_shown_where_it_says(token: str, who: str) -> None:
    assert caller_of(token) == who


def test_a_refusal_names_the_caller_of_the_very_call() -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b'{"faults": [{"code": "not_found", "message": "Not found"}]}')

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/v1/tasks/T1"
        headers = {"Authorization": f"Bearer {signed(username='officer:gaj')}"}
        with pytest.raises(CallFailed, match="you are officer:gaj"):
            send(urllib.request.Request(url, headers=headers))
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, b'{"Message": "User is not authorized"}', "see `sanwei token` (403: User is not"),
        (502, b"<html>Bad gateway</html>", "refused (502: no reason given)"),
        (413, b"[]", "too large (413"),
        (500, b'{"faults": ["?"]}', "refused (500"),
    ],
)
def test_other_answers_are_told_too(status: int, body: bytes, expected: str) -> None:
    assert expected in sentence(status, body)
