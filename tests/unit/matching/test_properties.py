"""What holds for every scope, sensible or not."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.shared.matching.items import parse_items
from functions.shared.matching.matcher import Matcher, readable
from tests.unit.matching.city_cases import CALLS
from tests.unit.matching.conftest import CITY_ITEMS

_CITY = Matcher(parse_items(CITY_ITEMS.read_text(encoding="utf-8")))

_PIECES = st.sampled_from(
    [scope for scopes in CALLS.values() for scope in scopes]
    + [
        "销售",
        "生产",
        "、",
        "，",
        "；",
        "。",
        "：",
        "（",
        "）",
        "(",
        ")",
        "不含",
        "除外",
        "等",
        "及其",
    ]
    + [
        "...",
        " ",
        "\n",
        "一般经营项目：",
        "以上项目",
        "(依法须经批准的项目，",
        "的批发",
        "有关",
        "咨询",
    ]
)
_SCOPES = st.one_of(
    st.text(max_size=80),
    st.lists(_PIECES, max_size=14).map("".join),
    st.text("（）不含除外、：；", max_size=30),
)


@given(_SCOPES)
@example("（" * 300)
@example("\ud800销售：药品")
@settings(max_examples=250, deadline=None)
def test_a5_every_word_and_clause_is_quoted_from_the_scope(scope: str) -> None:
    result = _CITY.match(scope)
    for match in result.items:
        assert match.words
        assert match.clause in scope
        assert all(word in scope for word in match.words)
    known = {match.code for match in result.items}
    for row in result.suppressed:
        assert row.by in scope or row.by in known
        assert all(word in scope for word in row.words)
    readable(scope)


@given(_SCOPES, st.text(max_size=10))
@settings(max_examples=60, deadline=None)
def test_a5_the_same_scope_is_always_judged_alike(scope: str, name: str) -> None:
    assert _CITY.match(scope, name) == _CITY.match(scope, name)


@given(st.sampled_from(sorted(CALLS)), st.data())
@settings(max_examples=200, deadline=None)
def test_a5_what_is_only_excluded_is_never_pushed(code: str, data: st.DataObject) -> None:
    thing = data.draw(st.sampled_from(CALLS[code])).split("：")[-1].split("（")[0]
    scope = data.draw(
        st.sampled_from(["不含{}", "文具（不含{}）", "文具（除{}）", "文具（{}除外）"])
    )
    assert not _CITY.match(scope.format(thing)).items


@given(st.lists(st.sampled_from(sorted(CALLS)), min_size=2, max_size=6, unique=True))
@settings(max_examples=100, deadline=None)
def test_a5_sentences_do_not_disturb_each_other(chosen: list[str]) -> None:
    alone = [{match.code for match in _CITY.match(CALLS[code][0]).items} for code in chosen]
    covered = {"SJ04"} if {"SJ03"} <= set().union(*alone) else set()
    together = {match.code for match in _CITY.match("；".join(CALLS[c][0] for c in chosen)).items}
    assert together == set().union(*alone) - covered


def test_a5_the_work_grows_no_faster_than_the_scope() -> None:
    small, large = (
        _work("销售：药品（不含冷藏）、电线；" * 500),
        _work("销售：药品（不含冷藏）、电线；" * 5_000),
    )
    assert large < 30 * small


def _work(scope: str) -> int:
    """Function calls made while matching: a measure of work that no busy machine disturbs."""
    import sys

    calls = 0

    def count(frame: object, event: str, arg: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        assert _CITY.match(scope).items
    finally:
        sys.setprofile(None)
    return calls
