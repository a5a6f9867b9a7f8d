"""`sanwei systems`, `deliveries` and `replay` against a city on moto (A21, A22)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from infra import cli
from tests.integration.motocity import MotoCity, moto_city
from tests.integration.receiver import Receiver, receiving
from tests.integration.test_console import tell
from tests.integration.test_interfaces import UNIT

GRANTS = ("city:operator", f"{UNIT}:lead")


@contextmanager
def served(city: MotoCity) -> Iterator[str]:
    """The city's address, where everything that is waiting is worked off after each call."""

    class Gateway(BaseHTTPRequestHandler):
        def _call(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            where = urlsplit(self.path)
            status, told = city.call(
                self.command,
                where.path,
                json.loads(raw) if raw else None,
                query=dict(parse_qsl(where.query)),
                grants=GRANTS,
                headers={"accept-language": self.headers.get("Accept-Language", "")},
            )
            city.settle()
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", city.told_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = _call

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> Iterator[MotoCity]:
    monkeypatch.setenv("SANWEI_PRIVATE_WEBHOOKS", "allow")
    with moto_city() as city, served(city) as url:
        monkeypatch.setenv("SANWEI_URL", url)
        monkeypatch.setenv("SANWEI_TOKEN", "somebody's")
        yield city


def sanwei(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What a command answers to a script, once it has answered a person without a mistake."""
    capsys.readouterr()
    code = cli.main([*arguments, "--json"])
    out = capsys.readouterr().out
    told = json.loads(out)
    assert (code, "error" in told) in ((0, False), (1, True)), told
    return told


def seen(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command shows to a person."""
    capsys.readouterr()
    assert cli.main(list(arguments)) == 0
    return " ".join(capsys.readouterr().out.split())


def test_a21_a_system_joins_is_tried_changed_and_leaves(
    city: MotoCity, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    told = sanwei(
        capsys,
        *("systems", "join", UNIT, "--url", receiver.url, "--type", "task.pushed", "--test"),
        *("--client", "c-1", "--scope", "task.read", "--quota", "10/100"),
    )
    assert (told["test"], told["client"], told["scopes"]) == (True, "c-1", ["task.read"])
    assert told["secret"].startswith("whsec_")

    told = sanwei(capsys, "systems", "join", UNIT, "--live")
    assert (told["url"], told["types"], told["test"]) == (receiver.url, ["task.pushed"], False)
    assert (told["client"], told["quota"]) == ("c-1", {"per_minute": 10, "per_day": 100})

    assert sanwei(capsys, "systems", "test", UNIT)["state"] == "delivered"
    receiver.status = 500
    assert "pending: 500" in sanwei(capsys, "systems", "test", UNIT)["error"]
    assert sanwei(capsys, "systems", "rotate", UNIT, "--keep-hours", "1")["valid_secrets"] == 2
    text = seen(capsys, "systems", "show", UNIT)
    assert all(part in text for part in (receiver.url, "c-1", "10 a minute", "task.read"))
    assert UNIT in seen(capsys, "systems", "list")
    assert "closed" in seen(capsys, "systems", "leave", UNIT)
    assert "MINUTE/DAY" in sanwei(capsys, "systems", "join", UNIT, "--quota", "x")["error"]


def test_a22_what_was_refused_is_listed_and_replayed(
    city: MotoCity, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    sanwei(capsys, "systems", "join", UNIT, "--url", receiver.url)
    receiver.status = 400
    tell(city, 1, 2, 3)
    parked = sanwei(capsys, "deliveries", UNIT, "--state", "parked")["deliveries"]
    assert [one["subject"] for one in parked] == ["T1", "T2", "T3"]
    assert "400" in seen(capsys, "deliveries", UNIT, "--since", "2026-03-02T09:02", "--limit", "1")

    receiver.status = 204
    assert "on its way" in seen(capsys, "replay", parked[0]["id"])
    told = sanwei(capsys, "replay", "--unit", UNIT, "--since", "2026-03-02T09:00")
    assert (told["looked"], told["sent"], told["done"]) == (3, 2, True)
    assert sanwei(capsys, "deliveries", UNIT, "--state", "parked")["deliveries"] == []
    for wrong in (["replay"], ["replay", "x", "--unit", UNIT, "--since", "2026-03-02"]):
        assert "either" in sanwei(capsys, *wrong)["error"]
    assert "not a time" in sanwei(capsys, "deliveries", UNIT, "--since", "soon")["error"]
