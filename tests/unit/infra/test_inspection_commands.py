"""`sanwei inspections`, `inspection`, `roster`: what they send, and what people see of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from functions.inspections.desk import Grid, Inspector, Roster
from functions.inspections.domain import Inspection
from functions.inspections.reading import life_of
from functions.inspections.visits import Upload, take_upload
from infra import rosters
from infra.client import CallFailed
from infra.commands import inspection, inspections, visiting
from infra.commands.calling import Failed
from infra.commands.rosters import load
from infra.commands.visited import Saying, Turn, findings_of, pairs, turn_of, upload_of
from infra.showing import Screen
from tests.unit.inspections.hamlet import INSPECTOR, VILLAGE, WALKER, Hamlet


def told(hamlet: Hamlet, one: Inspection) -> dict[str, Any]:
    """The inspection as the city answers with it."""
    life = life_of(one, hamlet.desk)
    answer: dict[str, Any] = json.loads(life.model_dump_json(exclude_none=True))
    return answer


def seen(hamlet: Hamlet, one: Inspection, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    inspection.show(Screen(), told(hamlet, one))
    return capsys.readouterr().out


def visited(hamlet: Hamlet, one: Inspection, round: str, **wrong: str) -> Inspection:
    """A whole visit by what the command makes of its options."""
    found = [(check.replace("_", "."), "failed", kind) for check, kind in wrong.items()]
    saying = Saying(round, tuple(found), {"note": "现场经营"}, rest=True)
    key = "photos/" + VILLAGE + "/p.jpg"
    hamlet.photos.sizes[key] = 100
    life = told(hamlet, one)
    turn = turn_of(life, INSPECTOR, saying)
    body = upload_of(life, saying, turn, [key], hamlet.now.isoformat())
    upload = TypeAdapter(Upload).validate_python(body)
    return take_upload(one.id, upload, WALKER, hamlet.desk)


def test_b6_a_visit_says_what_is_wrong_and_that_the_rest_is_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hamlet = Hamlet()
    after = visited(hamlet, hamlet.opened(), "first", licence_SJ01="unlicensed")
    assert after.notice and after.notice.checks == ("licence.SJ01",)
    out = seen(hamlet, after, capsys)
    assert after.notice.number in out and after.notice.correct_by.isoformat() in out
    assert "failed (unlicensed; 现场经营; 1 photo)" in out and "《无证无照经营查处办法》" in out
    assert INSPECTOR in out and "recheck" in out


def test_b7_a_recheck_is_of_exactly_what_failed() -> None:
    hamlet = Hamlet()
    before = visited(hamlet, hamlet.opened(), "first", licence_SJ01="unlicensed")
    findings = findings_of(told(hamlet, before), Saying("recheck", rest=True), Turn("v", "r"))
    assert findings == [{"check": "licence.SJ01", "result": "passed"}]
    hamlet.later(days=8)
    after = visited(hamlet, before, "recheck", licence_SJ01="unlicensed")
    assert after.state == "disposing"


def test_b6_what_is_left_out_is_not_said_unless_asked() -> None:
    hamlet = Hamlet()
    one = told(hamlet, hamlet.opened())
    wrong = (("display", "settled", "not_displayed"), ("display", "settled", "other"))
    saying = Saying("first", wrong, {"note": "已悬挂"})
    [only] = findings_of(one, saying, Turn("v", "r"))
    assert only["kinds"] == ["not_displayed", "other"] and only["note"] == "已悬挂"
    all_of_them = findings_of(one, Saying("first", wrong, rest=True), Turn("v", "r"))
    assert len(all_of_them) == len(one["checks"])


def test_b4_a_waiting_inspection_is_shown_with_who_is_proposed_and_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hamlet = Hamlet()
    grid = Grid(id=f"{VILLAGE}-01", name="某村第1网格", places=("一路",))
    walker = Inspector(id=INSPECTOR, name="林*", grids=(grid.id,))
    roster = Roster(village=VILLAGE, grids=(grid,), inspectors=(walker,))
    hamlet.store.rosters.save(roster, before=None, by="test", now=hamlet.now)
    waiting = hamlet.opened(assigned=False)
    out = seen(hamlet, waiting, capsys)
    assert f"proposed: {INSPECTOR} (fewest: 0), grid {grid.id} (place: 一路)" in out
    line = inspections._line(told(hamlet, waiting))
    assert line[0] == waiting.id and INSPECTOR in line[-1] and "proposed" in line[-1]
    out_with = inspections._line(told(hamlet, hamlet.opened(edition=2)))
    assert out_with[-1] == f"{INSPECTOR}, grid {grid.id}"
    assert {"green", "establishment", "assigned"} <= set(out_with)


def test_a_pair_that_is_none_is_said() -> None:
    assert pairs(["address=not_found"], "CHECK=KIND") == [("address", "not_found")]
    for wrong in ("address", "=x", "address="):
        with pytest.raises(Failed, match="say CHECK=KIND"):
            pairs([wrong], "CHECK=KIND")


def test_in_a_city_that_is_ahead_of_the_clock_its_own_time_counts() -> None:
    hamlet = Hamlet()
    one = hamlet.opened()
    ahead = one.model_copy(update={"changed_at": one.changed_at + timedelta(days=40_000)})
    assert visiting.now_in(told(hamlet, ahead)) == ahead.changed_at
    assert visiting.now_in(told(hamlet, one)) > one.changed_at


class City:
    """Takes rosters; refuses one village's."""

    def __init__(self, refused: str = "") -> None:
        self.put_: dict[str, Any] = {}
        self._refused = refused

    def put(self, path: str, body: Any) -> Any:
        village = path.split("/")[3]
        if village == self._refused:
            raise CallFailed("village: unknown", 400)
        self.put_[village] = body
        return {"village": village, **body}


