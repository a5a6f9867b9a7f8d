"""What happens around public credit in a simulated city: companies, a task, what is decided."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from functions.shared.events import CloudEvent, event
from functions.shared.events.registry import RECEIVED, Happening, Registration
from functions.shared.events.supervision import TASK_CHANGED, End, ProofTold, State, TaskTold
from infra.city.credit_samples import Cells, Company, companies, identity
from tests.simulation.world import START

SOURCE, TAX, TOWN = "scjg", "swsj", "441900119000"
DECIDED = date(2026, 2, 27)
LOOP_DOCUMENT = "东处罚〔2026〕900001号"
DAYS = 401
_FIRMS = [one for one in companies(40, 41) if one.name.endswith("有限公司")]
TROUBLED, LISTED, FIXED, GOOD, MEANT, OTHER, STRANGER = _FIRMS[:7]
KNOWN = (TROUBLED, LISTED, FIXED, GOOD, MEANT, OTHER)
PERSON = identity(7)


def of_person(cells: Cells) -> Cells:
    """The row about a natural person."""
    nobody = dict.fromkeys(("XDR_SHXYM", "FRDB", "FR_ZJLX", "FR_ZJHM"), "")
    who = {"XDR_MC": "陈晴禾", "XDR_LB": "自然人", "XDR_ZJLX": "身份证", "XDR_ZJHM": PERSON}
    return cells | nobody | who


def registered(company: Company) -> CloudEvent:
    """What the registry tells of a company."""
    body = Registration(
        code=company.code,
        edition=1,
        happening=Happening.ESTABLISHMENT,
        name=company.name,
        town=TOWN,
        received_at=START,
    )
    return event(RECEIVED, f"{company.code}.1", 1, body, START)


def closed() -> CloudEvent:
    """A task that ended with a penalty."""
    at = START + timedelta(days=1)
    proof = ProofTold(
        number=LOOP_DOCUMENT, on=date(2026, 3, 3), text="罚款5000元", fine=Decimal(5000)
    )
    body = TaskTold(
        id="T1",
        code=FIXED.code,
        name=FIXED.name,
        item="FD01",
        item_version=1,
        licence="食品经营许可证",
        unit=f"{SOURCE}.{TOWN}",
        town=TOWN,
        words=("食品零售",),
        clause="食品零售",
        law="食品安全法第三十五条",
        state=State.CLOSED,
        end=End.PENALISED,
        proof=proof,
        pushed_at=START,
        changed_at=at,
    )
    return event(TASK_CHANGED, body.id, 4, body, at)
