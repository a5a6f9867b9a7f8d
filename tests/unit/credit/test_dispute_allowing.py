"""What a reader of a dispute is told that he may do about it now (C11)."""

from __future__ import annotations

from functions.credit.dispute_allowing import may_now
from functions.credit.disputes import Answer, answer, ask_source, close
from functions.credit.disputing import Dispute, DisputeVerb
from functions.shared.authorization import Caller, Role
from functions.shared.calendar import shanghai_day
from tests.unit.credit.bureau import CREDIT, ENTITY, OVERSIGHT, STRANGER, Bureau, somebody
from tests.unit.credit.disputed import NOTE, STANDS, filed, penalty

SOURCE = somebody("yjgl officer", "yjgl", Role.OFFICER)
ASK, EXTEND, ANSWER = DisputeVerb.ASK, DisputeVerb.EXTEND, DisputeVerb.ANSWER
UPHOLD, REFUSE, CLOSE = DisputeVerb.UPHOLD, DisputeVerb.REFUSE, DisputeVerb.CLOSE


def may(bureau: Bureau, dispute: Dispute, reader: Caller) -> set[DisputeVerb]:
    return set(may_now(dispute, reader, shanghai_day(bureau.now)))


def test_c11_the_office_asks_or_decides_and_the_entity_may_give_it_up() -> None:
    bureau = Bureau()
    one = filed(bureau, penalty(bureau))
    assert may(bureau, one, CREDIT) == {ASK, UPHOLD, REFUSE, CLOSE}
    assert may(bureau, one, ENTITY) == {CLOSE}
    assert may(bureau, one, SOURCE) == may(bureau, one, OVERSIGHT) == set()
    assert may(bureau, one, STRANGER) == set()


def test_c11_the_source_answers_or_takes_more_time_once_and_the_office_waits_so_long() -> None:
    bureau = Bureau()
    one = ask_source(filed(bureau, penalty(bureau)).id, NOTE, CREDIT, bureau.desk)
    assert may(bureau, one, SOURCE) == {EXTEND, ANSWER}
    assert may(bureau, one, CREDIT) == {CLOSE}
    longer = answer(one.id, Answer(note="复核", more_time=True), SOURCE, bureau.desk)
    assert may(bureau, longer, SOURCE) == {ANSWER}
    bureau.later(days=90)
    assert may(bureau, longer, CREDIT) == {UPHOLD, REFUSE, CLOSE}
    said = answer(one.id, STANDS, SOURCE, bureau.desk)
    assert may(bureau, said, CREDIT) == {ASK, UPHOLD, REFUSE, CLOSE}
    assert may(bureau, said, SOURCE) == set()
    over = close(one.id, NOTE, ENTITY, bureau.desk)
    assert may(bureau, over, CREDIT) == may(bureau, over, ENTITY) == set()
