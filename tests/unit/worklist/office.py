"""An inbox in memory and the news that fills it, for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from functions.shared.authorization import Caller, Grant
from functions.shared.clocks import ClockTold
from functions.shared.events import CloudEvent, event
from functions.shared.events.alerts import ALERT_ENDED, ALERT_RAISED, AlertTold, Watched
from functions.shared.events.clues import CLUE_CHANGED, ClueState, ClueTold, ShareState, ShareTold
from functions.shared.events.supervision import TASK_CHANGED, State, StepTold, TaskTold
from functions.shared.inbox import CHANGED, CLAIMED, OPEN, Inbox
from functions.worklist.lists import Reader
from functions.worklist.usecases import project
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOWN, OTHER = "441900106000", "441900107000"
UNIT, NEIGHBOUR, OFFICE = f"scjg.{TOWN}", f"scjg.{OTHER}", f"office.{TOWN}"


def inbox() -> Inbox:
    return Inbox(FakeTable(CHANGED, CLAIMED, OPEN))


def person(id: str, *grants: str) -> Caller:
    parsed = [Grant.parse(text) for text in grants or (f"{UNIT}:officer",)]
    return Caller(id, frozenset(grant for grant in parsed if grant))


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def clock(stage: str, due: date, remind: date | None = None) -> ClockTold:
    return ClockTold(stage=stage, since=NOW.date(), due=due, remind=remind or due)


def task(id: str = "T1", **more: Any) -> TaskTold:
    told: dict[str, Any] = {
        "id": id,
        "code": "91441900MA0000001X",
        "name": "东莞市试验餐饮管理有限公司",
        "item": "SJ02",
        "item_version": 1,
        "licence": "食品经营许可证",
        "unit": UNIT,
        "town": TOWN,
        "words": ("餐饮服务",),
        "clause": "餐饮服务",
        "law": "食品安全法(2021-04-29)第三十五条",
        "state": State.PUSHED,
        "pushed_at": NOW,
        "changed_at": NOW,
    }
    return TaskTold(**{**told, **more})


def step(verb: str, hours: float, unit: str, to: str | None = None) -> StepTold:
    return StepTold(verb=verb, at=at(hours), unit=unit, to=to)


def pushed(version: int, told: TaskTold, hours: float = 0) -> CloudEvent:
    return event(TASK_CHANGED, told.id, version, told, at(hours))


def share(unit: str, state: ShareState = ShareState.ASSIGNED, **more: Any) -> ShareTold:
    told: dict[str, Any] = {"unit": unit, "state": state, "by": "hub", "assigned_at": NOW}
    return ShareTold(**{**told, **more})


def clue(state: ClueState, *shares: ShareTold, **more: Any) -> ClueTold:
    told: dict[str, Any] = {
        "id": "L1",
        "place": "南城街道某路 1 号",
        "town": TOWN,
        "seen": "无证经营餐饮",
        "reporter": NEIGHBOUR,
        "state": state,
        "office": OFFICE,
        "offices": (OFFICE,),
        "shares": shares,
        "reported_at": NOW,
        "changed_at": NOW,
    }
    return ClueTold(**{**told, **more})


def clued(version: int, told: ClueTold, hours: float = 0) -> CloudEvent:
    return event(CLUE_CHANGED, told.id, version, told, at(hours))


def alerted(version: int, *, unit: str = UNIT, ended: bool = False, **more: Any) -> CloudEvent:
    told: dict[str, Any] = {
        "subject": "T1",
        "kind": Watched.TASK,
        "unit": unit,
        "about_unit": UNIT,
        "unassigned": True,
        "title": "东莞市试验餐饮管理有限公司",
        "rung": "overdue",
        "stage": "receive",
        "due": date(2026, 3, 4),
        "raised_at": at(72),
        "ended": ended,
    }
    body = AlertTold(**{**told, **more})
    kind = ALERT_ENDED if ended else ALERT_RAISED
    return event(kind, f"{body.subject}@{unit}", version, body, at(72))


def show(box: Inbox, *news: CloudEvent, hours: float = 0) -> None:
    for one in news:
        project(one, box, at(hours))


def reader(box: Inbox, who: Caller | None = None, hours: float = 0) -> Reader:
    return Reader(box, who or person("ann"), at(hours))
