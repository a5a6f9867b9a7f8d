"""`sanwei inspections visit`, call by call: one visit, and nothing that was found is lost."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from functions.inspections.domain import Inspection
from functions.inspections.visits import Upload, take_upload
from functions.shared.authorization import Caller
from infra.commands import awaited, visiting
from infra.commands.calling import Failed
from infra.commands.inspections import dispose
from infra.commands.visited import Saying, lacking, turn_of, upload_of
from infra.showing import Screen
from tests.unit.infra.test_inspection_commands import seen, told
from tests.unit.inspections.hamlet import (
    INSPECTOR,
    OFFICE,
    VILLAGE,
    WALKER,
    WALKER_2,
    Hamlet,
)

PHOTO = f"photos/{VILLAGE}/p.jpg"
HOST = ("licence.SJ01", "failed", "unlicensed")
REST = Saying("first", rest=True)


def say(
    hamlet: Hamlet, one: Inspection, saying: Saying, ref: str = "", who: Caller = WALKER
) -> Inspection:
    """One call of the command, some minutes after the one before."""
    hamlet.later(minutes=3)
    hamlet.photos.sizes[PHOTO] = 100
    life = told(hamlet, hamlet.get(one.id))
    turn = turn_of(life, who.id, saying, ref)
    photos = [PHOTO] if saying.found else []
    body = upload_of(life, saying, turn, photos, hamlet.now.isoformat())
    return take_upload(one.id, TypeAdapter(Upload).validate_python(body), who, hamlet.desk)


def failed(*found: tuple[str, str, str], **more: Any) -> Saying:
    return Saying("first", found or (HOST,), {"note": "现场经营"}, pictures=1, **more)


def test_b6_what_one_call_found_wrong_the_next_does_not_pass() -> None:
    hamlet = Hamlet()
    one = hamlet.opened()
    begun = say(hamlet, one, failed(end={"present": "店主"}))
    assert begun.state == "assigned" and [visit.id for visit in begun.visits] == ["cli-first"]
    after = say(hamlet, one, REST)
    assert after.state == "correcting" and after.notice
    assert after.notice.checks == ("licence.SJ01",)
    [visit] = after.visits
    assert visit.decided_at and visit.finished and visit.finished.present == "店主"


def test_b6_many_calls_go_on_with_one_visit_also_with_that_of_a_phone() -> None:
    hamlet = Hamlet()
    one = hamlet.opened()
    now = hamlet.now.isoformat()
    part = {"check": "open", "result": "passed", "noted_at": now}
    body = {"ref": "1", "visit": "phone", "round": "first", "findings": [part], "started_at": now}
    phone = TypeAdapter(Upload).validate_python(body)
    begun = told(hamlet, take_upload(one.id, phone, WALKER, hamlet.desk))
    assert lacking(begun["visits"][0], begun)[-1] == "its end"
    for key in ("display", "licence.GA01", "licence.SJ01", "address"):
        say(hamlet, one, failed((key, "failed", "other")))
    after = say(hamlet, one, REST)
    assert [visit.id for visit in after.visits] == ["phone"] and after.notice
    assert len(after.notice.checks) == 4


def test_b6_another_inspectors_visit_is_another() -> None:
    hamlet = Hamlet()
    one = hamlet.opened(inspectors=(INSPECTOR, WALKER_2.id))
    say(hamlet, one, failed())
    after = say(hamlet, one, REST, who=WALKER_2)
    assert after.outcome == "passed" and len(after.visits) == 2


@pytest.mark.parametrize("ref", ["", "my-own"])
def test_d4_the_same_call_again_is_harmless_before_and_after_it_is_decided(ref: str) -> None:
    hamlet = Hamlet()
    one = hamlet.opened()
    begun = say(hamlet, one, failed(), ref)
    assert say(hamlet, one, failed(), ref) == begun
    rest = ref and f"{ref}-2"
    decided = say(hamlet, one, REST, rest)
    assert say(hamlet, one, REST, rest) == decided and decided.state == "correcting"
    assert say(hamlet, one, failed(), ref) == decided


def test_b6_what_is_said_unsaid_and_said_once_more_stands() -> None:
    hamlet = Hamlet()
    one = hamlet.opened()
    told_it = (("display", "failed", "not_displayed"), ("display", "settled", "not_displayed"))
    for found in (*told_it, told_it[0]):
        after = say(hamlet, one, failed(found))
    [finding] = after.visits[0].findings
    assert finding.result == "failed" and len(after.visits[0].refs) == 3


def test_b7_a_recheck_that_waits_for_its_day_does_not_stand_in_the_next_ones_way() -> None:
    hamlet = Hamlet()
    one = hamlet.opened()
    say(hamlet, one, failed(rest=True))
    wrong = Saying("recheck", (HOST,), {"note": "仍在经营"}, pictures=1)
    waits = say(hamlet, one, wrong)
    assert waits.state == "correcting"
    after = say(hamlet, one, Saying("recheck", rest=True))
    assert after.outcome == "corrected"
    assert [visit.id for visit in after.visits] == ["cli-first", "cli-recheck", "cli-recheck-2"]


def test_b6_a_check_has_one_result() -> None:
    saying = Saying("first", (("display", "failed", "other"), ("display", "settled", "other")))
    with pytest.raises(Failed, match="display is said to be failed and settled"):
        saying.wrong()
    with pytest.raises(Failed, match="both solved and unsolved: open"):
        dispose("I1", note="x", solved=["open"], unsolved=["open", "display"])


def test_b6_a_visit_that_is_not_complete_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"visit_complete": False, "missing": ["open"], "waiting_for": ["p2"]}
    visiting._say_what_became(Screen(), told)
    out = capsys.readouterr().out
    assert "NOT COMPLETE" in out and "nothing yet of open" in out and "p2" in out


def test_b1_an_inspection_shows_what_may_be_found_and_what_happens_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hamlet = Hamlet()
    one = hamlet.opened()
    out = seen(hamlet, one, capsys)
    assert "食品销售；旅馆" in out and one.checks[0].ask in out
    assert "licence.SJ01=unlicensed" in out and "photo needed" in out
    assert f"next: {INSPECTOR} visits (visit); limits: " in out
    begun = say(hamlet, one, failed(end={"present": "店主"}))
    out = seen(hamlet, begun, capsys)
    assert "under way; lacks address, open" in out and "店主" in out and "2026-03-02" in out
    after = say(hamlet, one, REST)
    out = seen(hamlet, after, capsys)
    assert "counts since" in out and "next: the operator corrects until" in out
    assert "display=" not in out  # only what failed is looked at again


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "waiting"}, f"{VILLAGE} gives it to an inspector"),
        ({"state": "waiting", "village": None, "unit": OFFICE}, f"{OFFICE} says in which village"),
        ({"state": "disposing"}, f"{VILLAGE} holds joint disposal"),
        ({"state": "referred", "unit": ""}, "the departments: end their tasks"),
        ({"state": "closed", "outcome": "superseded", "next": "I2"}, "inspection I2 goes on"),
        ({"state": "closed", "outcome": "passed"}, "nothing: it is over"),
    ],
)
def test_b1_in_every_state_it_is_said_who_must_act(change: dict[str, Any], said: str) -> None:
    hamlet = Hamlet()
    first = next(awaited.next_steps(told(hamlet, hamlet.opened(assigned=False, **change))))
    assert said in first


def test_b4_a_row_at_an_office_says_why_it_waits_there() -> None:
    row = {"state": "waiting", "place_problem": "town_ambiguous"}
    assert "which village? " in awaited.why_at_office(row)
    assert awaited.why_at_office({"state": "waiting", "village": VILLAGE}) == ""
    assert "who must act" in awaited.why_at_office({"state": "classifying", "village": VILLAGE})
