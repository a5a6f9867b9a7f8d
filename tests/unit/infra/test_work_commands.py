"""`sanwei worklist`, `tasks` and `audit verify`: what they read, and what people see of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from functions.shared.errors import Conflict
from functions.shared.events.clues import ClueState
from functions.shared.events.supervision import State
from functions.shared.table import Record
from functions.shared.trail import digest, seal
from functions.trail.audit import check_piece, list_days
from functions.trail.domain import archive_key, packed
from functions.trail.usecases import seal_day
from functions.worklist.domain import Filter, RowTold
from functions.worklist.lists import list_page
from infra.client import Api, CallFailed, Reply
from infra.commands.audit import verified
from infra.commands.worklist import read_rows, show_rows
from infra.showing import Screen
from tests.fakes.objects import MemoryObjects
from tests.unit.worklist import office

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Anybody:
    def token(self, *, renewed: bool = False) -> str:
        return "token"


def city(answer: Any) -> Api:
    """A city that answers each GET with what `answer` makes of its path and query."""

    def transport(request: Any) -> Reply:
        asked = urlsplit(request.full_url)
        return Reply(200, answer(asked.path, dict(parse_qsl(asked.query))).encode())

    return Api("http://127.0.0.1:1", Anybody(), transport=transport)


def audited(archive: MemoryObjects, roots: MemoryObjects) -> Api:
    def answer(path: str, query: dict[str, str]) -> str:
        try:
            day = date.fromisoformat(path.rpartition("/")[2])
            return check_piece(day, archive, roots, query.get("after", "")).model_dump_json()
        except Conflict:
            raise CallFailed("not sealed", 409) from None

    return city(answer)


def versions(state: str) -> list[Record]:
    first = seal({"pk": "T#1", "sk": "T", "state": "pushed"}, before=None, by="system", now=NOW)
    later = NOW + timedelta(days=1)
    return [
        first,
        seal({"pk": "T#1", "sk": "T", "state": state}, before=first, by="ann", now=later),
    ]


def test_d1_an_audit_joins_the_days_and_names_the_row_that_was_changed() -> None:
    first, second = versions("closed")
    forged = {**second, "state": "returned", "prev_hash": "x" * 32}
    forged["hash"] = digest(forged)
    archive, roots = MemoryObjects(), MemoryObjects()
    for number, records in enumerate(([first], [forged])):
        day = DAY + timedelta(days=number)
        archive.write(archive_key("supervision", day, "0"), packed(records))
        seal_day(day, archive, roots)
    days = [*list_days(roots), DAY + timedelta(days=2)]
    told = verified(audited(archive, roots), days, Screen(as_json=True))
    (row,) = told["rows"]
    assert (row["table"], row["pk"], row["version"], row["by"], row["fails"]) == (
        *("supervision", "T#1", 2, "ann"),
        "prev_hash",
    )
    assert told["checked"] == {"objects": 2, "records": 2}
    assert (told["objects"], told["unsealed"], told["older"]) == ([], ["2026-03-04"], 0)


def rows_of_everything() -> list[RowTold]:
    box = office.inbox()
    late = (office.clock("receive", date(2026, 2, 27)),)
    office.show(
        box,
        office.pushed(1, office.task(clocks=late)),
        office.clued(1, office.clue(ClueState.ASSIGNED, office.share(office.UNIT))),
        office.alerted(1),
    )
    rows, _ = list_page(office.UNIT, Filter(), office.reader(box), limit=10, after=None)
    return rows


def test_d2_a_worklist_of_every_kind_is_shown_with_light_and_lateness(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [row.model_dump(mode="json", exclude_none=True) for row in rows_of_everything()]
    rows[-1]["claimed_by"] = "ann"
    show_rows(Screen(), {"unit": office.UNIT, "rows": rows})
    shown = capsys.readouterr().out
    assert "3 rows of scjg.441900106000" in shown
    for said in ("red", "ann", "overdue", "无证经营餐饮", "T1@"):
        assert said in shown


def test_a13_a_suspended_task_says_so_and_has_no_light(
    capsys: pytest.CaptureFixture[str],
) -> None:
    box = office.inbox()
    office.show(box, office.pushed(1, office.task(suspended=True, state=State.HANDLING)))
    rows, _ = list_page(office.UNIT, Filter(), office.reader(box), limit=10, after=None)
    shown = [row.model_dump(mode="json", exclude_none=True) for row in rows]
    show_rows(Screen(), {"unit": office.UNIT, "rows": shown})
    out = capsys.readouterr().out
    assert "suspended" in out and "handling" not in out and "green" not in out


def test_d2_rows_are_read_over_as_many_pages_as_there_are() -> None:
    pages = {"": ("a", "p2"), "p2": ("b", "p3"), "p3": ("c", "")}
    asked: list[dict[str, str]] = []

    def answer(path: str, query: dict[str, str]) -> str:
        asked.append(query)
        row, after = pages[query.get("after", "")]
        more = f', "after": "{after}"' if after else ""
        return f'{{"unit": "u", "rows": ["{row}"]{more}}}'

    told = read_rows(city(answer), {"kind": "task"}, None, 10)
    assert told == {"unit": "u", "rows": ["a", "b", "c"]}
    assert [one["kind"] for one in asked] == ["task"] * 3
    assert read_rows(city(answer), {}, None, 2)["rows"] == ["a", "b"]
