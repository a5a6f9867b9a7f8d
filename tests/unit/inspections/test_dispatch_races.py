"""Whatever comes twice, late, at once or dies: nothing is lost and nothing doubled (B3)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.inspections.dispatch import take_registration
from functions.inspections.seen import Round, Visit
from functions.inspections.store import Store
from functions.shared.events.registry import Happening, Registration
from tests.fakes.interrupted import Crash, Interrupted, crash
from tests.unit.inspections.hamlet import INSPECTOR, NOW, VILLAGE, Hamlet
from tests.unit.inspections.registrations import all_of, cancellation, dossier, registration, take

STORY = [
    registration(),
    registration(2, scope="旅馆"),  # replaces the first
    registration(3, scope="旅馆", name="又一个名字"),
    registration(4, scope="旅馆", address="二路2号"),
    cancellation(5),
]


@pytest.mark.parametrize("dying", range(len(STORY)))
def test_b3_whoever_dies_at_any_point_loses_and_doubles_nothing(dying: int) -> None:
    """The event comes again, at once or after all others; what was overtaken before anything was
    written of it calls for nothing any more."""
    right = _lived(STORY)
    for nth in count(1):
        at_once, late = _lived(STORY[:dying]), _lived(STORY[:dying])
        if not _dies(STORY[dying], at_once, nth):
            break
        _dies(STORY[dying], late, nth)
        for one in STORY[dying:]:
            take(at_once, one)
        for one in (*STORY[dying + 1 :], STORY[dying]):
            take(late, one)
        assert _ends(at_once) == _ends(right), nth
        assert (_open(late), dossier(late).edition) == (_open(right), 5), nth
    assert nth > 6


def _lived(story: list[Registration]) -> Hamlet:
    hamlet = Hamlet()
    for one in story:
        take(hamlet, one)
    return hamlet


def _dies(one: Registration, hamlet: Hamlet, nth: int) -> bool:
    """Whether taking `one` has an `nth` point at which to die; it died there."""
    table = Interrupted(hamlet.table, nth, crash)
    try:
        take_registration(one, replace(hamlet.desk, cabinet=Store(table)))
    except Crash:
        return True
    return False


@pytest.mark.parametrize("dying", range(len(STORY) - 1))
def test_b3_a_company_that_lives_has_one_visit_before_it_whoever_died(dying: int) -> None:
    story = STORY[:-1]
    for nth in count(1):
        hamlet = _lived(story[:dying])
        if not _dies(story[dying], hamlet, nth):
            break
        for one in (*story[dying + 1 :], story[dying]):
            take(hamlet, one)
        assert [scope for _, scope in _open(hamlet)] == ["旅馆"], nth
        assert len({one.id for one in hamlet.store.list_open(VILLAGE)}) == 1
    assert nth > 6


def test_b3_two_at_once_end_as_one_after_the_other() -> None:
    first, second = STORY[:2]
    for nth in count(1):
        hamlet = Hamlet()
        between = Interrupted(hamlet.table, nth, partial(take, hamlet, second))
        take_registration(first, replace(hamlet.desk, cabinet=Store(between)))
        take(hamlet, second)
        assert _open(hamlet) == [(2, "旅馆")], nth
        if between.points < nth:
            break
    assert nth > 8


def test_b3_who_reaches_the_door_meanwhile_goes_on_under_the_new_name() -> None:
    newer = registration(2, scope="旅馆", name="又一个名字")
    for nth in count(1):
        hamlet = Hamlet()
        first = take(hamlet, registration())
        assert first
        begin = partial(_begin, hamlet, first.id)
        between = Interrupted(hamlet.table, nth, begin)
        take_registration(newer, replace(hamlet.desk, cabinet=Store(between)))
        assert {one.name for one in all_of(hamlet).values() if one.open} == {"又一个名字"}, nth
        if between.points < nth:
            break
    assert nth > 6


def _begin(hamlet: Hamlet, id: str) -> None:
    begun = Visit(id="v", round=Round.FIRST, by=INSPECTOR, started_at=NOW)
    if (one := hamlet.get(id)).open:
        hamlet.put(one.model_copy(update={"visits": (begun,)}))


def _ends(hamlet: Hamlet) -> Any:
    """What stands at last, apart from what a step in between leaves in the dossier."""
    told = {
        edition: (one.reason, one.state, one.outcome, one.next)
        for edition, one in all_of(hamlet).items()
    }
    known = dossier(hamlet)
    return told, (known.edition, known.cancelled, known.since)


def _open(hamlet: Hamlet) -> list[tuple[int, str]]:
    return [(one.edition, one.scope) for one in all_of(hamlet).values() if one.open]


_KINDS = st.sampled_from(["scope", "address", "name", "cancelled"])


@st.composite
def stories(draw: st.DrawFn) -> list[Registration]:
    """Some editions of a company, as the registry tells them one after the other."""
    found = [registration()]
    for edition in range(2, 2 + draw(st.integers(0, 4))):
        before = found[-1]
        change: dict[str, str] = {}
        if before.happening is Happening.CANCELLATION:
            happening = Happening.ESTABLISHMENT
        elif (kind := draw(_KINDS)) == "cancelled":
            happening = Happening.CANCELLATION
        else:
            happening = Happening.CHANGE
            change = {kind: f"{kind} {draw(st.integers(0, 2))}"}
        also = {"edition": edition, "happening": happening}
        happened = {"happened": (*before.happened, happening)}
        found.append(before.model_copy(update={**also, **happened, **change}))
    return found


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_b3_any_order_and_repetition_ends_in_the_same_dossier_and_one_visit(
    data: st.DataObject,
) -> None:
    story = data.draw(stories())
    straight, mixed = Hamlet(), Hamlet()
    for one in story:
        take(straight, one)
    order = data.draw(st.permutations([*story, *data.draw(st.lists(st.sampled_from(story)))]))
    for one in order:
        take(mixed, one)
    shown = {"code", "edition", "address", "scope", "since", "cancelled"}
    assert dossier(mixed).model_dump(include=shown) == dossier(straight).model_dump(include=shown)
    ended = story[-1].happening is Happening.CANCELLATION
    for hamlet in (straight, mixed):
        open_ones = [one for one in all_of(hamlet).values() if one.open]
        assert [(one.address, one.scope) for one in open_ones] == (
            [] if ended else [(story[-1].address, story[-1].scope)]
        )
        for inspection in all_of(hamlet).values():
            after = inspection.next and hamlet.get(inspection.next)
            assert not after or after.edition > inspection.edition
    assert set(all_of(mixed)) <= {one.edition for one in story}
    before = list(mixed.table)
    for one in order:
        take(mixed, one)
    assert list(mixed.table) == before, "repetitions changed something"