def line(village: str, grid: str, *walkers: str) -> str:
    people = [{"id": one, "name": "林*", "grids": [grid]} for one in walkers]
    one = {"village": village, "grids": [{"id": grid, "name": "一"}], "inspectors": people}
    return json.dumps(one)


def test_b4_rosters_are_put_village_by_village_and_counted() -> None:
    lines = [line("1", "g", "a", "b"), "", line("2", "h", "c")]
    city, done = City(), list[int]()
    counts = rosters.put(rosters.parse("\n".join(lines)), city, done.append)
    assert counts == {"villages": 2, "grids": 2, "inspectors": 3} and done == [1, 2]
    assert [one["id"] for one in city.put_["2"]["inspectors"]] == ["c"]
    with pytest.raises(CallFailed, match=r"village 2: village: unknown \(1 before it are loaded"):
        rosters.put(rosters.parse("\n".join(lines)), City("2"), done.append)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "line 1 names no"),
        ('\n{"a": 1}', "line 2"),
        ("x", "not JSON"),
        ('{"village": "1"}', "line 1, village 1: it has no grids"),
        (line("1", "g"), "line 1, village 1: it has no inspectors"),
        (line("1", "g", "a", "a"), "village 1: a stands there twice"),
        (
            line("1", "g", "a") + "\n" + line("1", "h", "b"),
            "line 2, village 1: it stands in line 1",
        ),
        (line("1", "g", "a").replace('["g"]', '["h"]'), "village 1: somebody walks h"),
        ("\n" + line("1", "", "a"), "line 2, village 1: grids.0.id"),
    ],
)
def test_b4_a_line_that_is_no_roster_is_named(text: str, said: str) -> None:
    with pytest.raises(rosters.NotARoster, match=said):
        list(rosters.parse(text))


def test_b4_one_says_either_a_file_or_the_sample(tmp_path: Path) -> None:
    for file, sample in ((None, False), (tmp_path / "a.jsonl", True)):
        with pytest.raises(Failed, match="name a file, or say --sample"):
            load(file, sample=sample)
