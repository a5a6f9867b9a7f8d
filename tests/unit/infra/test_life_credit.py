"""The story of public credit that a local city tells: every step waits until the city is ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from functions.credit.catalogue import parse_catalogue
from infra.city.credit_samples import companies
from infra.client import CallFailed
from infra.emulator import PROJECT
from infra.life.agenda import Agenda
from infra.life.credit import SOURCE, STRANGER, TAKES_PART, Credit
from infra.life.plans import at
from tests.unit.infra.test_life import MONDAY, Watch

_SUMS = {"accepted": 30, "corrected": 20, "duplicate": 2, "returned": 37, "held": 1}


@dataclass
class Office:
    """Answers as a city does that needs some looks for everything; `asked` are the calls."""

    slow: int = 2
    asked: list[tuple[str, str]] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)

    def api(self, who: str) -> _Api:
        return _Api(self, who)


@dataclass
class _Api:
    office: Office
    who: str

    def post(self, path: str, body: Any = None) -> Any:
        self.office.asked.append((self.who, path))
        if path == "/v1/credit/batches":
            self.office.rows += body["rows"]
            return {"id": f"scjg.{body['id']}"}
        if path == "/v1/sanctions" and self._looks(path) <= self.office.slow:
            raise CallFailed("no ground yet", 400)
        return {"id": "J1", "title": "备忘录", "state": "active"}

    def get(self, path: str, **query: Any) -> Any:
        self.office.asked.append((self.who, path))
        ready = self._looks(path) > self.office.slow
        if path.startswith("/v1/credit/batches/"):
            fault = {"field": "JDRQ", "code": "date_future", "message": "日期在将来"}
            row = {"row": 7, "faults": [fault]}
            state = "done" if ready else "checking"
            return {"state": state, "rows": 70, "sums": _SUMS, "returned": [row]}
        if path.startswith("/v1/credit/grades/"):
            record = {"title": "严重违法失信名单", "document": "东市监列1号"}
            rule = {"title": "列入名单"}
            worse = {"grade": "D", "reasons": [rule], "records": [record]}
            same = {"name": "晴禾", "grade": "B", "reasons": [], "records": []}
            return same | worse if ready else same
        mine = self.who == f"officer:{TAKES_PART}" and ready
        measures = [{"code": "M01", "title": "限制参加政府采购活动"}] if mine else []
        return {"measures": measures, "effects": ["banned"]}

    def _looks(self, path: str) -> int:
        return self.office.asked.count((self.who, path))


def story(office: Office) -> Credit:
    return Credit(office, companies(12, 3), "sample", lambda: MONDAY)  # type: ignore[arg-type]


def test_c5_the_story_tells_what_came_back_which_grade_fell_and_which_counter_must_refuse() -> None:
    office = Office()
    told = story(office)
    told.play(pause=lambda seconds: None)
    text = "\n".join(told.lines())
    assert "70 rows of penalties = 30 accepted (20 corrected) + 2 duplicate + 37 returned" in text
    assert "row 7 came back: 日期在将来" in text
    assert "晴禾 was graded B, is graded D" in text
    assert f"the counter of {TAKES_PART}: M01 限制参加政府采购活动 (grade: banned)" in text
    assert f"the counter of {STRANGER}: no measure is its own" in text
    assert list(told.news())
    assert not list(told.news())


def test_a_city_that_is_never_ready_is_told_and_not_waited_for_forever() -> None:
    with pytest.raises(CallFailed, match="read what came back"):
        story(Office(slow=10_000)).play(pause=lambda seconds: None)


def test_a_fortnight_has_every_step_of_the_story_on_its_agenda() -> None:
    office = Office(slow=0)
    told = story(office)
    agenda = Agenda(Watch(at(MONDAY, 8)))
    told.begin(agenda, lambda n, hour: at(MONDAY + timedelta(days=n), hour))
    agenda.play(at(MONDAY + timedelta(days=8), 8))
    assert told.told["counters"][TAKES_PART]["measures"]
    assert not agenda.refused


def test_c1_what_is_handed_in_names_the_sources_own_code() -> None:
    office = Office(slow=0)
    story(office).play(pause=lambda seconds: None)
    catalogue = parse_catalogue((PROJECT / "infra" / "city" / "catalogue.toml").read_text("utf-8"))
    source = catalogue.source(SOURCE)
    assert source
    entry = catalogue.entry("serious_violation", date(2026, 3, 2))
    assert entry
    row = office.rows[-1]
    assert row["JDJGDM"] == source.code
    assert row.keys() == {one.name for one in entry.fields}
