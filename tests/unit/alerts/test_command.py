"""`sanwei alerts` shows which limits run, and every alert so far (A15)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infra.commands.alerts import show
from infra.showing import Screen
from tests.unit.alerts.watching import OTHER, UNIT


def alert(rung: str, raised_at: str, **more: Any) -> dict[str, Any]:
    base = {"stage": "receive", "due": "2026-03-04", "rung": rung, "to": [UNIT]}
    return {**base, "raised_at": raised_at, "unassigned": True, "open": True, **more}


def test_a15_limits_and_alerts_are_shown_unit_by_unit(capsys: pytest.CaptureFixture[str]) -> None:
    clock = {"stage": "receive", "since": "2026-03-02", "due": "2026-03-04", "remind": "2026-03-03"}
    alerts = [
        alert("overdue", "2026-03-04T16:00:00Z", to=[UNIT, "scjg"], person="li"),
        alert("reminder", "2026-03-03T00:00:00Z", open=False),
    ]
    late = {"unit": UNIT, "light": "red", "days_late": 2, "clocks": [clock], "alerts": alerts}
    provisional = {**clock, "stage": "close", "provisional": True}
    look = {"next_look": "2026-03-09T16:00:00Z"}
    other = {"unit": OTHER, "light": "green", "days_late": 0, "clocks": [provisional], "alerts": []}
    told = {"subject": "T1", "title": "试验店", "watches": [late, {**other, **look}]}
    show(Screen(), told, date(2026, 3, 6))
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert "T1 试验店" in lines[0]
    assert any(UNIT in line and "red" in line and " 2 " in line for line in lines)
    assert any(OTHER in line and "(provisional)" in line for line in lines)
    assert out.index("reminder") < out.index("overdue")
    assert any("overdue" in line and "li" in line and "open" in line for line in lines)
    assert any("reminder" in line and "nobody" in line and "over" in line for line in lines)
    assert lines[-1] == "the next one is due at 2026-03-10 00:00"


def test_a15_each_limit_has_its_own_light_and_lateness(capsys: pytest.CaptureFixture[str]) -> None:
    def limit(stage: str, remind: str, due: str) -> dict[str, Any]:
        return {"stage": stage, "since": "2026-03-02", "remind": remind, "due": due}

    clocks = [
        limit("receive", "2026-03-03", "2026-03-04"),
        limit("handle", "2026-03-06", "2026-03-09"),
        limit("close", "2026-04-01", "2026-05-01"),
    ]
    watch = {"unit": UNIT, "light": "red", "days_late": 2, "clocks": clocks, "alerts": []}
    show(Screen(), {"subject": "T1", "title": "店", "watches": [watch]}, date(2026, 1, 1))
    lines = capsys.readouterr().out.splitlines()
    for stage, light in (("receive", "red"), ("handle", "yellow"), ("close", "green")):
        (line,) = [line for line in lines if f" {stage} " in line]
        assert light in line
        assert (" 2 " in line) == (stage == "receive")
