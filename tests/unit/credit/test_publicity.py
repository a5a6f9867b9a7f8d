"""From which day to which a record is shown: every case of the rules, and every day of three years
(C7)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from functions.credit.catalogue import Entry, Public
from functions.credit.domain import CreditRecord, Provenance
from functions.credit.periods import parse_periods
from functions.credit.publicity import publicity
from functions.shared.clocks import strikes
from functions.shared.events.credit import Category, SubjectKind
from tests.fakes.rules import calendar
from tests.unit.credit.bureau import CITY, CODE, Bureau

OLD, NEW = date(2026, 3, 31), date(2026, 4, 1)
_FIELDS = ["XDR_MC", "XDR_SHXYM", "CF_WSH", "CFLB", "NR", "NR_FK", "JDRQ", "YXQZI", "GSJZQ"]


def entry(**public: object) -> Entry:
    """An entry with the penalty's fields; `public` is how long its records are shown."""
    return Entry.model_validate(
        {
            "id": "penalty_test",
            "version": 1,
            "title": "行政处罚",
            "category": "penalty",
            "sources": ["*"],
            "subjects": ["enterprise", "person"],
            "holds_from": "2020-01-01",
            "cycle": "day",
            "public": public or {"periods": "penalty"},
            "key": ["CF_WSH"],
            "roles": {
                **{"name": "XDR_MC", "code": "XDR_SHXYM", "document": "CF_WSH", "decided": "JDRQ"},
                **{"amount": "NR_FK", "sorts": "CFLB", "content": "NR", "public_until": "GSJZQ"},
            },
            "fields": [{"name": one, "title": one} for one in _FIELDS],
            "checks": [
                {"kind": "amount_in_text", "field": "NR_FK", "by": "NR", "unit": 10_000},
            ],
        }
    )


def a_record(
    kinds: str = "警告", fine: str = "", *, decided: date = NEW, source: str = "yjgl", **more: str
) -> CreditRecord:
    """A penalty that was handed in a day after its decision."""
    received = strikes(decided + timedelta(days=1), 9)
    return CreditRecord(
        id=f"{CODE}.d1",
        subject=CODE,
        kind=SubjectKind.ENTERPRISE,
        item="penalty_test",
        item_version=1,
        title="行政处罚",
        category=Category.PENALTY,
        source=source,
        decided_on=decided,
        values={"CFLB": kinds, "NR_FK": fine, **more},
        provenance=Provenance(batch="b1", row=1, source=source, received_at=received),
        changed_at=received,
    )


def shown(record: CreditRecord, of: Entry | None = None) -> CreditRecord:
    return publicity(of or entry(), record, Bureau().books, calendar())


@pytest.mark.parametrize(
    ("kinds", "fine", "decided", "source", "severity", "until"),
    [
        ("警告", "", NEW, "yjgl", "light", None),
        ("警告;通报批评", "", NEW, "yjgl", "light", None),
        ("罚款", "0.3", NEW, "yjgl", "light", None),
        ("罚款", "0.300001", NEW, "yjgl", "ordinary", date(2027, 4, 1)),
        ("警告;没收违法所得", "", NEW, "yjgl", "ordinary", date(2027, 4, 1)),
        ("其他-责令改正", "", NEW, "yjgl", "ordinary", date(2027, 4, 1)),
        ("罚款", "99.999999", NEW, "yjgl", "ordinary", date(2027, 4, 1)),
        ("罚款", "100", NEW, "yjgl", "serious", date(2029, 4, 1)),
        ("警告;吊销许可证件", "", NEW, "yjgl", "serious", date(2029, 4, 1)),
        ("限制从业-五年", "", NEW, "yjgl", "serious", date(2029, 4, 1)),
        ("", "", NEW, "yjgl", "ordinary", date(2027, 4, 1)),
        ("罚款", "5", OLD, "yjgl", "ordinary", date(2027, 3, 31)),
        ("责令停产停业", "", OLD, "yjgl", "serious", date(2029, 3, 31)),
        ("警告", "", OLD, "yjgl", "light", None),
        ("警告", "", NEW, "scjg", "light", None),
        ("警告;通报批评", "", NEW, "scjg", "light", date(2026, 7, 1)),
        ("罚款", "1", NEW, "scjg", "light", date(2026, 7, 1)),
        ("罚款", "1.01", NEW, "scjg", "ordinary", date(2029, 4, 1)),
        ("罚款", "1.01", OLD, "scjg", "ordinary", date(2029, 3, 31)),
        ("吊销许可证件", "", NEW, "scjg", "serious", date(2029, 4, 1)),
        ("罚款", "1", date(2021, 8, 31), "scjg", "ordinary", date(2022, 8, 31)),
    ],
)
def test_c7_a_penalty_is_shown_as_the_rules_of_its_day_and_source_say(
    kinds: str, fine: str, decided: date, source: str, severity: str, until: date | None
) -> None:
    found = shown(a_record(kinds, fine, decided=decided, source=source))
    since = decided + timedelta(days=1) if until else None
    assert (found.severity, found.public_from, found.public_until) == (severity, since, until)


