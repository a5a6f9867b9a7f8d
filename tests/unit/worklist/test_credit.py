"""Disputes, sanctions and participants' measures in the worklist of whom they concern (D2, C13)."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from functions.shared.authorization import Caller
from functions.shared.clocks import ClockTold, Light
from functions.shared.errors import Conflict, NotFound
from functions.shared.events import CloudEvent, event
from functions.shared.events.alerts import Watched
from functions.shared.events.credit import (
    DISPUTE_CHANGED,
    DISPUTE_OPENED,
    DisputeKind,
    DisputeState,
    DisputeTold,
    SubjectKind,
)
from functions.shared.events.discipline import (
    CONSTRAINT_CHANGED,
    SANCTION_CHANGED,
    ConstraintState,
    ConstraintTold,
    MeasureTold,
    SanctionState,
    SanctionTold,
)
from functions.shared.inbox import Inbox, Row, RowKind
from functions.worklist.claiming import Work, claim_work
from functions.worklist.domain import Filter, RowState, RowTold
from functions.worklist.lists import count, list_page, sees_all
from tests.unit.worklist.office import NOW, alerted, at, clock, inbox, person, reader, show

CREDIT, SOURCE, PART = "credit", "scjg", "czj"
OFFICE = person("ann", "credit:credit")
LEAD = person("bob", "czj:lead")
DUE = date(2026, 3, 9)
CODE, NAME = "91441900YX00000109", "东莞市试验餐饮管理有限公司"
TITLE = "失信企业协同监管和联合惩戒合作备忘录"
ID = "J1@czj"


def dispute(version: int, state: DisputeState, unit: str, *former: str, **more: Any) -> CloudEvent:
    body = DisputeTold(
        **{
            "id": "Y1",
            "kind": DisputeKind.OBJECTION,
            "state": state,
            "record": f"{CODE}.d1",
            "subject": CODE,
            "name": NAME,
            "item": "penalty",
            "title": "行政处罚",
            "unit": unit,
            "former": former,
            "ground": "并非本企业",
            "clocks": (clock("check", DUE),) if unit else (),
            "filed_at": NOW,
            "changed_at": at(version),
            **more,
        }
    )
    kind = DISPUTE_OPENED if version == 1 else DISPUTE_CHANGED
    return event(kind, "Y1", version, body, at(version))


def sanction(version: int, state: SanctionState, *clocks: ClockTold) -> CloudEvent:
    body = SanctionTold(
        id="J1",
        unit=SOURCE,
        office=CREDIT,
        instrument="serious_market",
        title=TITLE,
        subject=CODE,
        kind=SubjectKind.ENTERPRISE,
        name=NAME,
        state=state,
        ground="严重违法" * 100,
        clocks=clocks,
        changed_at=at(version),
    )
    return event(SANCTION_CHANGED, "J1", version, body, at(version))


def constraint(version: int, state: ConstraintState, *clocks: ClockTold) -> CloudEvent:
    body = ConstraintTold(
        id=ID,
        sanction="J1",
        unit=PART,
        subject=CODE,
        kind=SubjectKind.ENTERPRISE,
        name=NAME,
        instrument="serious_market",
        title=TITLE,
        ground="严重违法",
        measures=(MeasureTold(code="M01", title="限制参加政府采购活动", law="《政府采购法》"),),
        state=state,
        live=state is not ConstraintState.LIFTED,
        clocks=clocks,
        approved_at=at(1),
        changed_at=at(version),
    )
    return event(CONSTRAINT_CHANGED, ID, version, body, at(version))


def row(box: Inbox, unit: str, kind: RowKind, subject: str) -> Row:
    found = box.get(unit, kind, subject)
    assert found
    return found


def told(box: Inbox, unit: str, who: Caller, **wanted: Any) -> list[RowTold]:
    rows, _ = list_page(unit, Filter(**wanted), reader(box, who), limit=50, after=None)
    return rows


@pytest.fixture
def box() -> Inbox:
    return inbox()


def test_c11_a_dispute_stands_with_whoever_must_act_and_leaves_when_it_is_decided(
    box: Inbox,
) -> None:
    show(box, dispute(1, DisputeState.FILED, CREDIT))
    [shown] = told(box, CREDIT, OFFICE)
    assert (shown.state, shown.open, shown.due) == (RowState.FILED, True, DUE)
    assert (shown.why.reasons, shown.why.note) == (("objection",), "并非本企业")
    show(box, dispute(2, DisputeState.ASKED, SOURCE, CREDIT))
    assert row(box, CREDIT, RowKind.DISPUTE, "Y1").gone
    assert row(box, SOURCE, RowKind.DISPUTE, "Y1").open
    show(box, dispute(3, DisputeState.UPHELD, "", CREDIT, SOURCE))
    for unit in (CREDIT, SOURCE):
        assert row(box, unit, RowKind.DISPUTE, "Y1").gone


def test_c11_disputes_in_any_order_end_in_the_same_rows() -> None:
    news = [
        dispute(1, DisputeState.FILED, CREDIT),
        dispute(2, DisputeState.ASKED, SOURCE, CREDIT),
        dispute(3, DisputeState.ANSWERED, CREDIT, SOURCE),
    ]
    for order in permutations(news):
        box = inbox()
        show(box, *order, *order)
        assert row(box, CREDIT, RowKind.DISPUTE, "Y1").open
        assert row(box, SOURCE, RowKind.DISPUTE, "Y1").gone


def test_c13_a_sanction_waits_for_the_office_and_its_initiator_sees_it(box: Inbox) -> None:
    show(box, sanction(1, SanctionState.PROPOSED, clock("approve", DUE)))
    office = row(box, CREDIT, RowKind.SANCTION, "J1")
    initiator = row(box, SOURCE, RowKind.SANCTION, "J1")
    assert (office.open, office.due) == (True, DUE)
    assert (initiator.open, initiator.gone, initiator.clocks) == (False, False, ())
    assert initiator.sanction and len(initiator.sanction.ground) < 200
    [shown] = told(box, CREDIT, OFFICE)
    assert (shown.state, shown.why.law) == (RowState.PROPOSED, TITLE)
    show(box, sanction(2, SanctionState.ACTIVE))
    assert not row(box, CREDIT, RowKind.SANCTION, "J1").open


@pytest.mark.parametrize(
    ("state", "open"),
    [
        (ConstraintState.PUSHED, True),
        (ConstraintState.RECEIVED, True),
        (ConstraintState.EXECUTED, False),
        (ConstraintState.LIFTED, True),
        (ConstraintState.CLOSED, False),
    ],
)
def test_c13_a_participant_has_to_act_until_it_has_fed_back_and_again_when_it_is_lifted(
    box: Inbox, state: ConstraintState, open: bool
) -> None:
    show(box, constraint(2, state, clock("feedback", DUE)))
    shown = row(box, PART, RowKind.CONSTRAINT, ID)
    assert shown.open is open
    assert shown.due == (DUE if open else None)


def test_c13_the_row_says_which_measures_by_which_instrument_and_why(box: Inbox) -> None:
    show(box, constraint(2, ConstraintState.PUSHED, clock("receive", DUE)))
    [shown] = told(box, PART, LEAD, kind=RowKind.CONSTRAINT, state=RowState.PUSHED, open=True)
    assert (shown.why.words, shown.why.law) == (("限制参加政府采购活动",), TITLE)
    assert (shown.why.note, shown.light) == ("严重违法", Light.GREEN)
    assert count(PART, reader(box, LEAD)).by_kind == {RowKind.CONSTRAINT: 1}


def test_c13_a_part_is_taken_on_by_one_person_and_its_alert_with_it(box: Inbox) -> None:
    show(box, constraint(2, ConstraintState.PUSHED, clock("receive", DUE)))
    work = Work(PART, RowKind.CONSTRAINT, ID)
    claim_work(work, LEAD, box, at(3))
    with pytest.raises(Conflict, match="claimed_already"):
        claim_work(work, person("eve", "czj:officer"), box, at(3))
    about: dict[str, Any] = {"kind": Watched.CONSTRAINT, "subject": ID, "about_unit": PART}
    show(box, alerted(1, unit=PART, **about))
    claims = {one.kind: one.claimed_by for one in told(box, PART, LEAD)}
    assert claims == {RowKind.CONSTRAINT: "bob", RowKind.ALERT: "bob"}
    show(box, constraint(3, ConstraintState.EXECUTED))
    assert box.claim(PART, RowKind.CONSTRAINT, ID) is None


def test_d3_the_credit_office_reads_its_own_list_and_a_stranger_none(box: Inbox) -> None:
    assert sees_all(OFFICE, CREDIT)
    for stranger in (LEAD, person("eve", "scjg:lead"), person("d", "office:dispatcher")):
        assert not sees_all(stranger, CREDIT)
    assert not sees_all(OFFICE, PART)
    show(box, sanction(1, SanctionState.PROPOSED))
    claim_work(Work(CREDIT, RowKind.SANCTION, "J1"), OFFICE, box, at(2))
    with pytest.raises(NotFound):
        claim_work(Work(CREDIT, RowKind.SANCTION, "J1"), LEAD, box, at(2))


def test_a8_a_row_is_stored_and_read_as_it_was(box: Inbox) -> None:
    news = [
        dispute(1, DisputeState.FILED, CREDIT),
        sanction(1, SanctionState.PROPOSED, clock("approve", DUE)),
        constraint(2, ConstraintState.PUSHED, clock("receive", DUE)),
    ]
    show(box, *news)
    page = box.list_rows(CREDIT, limit=10)
    assert [one.kind for one in page.rows] == [RowKind.DISPUTE, RowKind.SANCTION]
    one = row(box, PART, RowKind.CONSTRAINT, ID).constraint
    assert one and one.measures[0].law == "《政府采购法》"
