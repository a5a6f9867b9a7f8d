"""`sanwei task`, `extend`, `suspend`, `resume`: what people see of a task and of what they did."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from functions.shared.matching.items import Stage
from functions.supervision.referring import refer
from infra import cli
from infra.commands.task import show, stages_counting, stands_still
from infra.showing import Screen
from tests.unit.supervision.life import CLOSED, UNIT, Life
from tests.unit.supervision.referrals import FOOD, referred


def told(life: Life) -> dict[str, Any]:
    """The task as the city answers with it."""
    answer: dict[str, Any] = json.loads(life.task.model_dump_json(exclude_none=True))
    return answer


def seen(life: Life, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    show(Screen(), told(life))
    return capsys.readouterr().out


def test_a5_a_task_is_shown_with_its_reason_its_limits_and_every_step(
    capsys: pytest.CaptureFixture[str],
) -> None:
    life = Life().on(3, 3).report(verb="receive", note="收到").extend("verify", 3)
    out = seen(life, capsys)
    task = life.task
    for said in (
        task.id,
        UNIT,
        task.clause,
        task.law,
        "FD01",
        *task.words,
        task.clocks[Stage.VERIFY].calendar,
    ):
        assert said in out
    lines = out.splitlines()
    (received,) = [line for line in lines if "收到" in line]
    assert all(one in received for one in ("2026-03-03 09:00", "li", "receive", "2026-03-04"))
    (extended,) = [line for line in lines if "复杂" in line]
    assert all(
        one in extended for one in ("zhao", "3 days more for verify than 2026-03-17", "延1号")
    )
    (verify,) = [line for line in lines if line.startswith("│ verify")]
    assert "2026-03-20" in verify and " 3 " in verify and "runs" in verify
    (over,) = [line for line in lines if line.startswith("│ receive")]
    assert "over" in over


def test_b10_a_task_from_an_inspection_is_shown_with_what_was_found_and_done_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    life = Life()
    refer(referred(FOOD), life.town.desk())
    capsys.readouterr()
    show(Screen(), told(life))
    out = capsys.readouterr().out
    for said in ("inspection I1 of edition 1", "改1号", "failed 无证", "recheck", "约谈经营者"):
        assert said in out
    assert "photos: 2" in out


def test_a13_what_counts_is_what_the_task_itself_says() -> None:
    life = Life()
    turns: list[Callable[[], Any]] = [
        lambda: life.on(3, 3).report(verb="receive"),
        lambda: life.on(3, 4).report(verb="verify"),
        lambda: life.on(3, 5).suspend(),
        lambda: life.on(3, 9).resume(),
        lambda: life.on(3, 10).report(verb="close", evidence=CLOSED),
    ]
    for turn in [lambda: None, *turns]:
        turn()
        assert stages_counting(told(life)) == [str(one) for one in life.task.counting]
        assert stands_still(told(life)) == life.task.suspended


@contextmanager
def served(answers: Callable[[str, str], Any]) -> Iterator[str]:
    """A city that answers by method and path."""

    class Gateway(BaseHTTPRequestHandler):
        def _call(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(answers(self.command, self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _call

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a13_an_act_on_the_limits_says_what_it_did(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    life = Life().on(3, 3).report(verb="receive")
    acts: dict[str, Callable[[], Any]] = {
        "extend": lambda: life.extend("verify", 3),
        "suspend": lambda: life.on(3, 5).suspend(),
        "resume": lambda: life.on(3, 9).resume(),
    }

    def answer(method: str, path: str) -> Any:
        if path.startswith("/v1/alerts/"):
            return {"subject": life.task.id, "kind": "task", "title": "店", "watches": []}
        if method == "POST":
            acts[path.rpartition("/")[2]]()
        return told(life)

    def sanwei(*arguments: str) -> str:
        assert cli.main(list(arguments)) == 0
        return capsys.readouterr().out

    paper = ("--note", "复杂", "--document", "延1号")
    with served(answer) as url:
        monkeypatch.setenv("SANWEI_URL", url)
        monkeypatch.setenv("SANWEI_TOKEN", "somebody's")
        id = life.task.id
        ground = ("--ground", "complex_case")
        out = sanwei("extend", id, "--stage", "verify", "--days", "3", *ground, *paper)
        assert "last day for verify is now 2026-03-20; it was 2026-03-17" in out
        out = sanwei("suspend", id, "--ground", "testing", *paper)
        assert "is now suspended" in out and "stand still" in out and "verify, close" in out
        assert "its limits stand still" in sanwei("alerts", id)
        assert "stands still" in sanwei("task", id)
        out = sanwei("resume", id, *paper)
        due = life.task.clocks[Stage.VERIFY].due.isoformat()
        assert "is now received" in out and f"verify {due}" in out
        assert "stand still" not in sanwei("alerts", id)