def test_c7_the_rows_own_last_day_shortens_a_period_and_never_lengthens_it() -> None:
    longest = date(2027, 4, 1)
    for own, until in (("2026-10-01", date(2026, 10, 1)), ("2030/01/01", longest), ("", longest)):
        assert shown(a_record("罚款", "5", GSJZQ=own)).public_until == until
    light = shown(a_record("警告", GSJZQ="2026-06-01"))
    assert light.public_from is None


def test_c7_what_the_catalogue_says_of_severity_holds_where_no_class_knows() -> None:
    serious = entry(periods="dishonest").model_copy(update={"severity": "serious"})
    light = entry(periods="dishonest").model_copy(update={"severity": "light"})
    assert shown(a_record(), serious).public_until == date(2029, 4, 1)
    assert shown(a_record(), entry(periods="dishonest")).public_until == date(2027, 4, 1)
    assert shown(a_record(), light).public_from is None


def test_c7_an_entry_may_say_months_or_a_field_or_for_good_or_never() -> None:
    assert shown(a_record(), entry(months=1)).public_until == date(2026, 5, 1)
    month_end = shown(a_record(decided=date(2028, 1, 31)), entry(months=1))
    assert month_end.public_until == date(2028, 2, 29)
    licence = entry(until="YXQZI")
    assert shown(a_record(YXQZI="2031-02-03"), licence).public_until == date(2031, 2, 3)
    for_good = shown(a_record(), licence)
    assert (for_good.public_from, for_good.public_until) == (NEW + timedelta(days=1), None)
    never = shown(a_record(), entry(months=1).model_copy(update={"public": None}))
    assert (never.public_from, never.public_until) == (None, None)


def test_c7_what_arrives_when_its_time_is_over_is_not_shown_for_a_moment() -> None:
    late = a_record(decided=date(2020, 1, 1))
    received = late.provenance.model_copy(update={"received_at": strikes(NEW, 9)})
    found = shown(late.model_copy(update={"provenance": received}), entry(months=12))
    assert (found.public_from, found.public_until) == (None, date(2021, 1, 1))
    assert not found.shown_on(date(2021, 1, 1))


def test_c8_nothing_about_a_person_is_shown() -> None:
    person = a_record("罚款", "5").model_copy(update={"kind": SubjectKind.PERSON})
    assert shown(person).public_from is None


def test_c7_the_day_by_which_market_regulation_must_show_it_is_kept() -> None:
    found = shown(a_record("罚款", "5", source="scjg"))
    assert found.public_by == calendar().nth_working_day(NEW, 20)
    assert shown(a_record("罚款", "5")).public_by is None


def test_c7_periods_that_the_book_does_not_know_are_an_error() -> None:
    with pytest.raises(LookupError):
        shown(a_record(), entry(periods="unheard_of"))


def test_c7_a_new_items_periods_hold_for_decisions_from_before_they_were_published() -> None:
    bureau = Bureau()
    text = (CITY / "periods.toml").read_text(encoding="utf-8")
    text = text.replace('version = "2026.1"', 'version = "2"').replace('"dishonest"', '"new_id"')
    book = bureau.book("periods", parse_periods)
    book.publish(text, NEW, note="", by="test", now=bureau.now)
    before = a_record(decided=NEW - timedelta(days=1))
    found = publicity(entry(periods="new_id"), before, bureau.books, calendar())
    assert found.public_until == date(2027, 3, 31)


def test_c7_an_entry_may_name_several_ends_and_the_first_holds() -> None:
    both = entry(months=12).model_copy(update={"public": Public(months=12, until="YXQZI")})
    assert shown(a_record(YXQZI="2026-05-05"), both).public_until == date(2026, 5, 5)
    assert shown(a_record(YXQZI="2099-12-31"), both).public_until == date(2027, 4, 1)
