"""`sanwei calendar`: what is told before a city is called, and what people see of its answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.commands.calendar import load, show_calendar
from infra.commands.calling import Failed
from infra.showing import Screen

TOLD = {
    "version": "2027.1",
    "years": [2019, 2026, 2027],
    "loaded": [
        {
            "version": "2027.1",
            "years": [2019, 2026, 2027],
            "loaded_at": "2026-11-24T08:00:00Z",
            "loaded_by": "wu",
        }
    ],
}


def test_a_file_that_cannot_be_read_is_told_before_any_city_is_called(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="No such file"):
        load(tmp_path / "none.toml")
    (tmp_path / "old.toml").write_bytes('notice = "国办"'.encode("gb18030"))
    with pytest.raises(Failed, match="not UTF-8"):
        load(tmp_path / "old.toml")


def test_a14_people_see_which_calendar_holds_and_who_loaded_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_calendar(Screen(), TOLD)
    shown = capsys.readouterr().out
    assert "calendar 2027.1 holds, published for 2019 to 2027" in shown
    assert "wu" in shown
