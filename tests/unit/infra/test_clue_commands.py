"""`sanwei clues`: what it sends, and what people see of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from functions.clues.life import life_of
from functions.shared.calendar import shanghai_day
from infra.client import Api, Reply
from infra.commands import clues
from infra.commands.calling import Failed
from infra.showing import Screen
from tests.unit.clues.smalltown import MARKET, OFFICE, SmallTown
from tests.unit.infra.test_work_commands import Anybody


def shown(town: SmallTown, clue: Any, capsys: pytest.CaptureFixture[str]) -> str:
    life = life_of(clue, OFFICE, town.photos, shanghai_day(town.now))
    clues.show(Screen(), json.loads(life.model_dump_json(exclude_none=True)))
    return capsys.readouterr().out


def test_a17_a_person_sees_who_is_proposed_and_then_who_has_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    town = SmallTown()
    clue = town.report()
    told = shown(town, clue, capsys)
    assert "reported with office.441900119000" in told
    assert all(word in told for word in (MARKET, "SJ02", "餐饮许可证", "示例条例第一条"))
    told = shown(town, town.assign(clue, MARKET), capsys)
    assert "who has it" in told and "2026-03-04" in told and "assign" in told
    assert "place: 441900119000 东兴路1号; photos: 0" in told
    assert "2026-03-02 09:00" in told and OFFICE.id in told


def test_a18_a_share_that_the_system_assigned_is_told_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    town = SmallTown()
    clue = town.assign(town.report(photos=[]), MARKET)
    made = clue.shares[0].model_copy(update={"automatic": True, "by": "system"})
    told = shown(town, clue.model_copy(update={"shares": (made,)}), capsys)
    assert "automatic" in told


def test_a17_the_same_report_has_the_same_ref_and_other_pictures_another(tmp_path: Path) -> None:
    first, same, other = (tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg"))
    first.write_bytes(b"one")
    same.write_bytes(b"one")
    other.write_bytes(b"two")
    body = {"seen": "无证经营餐饮", "place": "某路"}
    ref = clues.ref_of(body, [first])
    assert ref == clues.ref_of(dict(reversed(body.items())), [same]) and len(ref) <= 64
    assert (
        len({ref, clues.ref_of(body, [other]), clues.ref_of({**body, "unit": "u"}, [first])}) == 3
    )


def test_a17_what_is_no_picture_or_no_position_is_said(tmp_path: Path) -> None:
    def transport(request: Any) -> Reply:
        raise AssertionError("nothing must be sent")

    api = Api("http://127.0.0.1:1", Anybody(), transport=transport)
    with pytest.raises(Failed, match="no picture"):
        clues.upload(api, tmp_path / "a.gif", "")
    with pytest.raises(Failed, match="No such file"):
        clues.upload(api, tmp_path / "a.png", "")
    with pytest.raises(Failed, match="LAT,LON"):
        clues._position("here")
    with pytest.raises(Failed, match="NAME=VALUE"):
        clues._pairs(["x"])
    assert clues._pairs(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
