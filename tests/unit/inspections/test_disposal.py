"""Joint disposal after two failures, and who must act on what it left (B9, B10)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from functions.inspections.book import Route
from functions.inspections.changes import events_of
from functions.inspections.domain import Inspection, InspectionVerb
from functions.shared.authorization import Role
from functions.shared.calendar import shanghai_day
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.events.inspections import (
    INSPECTION_REFERRED,
    InspectionOutcome,
    InspectionState,
    Referred,
)
from functions.shared.matching.items import parse_items
from functions.shared.rules_in_force import Rules
from tests.unit.inspections.disposing import (
    UNLICENSED,
    decide,
    dispose,
    failed_twice,
    report,
    unsolved,
)
from tests.unit.inspections.hamlet import (
    BOOK,
    CITY,
    NEXT_VILLAGE,
    OFFICE,
    OTHER_TOWN,
    TOWN,
    TOWN_OFFICE,
    VILLAGE_DISPATCHER,
    WALKER,
    Hamlet,
    somebody,
)

CITY_ITEMS = Path(__file__).parents[3] / "infra" / "city" / "supervision_items.toml"


@pytest.fixture
def hamlet() -> Hamlet:
    return Hamlet()


def refused(problem: type[Exception], what: object) -> list[tuple[str, str]]:
    """The codes and fields by which `what` (a call) is refused."""
    with pytest.raises(problem) as found:
        what()  # type: ignore[operator]
    return [(one.code, one.field) for one in found.value.faults]  # type: ignore[attr-defined]


def keys(inspection: Inspection) -> set[str]:
    return {one.key for one in inspection.referrals}


def told(hamlet: Hamlet, id: str) -> Referred | None:
    stored = hamlet.store.inspections.get(id)
    assert stored
    found = [e for e in events_of(None, stored.record) if e.type == INSPECTION_REFERRED]
    return Referred.model_validate(found[0].data) if found else None


# the disposal


def test_b9_what_disposal_solves_closes_the_inspection(hamlet: Hamlet) -> None:
    id = failed_twice(hamlet, {**UNLICENSED, "display": "not_displayed"})
    done = dispose(hamlet, id, {"licence.SJ01": "solved", "display": "solved"})
    assert (done.state, done.outcome) == (InspectionState.CLOSED, InspectionOutcome.DISPOSED)
    assert (done.unit, done.clocks, done.referrals) == ("", (), ())
    assert told(hamlet, id) is None


@pytest.mark.parametrize("state", ["waiting", "assigned", "correcting", "rechecking"])
def test_b9_before_two_failures_there_is_no_joint_disposal(hamlet: Hamlet, state: str) -> None:
    id = failed_twice(hamlet, UNLICENSED, state=InspectionState(state))
    found = refused(Conflict, lambda: dispose(hamlet, id, {"licence.SJ01": "solved"}))
    assert found == [("not_failed_twice", "inspection")]


def test_b9_an_inspection_that_is_over_has_no_joint_disposal(hamlet: Hamlet) -> None:
    over = {"state": InspectionState.CLOSED, "outcome": InspectionOutcome.ENTITY_CANCELLED}
    id = failed_twice(hamlet, UNLICENSED, **over)
    found = refused(Conflict, lambda: dispose(hamlet, id, {"licence.SJ01": "solved"}))
    assert found == [("inspection_over", "inspection")]


def test_b9_the_result_names_exactly_what_failed(hamlet: Hamlet) -> None:
    id = failed_twice(hamlet, {**UNLICENSED, "address": "moved"})
    found = refused(Invalid, lambda: dispose(hamlet, id, {"address": "solved", "open": "solved"}))
    assert found == [
        ("check_missing", "results.licence.SJ01"),
        ("check_not_asked", "results.open"),
    ]


def test_b9_disposal_is_held_between_the_recheck_and_today(hamlet: Hamlet) -> None:
    id = failed_twice(hamlet, UNLICENSED)
    today = shanghai_day(hamlet.now)
    for day, code in (
        (today + timedelta(days=1), "day_in_future"),
        (today - timedelta(days=1), "disposal_before_recheck"),
    ):
        found = refused(
            Invalid, lambda day=day: dispose(hamlet, id, {"licence.SJ01": "solved"}, held_on=day)
        )
        assert found == [(code, "held_on")]


def test_b9_disposal_needs_a_note_and_photos_that_have_arrived(hamlet: Hamlet) -> None:
    with pytest.raises(ValidationError):
        report(hamlet, {"licence.SJ01": "solved"}, note=" ")
    id = failed_twice(hamlet, UNLICENSED)
    key = f"photos/{hamlet.get(id).village}/a.jpg"
    found = refused(Invalid, lambda: dispose(hamlet, id, {"licence.SJ01": "solved"}, photos=(key,)))
    assert found == [("photo_missing", "photos.0")]
    hamlet.photos.sizes[key] = 5
    done = dispose(hamlet, id, {"licence.SJ01": "solved"}, photos=(key,))
    assert done.disposal and done.disposal.photos == (key,)


def test_d3_joint_disposal_is_the_villages_own(hamlet: Hamlet) -> None:
    id = failed_twice(hamlet, UNLICENSED)
    strangers = (
        somebody("next", NEXT_VILLAGE, Role.VILLAGE),
        TOWN_OFFICE,
        WALKER,
        somebody("dep", f"scjg.{TOWN}", Role.OFFICER),
    )
    for caller in strangers:
        found = refused(
            NotFound, lambda c=caller: dispose(hamlet, id, {"licence.SJ01": "solved"}, c)
        )
        assert found == [("not_found", "inspection")]


def test_b9_an_office_disposes_where_it_stands_in_for_a_village(hamlet: Hamlet) -> None:
    id = failed_twice(hamlet, UNLICENSED, village=None, unit=OFFICE)
    assert dispose(hamlet, id, {"licence.SJ01": "solved"}, TOWN_OFFICE).outcome
    hamlet = Hamlet()
    id = failed_twice(hamlet, UNLICENSED, village=None, town=None, unit="office")
    assert dispose(hamlet, id, {"licence.SJ01": "solved"}, CITY).outcome


def test_a11_a_disposal_sent_twice_counts_once_and_its_ref_is_no_others(hamlet: Hamlet) -> None:
    id = failed_twice(hamlet, UNLICENSED)
    once = dispose(hamlet, id, {"licence.SJ01": "unsolved"})
    hamlet.later(days=1)
    same: dict[str, Any] = {"held_on": shanghai_day(hamlet.now) - timedelta(days=1)}
    assert dispose(hamlet, id, {"licence.SJ01": "unsolved"}, **same) == once
    found = refused(Conflict, lambda: dispose(hamlet, id, {"licence.SJ01": "solved"}, **same))
    assert found == [("ref_reused", "ref")]
    found = refused(
        Conflict, lambda: dispose(hamlet, id, {"licence.SJ01": "unsolved"}, ref="d2", **same)
    )
    assert found == [("already_disposed", "inspection")]
    assert hamlet.get(id) == once


# the routes


def test_b10_an_address_goes_to_market_regulation_towards_the_abnormal_list(
    hamlet: Hamlet,
) -> None:
    done = unsolved(hamlet, {"address": "not_found"}, note="人去楼空")
    (referral,) = done.referrals
    assert done.state is InspectionState.REFERRED and done.unit == ""
    assert (referral.key, referral.checks) == (f"SJ23@scjg.{TOWN}", ("address",))
    assert (referral.words, referral.clause) == (
        ("通过登记的住所（经营场所）无法联系",),
        "人去楼空",
    )
    assert referral.law == "《企业经营异常名录管理暂行办法》第九条"


def test_b10_a_general_trade_goes_to_market_regulation(hamlet: Hamlet) -> None:
    done = unsolved(hamlet, {"scope": "general_trade"})
    assert keys(done) == {f"SJ24@scjg.{TOWN}"}


def test_b10_a_licensed_trade_goes_to_every_department_that_licenses_it(hamlet: Hamlet) -> None:
    done = unsolved(hamlet, {"licence.GA01": "unlicensed"})
    assert keys(done) == {f"GA01@gaj.{TOWN}", f"GA01@xfjy.{TOWN}"}
    one = done.referrals[0]
    assert (one.item_version, one.item_set, one.licence) == (1, "1", "旅馆业特种行业许可证")
    assert one.words == ("未取得许可从事经营", "旅馆")


def test_b10_a_kind_without_a_law_of_its_own_goes_by_that_of_the_item(hamlet: Hamlet) -> None:
    done = unsolved(hamlet, {"licence.SJ01": "not_shown"})
    assert [one.law for one in done.referrals] == ["示例条例第一条"]


def test_b10_checks_under_one_item_of_one_unit_are_one_referral(hamlet: Hamlet) -> None:
    done = unsolved(hamlet, {"address": "moved", "open": "ceased"}, note="已搬离")
    (referral,) = done.referrals
    assert referral.checks == ("address", "open")
    assert referral.words == ("擅自变更住所（经营场所）", "已停业未办理歇业或注销")
    assert referral.clause == "已搬离"
    assert referral.law.count("第") == 2


def test_b10_only_what_is_unsolved_is_referred(hamlet: Hamlet) -> None:
    id = failed_twice(hamlet, {"address": "moved", "licence.SJ01": "unlicensed"})
    done = dispose(hamlet, id, {"address": "solved", "licence.SJ01": "unsolved"})
    assert keys(done) == {f"SJ01@scjg.{TOWN}"}


def test_b10_what_goes_to_nobody_ends_with_the_disposal(hamlet: Hamlet) -> None:
    done = unsolved(hamlet, {"annual_report": "not_reported"})
    assert (done.state, done.outcome) == (InspectionState.CLOSED, InspectionOutcome.DISPOSED)
    assert not done.referrals


def test_b10_the_departments_get_the_whole_trail(hamlet: Hamlet) -> None:
    done = unsolved(hamlet, UNLICENSED, note="无证经营")
    body = told(hamlet, done.id)
    assert body and (body.notice, body.disposal) == ("改1号", "约谈经营者")
    assert [one.round for one in body.visits] == ["first", "recheck"]
    assert "不符合，未取得许可从事经营，无证经营" in body.visits[1].findings[0]
    assert body.visits[0].photos == ("photos/x/licence.SJ01.jpg",)
    assert body.referrals == done.referrals


# what is unclear


def test_b10_what_no_rule_sends_anywhere_waits_for_the_town_with_what_its_words_call_for(
    hamlet: Hamlet,
) -> None:
    done = unsolved(hamlet, {"scope": "licensed_trade"}, note="现场无证销售食品")
    assert (done.state, done.unit) == (InspectionState.CLASSIFYING, OFFICE)
    assert [clock.stage for clock in done.clocks] == ["classify"]
    (unclear,) = done.unclear
    assert (unclear.check, unclear.words) == ("scope", ("从事登记范围外的许可经营项目",))
    (proposal,) = unclear.proposals
    assert (proposal.item, proposal.units) == ("SJ01", (f"scjg.{TOWN}",))
    assert told(hamlet, done.id) is None


def test_b10_what_is_clear_does_not_wait_for_what_is_not(hamlet: Hamlet) -> None:
    done = unsolved(hamlet, {"licence.GA01": "unlicensed", "display": "other"})
    assert done.state is InspectionState.CLASSIFYING
    body = told(hamlet, done.id)
    assert body and {one.unit for one in body.referrals} == {f"gaj.{TOWN}", f"xfjy.{TOWN}"}
    after = decide(hamlet, done.id, display={"route": "general"})
    assert (after.state, after.unclear) == (InspectionState.REFERRED, ())
    body = told(hamlet, done.id)
    assert body and len(body.referrals) == 3
    assert after.referrals[:2] == done.referrals


@pytest.mark.parametrize("kinds", ["other", "no_such_kind", ""])
def test_b10_a_kind_without_a_rule_is_unclear(hamlet: Hamlet, kinds: str) -> None:
    done = unsolved(hamlet, {"address": kinds})
    assert [one.check for one in done.unclear] == ["address"]


def test_b10_an_item_that_holds_no_longer_is_unclear(hamlet: Hamlet) -> None:
    items = hamlet.rules.items
    left = items.model_copy(update={"items": tuple(i for i in items.items if i.code != "SJ01")})
    hamlet.rules = Rules(left, hamlet.rules.matcher, hamlet.rules.directory, hamlet.rules.calendar)
    done = unsolved(hamlet, UNLICENSED)
    assert [one.check for one in done.unclear] == ["licence.SJ01"]


def test_b10_a_newer_version_of_the_licences_item_takes_its_place(hamlet: Hamlet) -> None:
    items = hamlet.rules.items
    newer = tuple(one.model_copy(update={"version": 2}) for one in items.items)
    left = items.model_copy(update={"version": "2", "items": newer})
    hamlet.rules = Rules(left, hamlet.rules.matcher, hamlet.rules.directory, hamlet.rules.calendar)
    (referral,) = unsolved(hamlet, UNLICENSED).referrals
    assert (referral.item_version, referral.item_set) == (2, "2")


def test_b10_a_department_that_nobody_bears_is_left_to_the_town_and_the_others_get_theirs(
    hamlet: Hamlet,
) -> None:
    rules = hamlet.rules
    known = tuple(one for one in rules.directory.departments if one.id != "xfjy")
    directory = rules.directory.model_copy(update={"departments": known})
    directory = type(directory)(departments=known, towns=directory.towns)
    hamlet.rules = Rules(rules.items, rules.matcher, directory, rules.calendar)
    done = unsolved(hamlet, {"licence.GA01": "unlicensed"})
    assert keys(done) == {f"GA01@gaj.{TOWN}"}
    assert [one.check for one in done.unclear] == ["licence.GA01"]


def test_b10_without_a_town_the_citys_office_classifies(hamlet: Hamlet) -> None:
    wrong = {"display": "other"}
    id = failed_twice(hamlet, wrong, village=None, town=None, unit="office")
    done = dispose(hamlet, id, {"display": "unsolved"}, CITY)
    assert done.unit == "office"
    found = refused(NotFound, lambda: decide(hamlet, id, display={"route": "general"}))
    assert found == [("not_found", "inspection")]
    assert keys(decide(hamlet, id, CITY, display={"route": "general"})) == {"SJ24@scjg"}


# the town classifies


def test_b10_the_town_names_items_and_each_of_their_departments_gets_its_part(
    hamlet: Hamlet,
) -> None:
    id = unsolved(hamlet, {"scope": "licensed_trade"}, note="无证销售食品并经营旅馆").id
    done = decide(hamlet, id, scope={"items": ["SJ01", "GA01"]})
    assert keys(done) == {f"SJ01@scjg.{TOWN}", f"GA01@gaj.{TOWN}", f"GA01@xfjy.{TOWN}"}
    (food,) = (one for one in done.referrals if one.item == "SJ01")
    assert (food.words, food.law) == (
        ("从事登记范围外的许可经营项目", "食品"),
        "示例条例第一条",
    )
    assert done.clocks == ()


def test_b10_nobody_needs_a_reason_and_ends_it(hamlet: Hamlet) -> None:
    id = unsolved(hamlet, {"display": "other"}).id
    with pytest.raises(ValidationError, match="nobody needs a note"):
        decide(hamlet, id, display={"route": "nobody"})
    done = decide(hamlet, id, display={"route": "nobody", "note": "不属违法"})
    assert (done.state, done.outcome) == (InspectionState.CLOSED, InspectionOutcome.DISPOSED)
    (step,) = (one for one in done.steps if one.verb is InspectionVerb.CLASSIFY)
    assert step.note == "display: nobody (不属违法)"


def test_b10_a_choice_names_items_or_a_route_not_both_and_not_neither(hamlet: Hamlet) -> None:
    for choice in ({}, {"items": ["SJ01"], "route": "general"}):
        with pytest.raises(ValidationError, match="either items or a route"):
            decide(hamlet, "I0", display=choice)


def test_d4_what_cannot_be_classified_names_its_field(hamlet: Hamlet) -> None:
    id = unsolved(hamlet, {"scope": "licensed_trade", "display": "other"}).id
    before = hamlet.get(id)
    wrong: dict[str, Any] = {"scope": {"items": ["SJ01", "XX99"]}, "open": {"route": "general"}}
    assert refused(Invalid, lambda: decide(hamlet, id, **wrong)) == [
        ("check_missing", "checks.display"),
        ("check_not_asked", "checks.open"),
        ("item_not_in_force", "checks.scope.items.1"),
    ]
    assert hamlet.get(id) == before


def test_b10_what_a_unit_has_already_is_not_referred_again_and_what_is_new_is(
    hamlet: Hamlet,
) -> None:
    wrong = {"licence.SJ01": "unlicensed+other", "display": "other"}
    id = unsolved(hamlet, wrong).id
    choices: dict[str, Any] = dict.fromkeys(wrong, {"items": ["SJ01"]})
    done = decide(hamlet, id, **choices)
    assert keys(done) == {f"SJ01@scjg.{TOWN}", f"SJ01~2@scjg.{TOWN}"}
    assert [one.checks for one in done.referrals] == [("licence.SJ01",), ("display",)]


def test_d3_only_the_town_classifies(hamlet: Hamlet) -> None:
    id = unsolved(hamlet, {"display": "other"}).id
    other = somebody("west", f"office.{OTHER_TOWN}", Role.TOWN_OFFICE)
    for caller in (other, VILLAGE_DISPATCHER, WALKER):
        found = refused(
            NotFound, lambda c=caller: decide(hamlet, id, c, display={"route": "general"})
        )
        assert found == [("not_found", "inspection")]


def test_a11_a_classification_sent_twice_counts_once(hamlet: Hamlet) -> None:
    id = unsolved(hamlet, {"display": "other"}).id
    once = decide(hamlet, id, display={"route": "general"})
    assert decide(hamlet, id, display={"route": "general"}) == once
    found = refused(Conflict, lambda: decide(hamlet, id, display={"route": "address"}))
    assert found == [("ref_reused", "ref")]
    found = refused(Conflict, lambda: decide(hamlet, id, ref="c2", display={"route": "general"}))
    assert found == [("nothing_to_classify", "inspection")]


def test_b10_the_citys_book_refers_to_items_that_the_city_has() -> None:
    items = {one.code for one in parse_items(CITY_ITEMS.read_text(encoding="utf-8")).items}
    assert {BOOK.referrals.address, BOOK.referrals.general} <= items


KINDS = [(one.item, one.code) for one in BOOK.kinds]


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(("address", "open", "display", "annual_report", "scope", "licence.GA01")),
        st.tuples(st.sets(st.integers(0, 9), max_size=3), st.booleans()),
        min_size=1,
    )
)
def test_b10_no_failed_finding_is_lost(drawn: dict[str, tuple[set[int], bool]]) -> None:
    hamlet = Hamlet()
    wrong: dict[str, str] = {}
    for check, (numbers, _) in drawn.items():
        item = check.partition(".")[0]
        codes = [*(code for of, code in KINDS if of == item), "other", "unheard_of"]
        wrong[check] = "+".join(codes[one] for one in sorted(numbers) if one < len(codes))
    solved = {check for check, (_, done) in drawn.items() if done}
    results = {check: "solved" if check in solved else "unsolved" for check in wrong}
    done = dispose(hamlet, failed_twice(hamlet, wrong), results)

    referred = {check for one in done.referrals for check in one.checks}
    unclear = {one.check for one in done.unclear}
    for check, kinds in wrong.items():
        item = check.partition(".")[0]
        routes = {
            found.route if (found := BOOK.kind(item, kind)) else Route.UNCLEAR
            for kind in kinds.split("+")
        }
        served = check in referred or check in unclear
        assert served == (check not in solved and routes != {Route.NOBODY}), check
    assert (done.state is InspectionState.CLOSED) == (not referred and not unclear)
    assert (done.state is InspectionState.CLASSIFYING) == bool(unclear)
    both = {f"GA01@gaj.{TOWN}", f"GA01@xfjy.{TOWN}"}
    assert keys(done) & both in (both, set())
