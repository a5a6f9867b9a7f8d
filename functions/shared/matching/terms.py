"""The words of all items made ready for the finder: what may stand before and behind each."""

import re
from dataclasses import dataclass
from functools import lru_cache

from functions.shared.matching.acts import Act
from functions.shared.matching.clauses import Phrase
from functions.shared.matching.items import ItemSet, Rule, SupervisionItem
from functions.shared.matching.text import plain

Span = tuple[int, int]

# Endings that leave a thing or an activity what it is.
_ENDINGS = "等|类|相关|业务|服务|项目|活动|经营|的|之"
_OF_A_THING = "|系列|产品|商品|成品"
_OF_AN_ACTIVITY = "|所|部|店|室|馆|场|中心|场所|业"
# What joins another thing or activity on: the word before it stands for itself.
_JOINS = r"及|和|与|或|以及|并|兼|含|暨|\+|/|·|“|”|\"|至|且"
# Before an activity: somebody else's doing, or talk about it.
_ONLY_ABOUT = re.compile(
    "投资|代办|代订|预订|预定|代理订|策划|有关|关于|研发|研究|开发|咨询|仿真|模拟|模型|软件|协助|"
    "推荐|委托他人|介绍|代为|代购|申请|申报|联系|联络|(?:为|对|向|在|给)$"
)
# Verbs shared along a list that only talk about its activities: 代订机票、酒店; 投资：旅业
_ERRANDS = frozenset({Act.BOOK})
_TALK = frozenset({Act.ADVISE, Act.INVEST, Act.PLAN, Act.RESEARCH, Act.DEVELOP, Act.BOOK})
# Verbs of goods at the end of a phrase: what they follow is a thing, not an activity.
_GOODS = frozenset({Act.PRODUCE, Act.PROCESS, Act.SELL, Act.WHOLESALE, Act.RETAIL})
_GOODS_JOINED = re.compile("(?:及|和|与|以及)(?!其).")
_BEFORE_REACH = 16
_BEHIND_REACH = 24


@dataclass(frozen=True, slots=True)
class Term:
    """One word of one rule of one item."""

    code: str
    word: str
    acts: frozenset[Act]
    tail: re.Pattern[str]
    after: re.Pattern[str] | None
    never: tuple[tuple[str, int], ...]  # longer word, offset of the word in it
    unless: tuple[str, ...]  # what the phrase must not contain at all
    alone: bool = False
    only_excludes: bool = False

    def has_before(self, flat: str, start: int) -> bool:
        """Is what must stand before the word anywhere near? Spares most phrases their parsing."""
        return self.after is None or bool(
            self.after.search(flat, max(0, start - _BEFORE_REACH), start)
        )

    def closes(self, behind: str) -> bool:
        """Does the word with this behind it still name its item?"""
        return self.tail.match(behind) is not None

    def refuses(self, flat: str, start: int, end: int, phrase: Phrase) -> Span | None:
        """The span that makes the word mean something else here, or None."""
        if phrase.verbs.pure:
            whole = end - start == phrase.end - phrase.start and not phrase.serves
            stands = whole or (self.alone and not phrase.handed_back)
            return None if stands else (phrase.start, phrase.end)
        for longer, offset in self.never:
            if flat.startswith(longer, start - offset) and start >= offset:
                return start - offset, start - offset + len(longer)
        if self.unless:
            for other in self.unless:
                at = flat.find(other, max(phrase.start, start - 40), min(phrase.end, end + 40))
                if at >= 0:
                    return at, at + len(other)
        stop = phrase.end
        trail = phrase.start + phrase.verbs.trail_start
        if self.acts and trail >= end:
            stop = trail
        if not self.closes(flat[end : min(stop, end + _BEHIND_REACH)]):
            return start, min(phrase.end, end + _BEHIND_REACH)
        if self.after is None and self.acts and not phrase.about:
            return None
        return self._refuses_before(flat, start, end, phrase)

    def _refuses_before(self, flat: str, start: int, end: int, phrase: Phrase) -> Span | None:
        if phrase.about:
            return phrase.start, phrase.end
        first = max(phrase.start, start - _BEFORE_REACH)
        if self.after is not None and not self.after.search(flat, first, start):
            return phrase.start, end
        if not self.acts and (_only_talked_about(phrase) or _joins_goods(flat, end, phrase)):
            return min(phrase.clause_start, phrase.start), phrase.end
        # what stands before 及 speaks of something else: 房地产开发及物业管理
        first = max(first, *(flat.rfind(join, first, start) + 1 for join in "及和与"))
        if not self.acts and (about := _ONLY_ABOUT.search(flat, first, start)):
            return about.start(), end
        return None


def _only_talked_about(phrase: Phrase) -> bool:
    verbs = phrase.verbs
    if phrase.bare or verbs.lead or verbs.trail:
        return False
    return phrase.acts <= (_TALK if phrase.shared else _ERRANDS)


def _joins_goods(flat: str, end: int, phrase: Phrase) -> bool:
    """`建筑装饰及水暖零件制造` makes goods; `房地产开发及销售` is still the activity."""
    verbs = phrase.verbs
    if not verbs.trail or not verbs.trail <= _GOODS:
        return False
    return _GOODS_JOINED.match(flat, end, phrase.start + verbs.trail_start) is not None


class Terms:
    """All distinct words, and the terms that each stands for."""

    def __init__(self, items: ItemSet) -> None:
        found: dict[str, list[Term]] = {}
        for item in items.items:
            if not item.push:
                continue
            for rule in item.rules:
                for word in map(plain, rule.words):
                    found.setdefault(word, []).append(_term(item, rule, word))
            for word in map(plain, item.excluded_by):
                found.setdefault(word, []).append(_excluder(item, word))
        self.words = list(found)
        self._terms = [tuple(found[word]) for word in self.words]

    def of(self, n: int) -> tuple[Term, ...]:
        return self._terms[n]


def _term(item: SupervisionItem, rule: Rule, word: str) -> Term:
    never = tuple(map(plain, rule.never + item.never))
    return Term(
        item.code,
        word,
        rule.acts,
        _tail(rule.tails, bool(rule.acts)),
        re.compile("|".join(map(re.escape, rule.after))) if rule.after else None,
        tuple((x, at.start()) for x in never for at in re.finditer(re.escape(word), x)),
        tuple(x for x in never if word not in x),
        rule.alone,
    )


def _excluder(item: SupervisionItem, word: str) -> Term:
    return Term(item.code, word, frozenset(), _tail((), True), None, (), (), only_excludes=True)


@lru_cache(maxsize=1024)
def _tail(tails: tuple[str, ...], thing: bool) -> re.Pattern[str]:
    own = "".join(f"|{re.escape(tail)}" for tail in sorted(tails, key=len, reverse=True))
    kind = _OF_A_THING if thing else _OF_AN_ACTIVITY
    ending = f"(?:{_ENDINGS}{kind}{own})"
    # 酒店... may have gone on as 酒店用品: a cut-off word must have closed before the dots
    return re.compile(rf"{ending}{{0,6}}(?:$|{_JOINS})|{ending}{{1,6}}\.\.")
