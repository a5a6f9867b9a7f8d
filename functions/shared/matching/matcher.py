"""From a scope of business to the supervision items it calls for, each with its reason (A5)."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from functions.shared.matching.acts import Act
from functions.shared.matching.clauses import SENTENCE_END, Phrase, phrases
from functions.shared.matching.exclusions import WHOLE_SCOPE, Exclusion, Exclusions
from functions.shared.matching.items import ItemSet
from functions.shared.matching.marking import Mark, laid
from functions.shared.matching.terms import Span, Term, Terms
from functions.shared.matching.text import Bracket, Reading, Unreadable, read, readable

__all__ = ["Match", "MatchResult", "Matcher", "Suppressed", "Unreadable", "readable"]

_QUOTE_LIMIT = 400  # a longer clause is quoted from the phrase on, without its list
_FACTORY = re.compile("厂|制造|加工")
_ONLY = frozenset("仅只限")
_IMPLIED = frozenset({Act.SELL})  # a thing named without any verb is taken to be sold
_IMPLIED_FACTORY = _IMPLIED | {Act.PRODUCE}
_NEGATOR_BEFORE = re.compile(
    r"(?:^|[、,及和或与]|不含有?|不包括|不包含|不得含?有?|不涉及?|除|含有?|生产|经营|销售|从事|设|任何|的)$"
)


@dataclass(frozen=True, slots=True)
class Match:
    """An item that the scope calls for: the words and the clause as they stand in the scope."""

    code: str
    version: int
    words: tuple[str, ...]
    clause: str
    law: str


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Words of an item that do not count, and what took them out (a quote, or a covering code)."""

    code: str
    words: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class MatchResult:
    items: tuple[Match, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()


class Kept(NamedTuple):
    """A word that counts, in its phrase; `thing`: for what is done with it (Rule.acts)."""

    start: int
    end: int
    phrase: Phrase
    thing: bool


@dataclass(slots=True)
class _Found:
    """What one item collected while the hits were judged."""

    kept: list[Kept] = field(default_factory=list)
    dropped: dict[Span, list[Span]] = field(default_factory=dict)  # reason → words

    def drop(self, word: Span, reason: Span) -> None:
        self.dropped.setdefault(reason, []).append(word)


_NOTHING = MatchResult()


class Matcher:
    """Reads scopes against one set of items. Built once, used for many scopes."""

    def __init__(self, items: ItemSet) -> None:
        self.version = items.version
        self._items = {item.code: item for item in items.items if item.push}
        self._terms = Terms(items)
        self._automaton = AhoCorasick(
            self._terms.words, implementation=Implementation.ContiguousNFA
        )

    def match(self, scope: str, name: str = "") -> MatchResult:
        """The items that `scope` calls for, and the words that only seemed to.

        `name` tells a factory from a shop where the scope names things without a verb; it never
        brings an item by itself. Time is linear in the length of the scope.
        """
        reading = read(scope, self._crosses)
        hits = self._automaton.find_matches_as_indexes(reading.flat, overlapping=True)
        if not hits:
            return _NOTHING
        return _Judgement(self, reading, name).result(hits)

    def marks(self, scope: str, name: str, code: str) -> tuple[Mark, ...]:
        """Where the words of one item stand in `scope`, and what is taken out there and why."""
        reading = read(scope, self._crosses)
        hits = self._automaton.find_matches_as_indexes(reading.flat, overlapping=True)
        judgement = _Judgement(self, reading, name)
        judgement.result(hits)
        return laid(reading, *judgement.spans(code))

    def _crosses(self, text: str, at: int) -> bool:
        """Does a word run across this place? 烟花 does not in 卷烟 花卉: 卷烟 began before it."""
        hits = self._automaton.find_matches_as_indexes(text, overlapping=True)
        whole = min((start for _, start, end in hits if end == at), default=at)
        return any(start < at < end and start <= whole for _, start, end in hits)


class _Judgement:
    """The hits of one scope, judged one by one."""

    def __init__(self, matcher: Matcher, reading: Reading, name: str) -> None:
        self.items, self.terms = matcher._items, matcher._terms
        self.reading = reading
        self.flat = reading.flat
        self.implied = _IMPLIED_FACTORY if _FACTORY.search(name) else _IMPLIED
        self.exclusions = Exclusions(reading)
        self.ends = [found.start() for found in SENTENCE_END.finditer(reading.flat)]
        self.sentences: dict[int, list[Phrase]] = {}
        self.found: dict[str, _Found] = {}
        self.excluded: dict[str, list[tuple[Exclusion, Term]]] = {}

    def result(self, hits: list[tuple[int, int, int]]) -> MatchResult:
        for n, start, end in hits:
            exclusion = self.exclusions.at(start)
            for term in self.terms.of(n):
                if exclusion:
                    self._exclude(term, start, end, exclusion)
                elif not term.only_excludes and term.has_before(self.flat, start):
                    self._judge(term, start, end)
        return self._collect()

    def spans(self, code: str) -> tuple[list[Span], list[tuple[Span, Span]]]:
        """What counted for an item; and all that is excluded, each with what took it out."""
        found = self.found.get(code, _Found())
        kept = sorted({word[:2] for word in found.kept}, key=lambda span: (span[0], -span[1]))
        said = [(one.start, one.end) for one in self.exclusions.spans]
        dropped = [(word, by) for by, words in found.dropped.items() for word in words]
        # one character (酒 in 酒店) is no word that anybody would miss
        missed = [(word, by) for word, by in dropped if word[1] - word[0] > 1]
        return kept, [*((span, span) for span in said), *missed]

    def _exclude(self, term: Term, start: int, end: int, exclusion: Exclusion) -> None:
        found = self.found.setdefault(term.code, _Found())
        found.drop((start, end), (exclusion.start, exclusion.end))
        before = self.flat[max(exclusion.start, start - 12) : start]
        if _NEGATOR_BEFORE.search(before) and term.closes(
            self.flat[end : min(exclusion.end, end + 20)]
        ):
            self.excluded.setdefault(term.code, []).append((exclusion, term))

    def _judge(self, term: Term, start: int, end: int) -> None:
        phrase = self._phrase(start)
        if phrase is None or end > phrase.end:
            return
        reason = term.refuses(self.flat, start, end, phrase)
        if reason is None and term.acts:
            acts = self.implied if phrase.bare else phrase.acts
            if not (acts & term.acts):
                reason = phrase.verb_span(self.flat)
        found = self.found.setdefault(term.code, _Found())
        if reason is None:
            found.kept.append(Kept(start, end, phrase, term.acts != frozenset()))
        else:
            found.drop((start, end), reason)

    def _phrase(self, at: int) -> Phrase | None:
        """The phrase that covers a character; its sentence is parsed when first asked for."""
        n = bisect_right(self.ends, at)
        if n not in self.sentences:
            start = self.ends[n - 1] + 1 if n else 0
            end = self.ends[n] if n < len(self.ends) else len(self.flat)
            self.sentences[n] = phrases(self.flat, start, end, self._host(start))
        row = self.sentences[n]
        k = bisect_right(row, at, key=_start) - 1
        return row[k] if k >= 0 and at < row[k].end else None

    def _host(self, at: int) -> Phrase | None:
        """The phrase that the bracket around this character stands behind."""
        if at < self.reading.main_end or not self.reading.brackets:
            return None
        k = bisect_right(self.reading.brackets, at, key=_bracket_start) - 1
        host = self.reading.brackets[k].host if k >= 0 else -1
        return self._phrase(host) if 0 <= host < at else None

    def _collect(self) -> MatchResult:
        for code, exclusions in self.excluded.items():
            self._drop_excluded(self.found[code], exclusions)
        self._drop_narrowed()
        matched = {code for code, found in self.found.items() if found.kept}
        items: list[Match] = []
        suppressed: list[Suppressed] = []
        for code in sorted(self.found):
            found, item = self.found[code], self.items[code]
            cover = next((c for c in item.covered_by if c in matched), None)
            words = self._words(found.kept)
            if found.kept and cover:
                suppressed.append(Suppressed(code, words, cover))
            elif found.kept:
                clause = self._clause(found.kept[0])
                items.append(Match(code, item.version, words, clause, item.ground))
            suppressed += self._dropped(code, found)
        return MatchResult(tuple(items), tuple(suppressed))

    def _drop_excluded(self, found: _Found, excluded: list[tuple[Exclusion, Term]]) -> None:
        """An exclusion takes out what it stands behind; one for the whole scope, everything.

        What is merely narrower does not: 汽车（不含乘用车） still sells cars. So the excluded word
        must be the word itself, or one that the item lists in `excluded_by` (key "" here).
        """
        by_host: dict[int, dict[str, Exclusion]] = {}
        for exclusion, term in excluded:
            words = by_host.setdefault(exclusion.host, {})
            words["" if term.only_excludes else term.word] = exclusion
        hosts = sorted(by_host)
        everywhere = by_host.get(WHOLE_SCOPE, {})
        kept = []
        for word in found.kept:
            n = bisect_right(hosts, word.phrase.end - 1) - 1
            near = by_host[hosts[n]] if n >= 0 and hosts[n] >= word.phrase.start else {}
            text = self.flat[word.start : word.end]
            by = near.get("") or near.get(text) or everywhere.get("") or everywhere.get(text)
            if by:
                found.drop((word.start, word.end), (by.start, by.end))
            else:
                kept.append(word)
        found.kept = kept

    def _drop_narrowed(self) -> None:
        """食品销售（仅销售预包装食品） sells prepackaged food and no other: of an item and one
        that it covers, a bracket that says "only" keeps the covered one."""
        for code, found in list(self.found.items()):
            for word in found.kept:
                bracket = self._bracket(word.start)
                if bracket and self.flat[bracket.start] in _ONLY:
                    for cover in self.items[code].covered_by:
                        self._drop_host(cover, bracket)

    def _bracket(self, at: int) -> Bracket | None:
        """The bracket around this character of the flat text."""
        k = bisect_right(self.reading.brackets, at, key=_bracket_start) - 1
        found = self.reading.brackets[k] if k >= 0 else None
        return found if found and found.start <= at < found.end else None

    def _drop_host(self, code: str, bracket: Bracket) -> None:
        """Take out what an item found in the phrase that the bracket stands behind."""
        found = self.found.get(code, _Found())
        for word in [one for one in found.kept if one.start <= bracket.host < one.phrase.end]:
            found.kept.remove(word)
            found.drop((word.start, word.end), (bracket.start, bracket.end))

    def _words(self, kept: list[Kept]) -> tuple[str, ...]:
        """The words as they stand in the scope; one inside another is left out."""
        longest: list[Span] = []
        for start, end in sorted({word[:2] for word in kept}, key=lambda span: (span[0], -span[1])):
            if not longest or end > longest[-1][1]:
                longest.append((start, end))
        return tuple(dict.fromkeys(self.reading.quote(*span) for span in longest))

    def _dropped(self, code: str, found: _Found) -> list[Suppressed]:
        grouped: dict[str, dict[str, None]] = {}
        counted = {at for word in found.kept for at in range(word.start, word.end)}
        for (start, end), spans in found.dropped.items():
            # one character (酒 in 酒店) is no word that anybody would miss
            words = [(a, b) for a, b in spans if a not in counted and b - a > 1]
            if not words:
                continue
            by = self.reading.quote(start, min(end, start + _QUOTE_LIMIT))
            grouped.setdefault(by, {}).update((self.reading.quote(*word), None) for word in words)
        return [Suppressed(code, tuple(words), by) for by, words in grouped.items()]

    def _clause(self, word: Kept) -> str:
        start, end, phrase, thing = word
        first = min(phrase.clause_start, start)
        last = max(phrase.clause_end if thing else phrase.end, end)
        if last - first > _QUOTE_LIMIT:
            first, last = phrase.start, phrase.end
        if last - first > _QUOTE_LIMIT:
            first, last = start, end
        return self.reading.quote(first, last)


def _start(phrase: Phrase) -> int:
    return phrase.start


def _bracket_start(bracket: Bracket) -> int:
    return bracket.start
