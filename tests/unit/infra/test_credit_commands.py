"""`sanwei credit`, `person`, `sanction`, `counter`: what they send, and what people see of it."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from functions.credit.batches import Form
from functions.credit.domain import Correction
from functions.credit.graded import EarlierTold, GradeShown, ReasonTold
from functions.credit.grading import Counter
from functions.credit.pages import (
    KeptGroup,
    Line,
    OfficialPage,
    PublicGroup,
    PublicPage,
    RecordKept,
    RecordShown,
    SubjectShown,
)
from functions.credit.persons import Person, PersonRecord
from functions.credit.quality_handlers import CoverageTold, FiguresTold, QualityTold
from functions.credit.telling import BatchTold, ReturnedTold, SumsTold
from functions.discipline.counter import CounterTold, MeasureDue
from functions.shared.authorization import Grant, Role
from functions.shared.events.credit import BatchState, Category, Grade, SubjectKind
from functions.shared.http import FaultTold
from infra.client import Api, Reply
from infra.commands import credit, persons, sanctions, subjects
from infra.commands.calling import Failed, unit_of
from infra.posts import NobodyThere, grants_of
from infra.showing import Screen
from tests.unit.credit.bureau import CODE, NOW
from tests.unit.infra.test_work_commands import Anybody


def told(model: BaseModel) -> dict[str, Any]:
    """As a client reads it."""
    return dict(json.loads(model.model_dump_json(exclude_none=True)))


def batch(state: BatchState = BatchState.DONE, **more: Any) -> BatchTold:
    given = {"id": "b1", "source": "scjg", "item": "penalty", "form": Form.CSV, "rows": 4}
    sums = SumsTold(accepted=1, duplicate=1, returned=2, corrected=1)
    return BatchTold(**{**given, "state": state, "sums": sums, "received_at": NOW, **more})


class City:
    """Answers each call with the next of `answers`; `calls` are (method, path, body)."""

    def __init__(self, *answers: BaseModel) -> None:
        self.answers = [one.model_dump_json(exclude_none=True).encode() for one in answers]
        self.calls: list[tuple[str, str, Any]] = []
        self.api = Api("http://127.0.0.1:1", Anybody(), transport=self._answer)

    def _answer(self, request: Any) -> Reply:
        body = json.loads(request.data) if request.data else None
        path = request.full_url.removeprefix("http://127.0.0.1:1")
        self.calls.append((request.get_method(), path, body))
        return Reply(200, self.answers.pop(0))


def test_c4_rows_in_json_are_sent_with_the_call_and_the_same_file_is_the_same_batch(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rows.json"
    file.write_text('[{"XK_XDR_MC": "东莞市晴禾食品有限公司"}]', encoding="utf-8")
    city = City(batch(), batch(), batch())
    for _ in range(2):
        credit.hand_in(city.api, file, "licence", source="scjg")
    (method, path, first), (_, _, again) = city.calls
    assert (method, path) == ("POST", "/v1/credit/batches")
    assert first == again
    assert (first["form"], len(first["rows"]), first["source"]) == ("json", 1, "scjg")
    credit.hand_in(city.api, file, "licence", source="scjg", replaces="b0")
    assert city.calls[2][2]["id"] != first["id"] and city.calls[2][2]["replaces"] == "b0"


def test_c4_what_is_no_file_of_rows_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    city = City()
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").write_text("[")
    for name, text in (
        ("a.pdf", "none of"),
        ("a.json", "not a list"),
        ("b.json", "not JSON"),
        ("c.csv", "No such file"),
    ):
        with pytest.raises(Failed, match=text):
            credit.hand_in(city.api, tmp_path / name, "penalty")
    assert city.calls == []


def test_c5_one_waits_until_a_batch_rests() -> None:
    city = City(batch(BatchState.CHECKING), batch(BatchState.COMMITTING), batch())
    assert credit.rested(city.api, "b1", poll=0)["state"] == "done"
    assert {path for _, path, _ in city.calls} == {"/v1/credit/batches/b1"}
    with pytest.raises(Failed, match="still checking"):
        credit.rested(City(batch(BatchState.CHECKING)).api, "b1", patience=0, poll=0)


def test_c5_a_person_sees_the_sums_and_why_rows_came_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fault = FaultTold(field="CF_XDR_SHXYM", code="code_check", message="校验位不符")
    rows = [ReturnedTold(row=3, faults=[fault])]
    credit.show(Screen(), told(batch(returned=rows)))
    out = capsys.readouterr().out
    assert "4 rows = 1 accepted + 1 duplicate + 2 returned + 0 held" in out
    assert "1 corrected, 0 late" in out
    assert "CF_XDR_SHXYM" in out and "校验位不符" in out


def test_c6_a_held_batch_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    why = FaultTold(field="batch", code="many", message="far more rows than usual")
    credit.show(Screen(), told(batch(BatchState.HELD, reasons=[why])))
    assert "far more rows than usual" in capsys.readouterr().out


def test_c8_a_page_shows_every_category_with_its_records(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = RecordShown(
        id="r1",
        item="penalty",
        title="行政处罚",
        category=Category.PENALTY,
        source="市场监督管理局",
        document="东市监〔2026〕1号",
        decided_on=date(2026, 4, 7),
        lines=[Line(name="CF_NR", title="处罚内容", value="罚款")],
        annotation="异议处理中",
    )
    who = SubjectShown(
        code=CODE,
        name="晴禾",
        kind=SubjectKind.ENTERPRISE,
        former=("旧晴禾",),
        registered=True,
        cancelled=True,
    )
    group = PublicGroup(category=Category.PENALTY, records=[record])
    page = PublicPage(subject=who, counts={Category.PENALTY: 7}, groups=[group], next=2)
    subjects.show_page(Screen(), told(page))
    out = capsys.readouterr().out
    for text in (CODE, "旧晴禾", "cancelled", "penalty: 7", "东市监〔2026〕1号", "--page 2"):
        assert text in out
    assert "for good" in out and "异议处理中" in out and "Besides" in out and "r1" not in out


def test_c12_a_grade_is_shown_with_its_rules_and_what_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reason = ReasonTold(rule="serious", title="严重违法失信名单", basis="办法第九条")
    before = EarlierTold(grade=Grade.ORDINARY, rules="2026.1", since=NOW, until=NOW)
    grade = GradeShown(
        subject=CODE,
        kind=SubjectKind.ENTERPRISE,
        name="晴禾",
        grade=Grade.SERIOUS,
        rules="2026.1",
        reasons=(reason,),
        counter=("banned",),
        history=(before,),
    )
    subjects.show_grade(Screen(), told(grade))
    out = capsys.readouterr().out
    assert f"{CODE} 晴禾: D by the rules 2026.1" in out
    assert (
        "严重违法失信名单" in out
        and "at every counter: " in out
        and "(banned)" in out
        and "2026-04-07" in out
    )


def test_c13_the_counter_shows_measures_or_says_that_there_are_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sanctions.show_counter(Screen(), told(CounterTold(code=CODE, unit="scjg")))
    assert "no measure is to be applied" in capsys.readouterr().out
    due = MeasureDue(
        code="M1", title="限制任职", law="公司法", instrument="memo", constraint="s1@scjg"
    )
    both = CounterTold(code=CODE, unit="scjg", measures=(due,), effects=("banned",))
    sanctions.show_counter(Screen(), told(both))
    out = capsys.readouterr().out
    assert "限制任职" in out and "until lifted" in out and "(banned)" in out
    assert "by its published grade" in out


@pytest.mark.parametrize("effect", Counter)
def test_c13_what_a_grade_brings_is_said_in_words(effect: Counter) -> None:
    assert sanctions.effect_text(effect).endswith(f" ({effect})")


def test_c13_whoever_has_one_unit_need_not_name_it() -> None:
    assert unit_of("", "officer:czj") == "czj"
    assert unit_of("scjg", "officer:czj") == "scjg"
    for who in ("", "city", "officer:nowhere"):
        with pytest.raises(Failed):
            unit_of("", who)


def test_c8_officials_see_the_id_what_it_says_corrections_and_disputes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = RecordKept(
        id="r1",
        item="penalty",
        title="行政处罚",
        category=Category.PENALTY,
        source="市场监督管理局",
        lines=[Line(name="NR_FK", title="罚款金额（万元）", value="1.5")],
        public=False,
        disputes=("D1",),
        corrections=(Correction(field="NR", rule="trim", before="a ", after="a"),),
    )
    who = SubjectShown(
        code=CODE, name="晴禾", kind=SubjectKind.ENTERPRISE, registered=True, cancelled=False
    )
    group = KeptGroup(category=Category.PENALTY, records=[record])
    page = OfficialPage(subject=who, counts={Category.PENALTY: 1}, groups=[group])
    subjects.show_page(Screen(), told(page))
    out = capsys.readouterr().out
    for text in (
        "r1:",
        "罚款金额（万元）: 1.5",
        "corrected NR (trim)",
        "disputes: D1",
        "not public",
    ):
        assert text in out


def test_c12_a_grade_without_a_rule_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    grade = GradeShown(
        subject=CODE,
        kind=SubjectKind.ENTERPRISE,
        name="晴禾",
        grade=Grade.ORDINARY,
        rules="2026.1",
    )
    subjects.show_grade(Screen(), told(grade))
    out = capsys.readouterr().out
    assert "no rule holds" in out and "because" not in out


def test_c5_the_quality_names_reasons_shares_and_what_did_not_come(
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures = FiguresTold(
        source="scjg",
        item="penalty",
        month="2026-03",
        batches=1,
        rows=4,
        sums=SumsTold(accepted=1, duplicate=1, returned=1, held=1),
        accepted=25.0,
        corrected=0.0,
        returned=25.0,
        late=0.0,
        days_late=0.0,
        codes={"code_check": 1},
    )
    missing = CoverageTold(source="scjg", item="licence", title="行政许可", owed=1, came=0)
    quality = QualityTold(
        since=date(2026, 3, 1),
        until=date(2026, 3, 31),
        figures=[figures],
        coverage=[missing],
        owed=1,
        covered=0,
    )
    subjects.show_quality(Screen(), told(quality))
    out = capsys.readouterr().out
    assert out.count("25.00") == 4 and "code_check 1" in out and "行政许可" in out


@pytest.mark.parametrize(
    ("state", "code"),
    [(BatchState.BROKEN, 1), (BatchState.REFUSED, 1), (BatchState.DONE, 0)],
)
def test_c5_a_batch_that_came_to_nothing_fails_the_command(state: BatchState, code: int) -> None:
    assert credit.outcome(told(batch(state))) == code


def test_c5_a_mended_batch_names_the_one_that_mended_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    credit.show(Screen(), told(batch(replaced_by="b2")))
    assert "came again in b2" in capsys.readouterr().out


def test_c8_the_number_is_read_from_standard_input_and_shown_to_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert persons.number_from(StringIO("110101199003070230\n")) == "110101199003070230"
    record = PersonRecord(
        id="r1",
        item="penalty",
        title="行政处罚",
        category=Category.PENALTY,
        source="scjg",
        values={},
        sealed=("CF_XDR_ZJHM",),
    )
    found = Person(look_up="scjg/1", name="张三丰", number="11**************30", records=[record])
    persons.show(Screen(), told(found))
    out = capsys.readouterr().out
    assert "张三丰" in out and "logged as scjg/1" in out and "CF_XDR_ZJHM" in out


def test_c8_no_command_takes_a_number_as_an_argument() -> None:
    names = {one for one in persons.look_up.__annotations__ if "number" in one}
    assert names == set()


@pytest.mark.parametrize(
    ("who", "unit", "role"),
    [
        ("credit", "credit", Role.CREDIT),
        ("credit:credit", "credit", Role.CREDIT),
        ("source:scjg", "scjg", Role.SOURCE),
        ("destination:creditnation", "creditnation", Role.DESTINATION),
        (f"entity:{CODE}", CODE, Role.ENTITY),
    ],
)
def test_c2_the_people_of_public_credit_have_posts(who: str, unit: str, role: Role) -> None:
    assert grants_of(who) == (Grant(unit, role),)


@pytest.mark.parametrize(
    "who", ["source:nowhere", "destination:scjg", "entity:scjg", f"entity:{CODE[:-1]}"]
)
def test_c2_nobody_sits_where_nothing_is(who: str) -> None:
    with pytest.raises(NobodyThere):
        grants_of(who)
