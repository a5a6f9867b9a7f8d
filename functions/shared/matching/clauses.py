"""The grammar of a sentence: which verbs hold for which phrase, shared along a list or not."""

import re
from dataclasses import dataclass

from functions.shared.matching.acts import Act, Verbs, verbs_of

SENTENCE_END = re.compile(r"[;。\n]|(?<![.\d])\.(?![.\d])")
_SEPARATOR = re.compile(r"[、,:]")

Acts = frozenset[Act]
NO_ACTS: Acts = frozenset()

# Acts that a verb after a list hands back to the whole list even without 的: 服装、药品销售
_HANDED_BACK: Acts = frozenset(
    {
        Act.PRODUCE,
        Act.PROCESS,
        Act.SELL,
        Act.WHOLESALE,
        Act.RETAIL,
        Act.INSTALL,
        Act.REPAIR,
        Act.RENT,
        Act.TRANSPORT,
        Act.COLLECT,
        Act.GROW,
        Act.STORE,
        Act.PRINT,
    }
)
# Acts whose verb, standing before a thing, also governs the list that follows
_CARRIED_ON: Acts = _HANDED_BACK | {
    Act.RESEARCH,
    Act.DEVELOP,
    Act.DESIGN,
    Act.AGENT,
    Act.BOOK,
    Act.INVEST,
    Act.RUN,
    Act.TRADE_ABROAD,
}
# Acts that only talk about what they follow
_KNOWLEDGE: Acts = frozenset({Act.RESEARCH, Act.DEVELOP, Act.ADVISE})
_ABOUT = re.compile(r"(?:提供)?(?:有关|关于)|为.{0,8}提供")
_ADVICE_END = re.compile(r"(?:咨询|策划|顾问|信息)(?:服务|业务)?$")


@dataclass(slots=True)
class Phrase:
    """What stands between two separators, with the verbs that hold for it.

    Spans are in the flat text. `clause` reaches from the governing verb to the end of what it
    governs here, so that a quote of it shows why the acts hold.
    """

    start: int
    end: int
    verbs: Verbs
    acts: Acts = NO_ACTS
    bare: bool = True  # no verb holds for it
    about: bool = False  # 有关…的咨询: talk about it, not the thing
    shared: bool = False  # its verbs were said for the list: before a colon, or after it with 的
    handed_back: bool = False  # verbs alone that belong to the phrase before: 电梯安装、维修
    serves: bool = False  # verbs alone that belong to any other phrase
    clause_start: int = 0
    clause_end: int = 0

    def verb_span(self, flat: str) -> tuple[int, int]:
        """Where its verbs stand: before the colon, else in the phrase itself."""
        colon = flat.find(":", self.clause_start, min(self.start, self.clause_start + 60))
        return self.clause_start, colon + 1 if colon >= 0 else self.end


def phrases(flat: str, start: int, end: int, host: Phrase | None = None) -> list[Phrase]:
    """The phrases of one sentence with their acts. `host` lends its acts to a bracket's content."""
    reader = _Sentence(flat, host)
    at = start
    for mark in _SEPARATOR.finditer(flat, start, end):
        reader.take(at, mark.start(), mark.group())
        at = mark.end()
    reader.take(at, end, "")
    reader.finish()
    return reader.found


class _Sentence:
    """One pass from left to right, one back for the verbs that follow their list."""

    def __init__(self, flat: str, host: Phrase | None) -> None:
        self.flat = flat
        self.found: list[Phrase] = []
        self.things: list[Phrase] = []  # those of them that are not verbs alone
        self.head: Acts = NO_ACTS  # from `销售：` or from a verb before the first thing
        self.head_start = -1
        self.colon = False
        self.waiting: list[Phrase] = []  # verbs standing alone, not yet known for whom
        self.before = ""  # separator before the phrase
        if host is not None and not host.bare:
            self.head, self.head_start = host.acts, -1

    def take(self, start: int, end: int, after: str) -> None:
        if start < end:
            phrase = Phrase(start, end, verbs_of(self.flat[start:end]))
            phrase.clause_start, phrase.clause_end = start, end
            if phrase.verbs.pure:
                phrase.acts, phrase.bare = phrase.verbs.lead, False
                self.waiting.append(phrase)
                self.found.append(phrase)
            else:
                self._thing(phrase, after)
        if after == ":":
            self._colon(start)
        self.before = after

    def _colon(self, start: int) -> None:
        if self.waiting:
            self._open_head(self.waiting)
            self.waiting = []
        elif (last := self._last_thing()) and not last.bare:
            self.head, self.head_start = last.acts, last.clause_start
        else:
            self.head, self.head_start = NO_ACTS, -1
        self.colon = True

    def _open_head(self, run: list[Phrase]) -> None:
        self.head = NO_ACTS.union(*(phrase.verbs.lead for phrase in run))
        self.head_start = run[0].start
        for verb in run:
            verb.serves = True

    def _thing(self, phrase: Phrase, after: str) -> None:
        verbs = phrase.verbs
        if self.waiting:
            self._settle_waiting(phrase)
        own = verbs.lead | verbs.trail
        if verbs.lead and verbs.lead & _CARRIED_ON:
            lead, start = verbs.lead, phrase.start
            if self.waiting:  # 生产、销售电线: the run goes on into this phrase
                lead = lead.union(*(w.verbs.lead for w in self.waiting))
                start = self.waiting[0].start
                for verb in self.waiting:
                    verb.serves = True
            if self.colon and self.before == "、":
                own |= self.head
                start = self.head_start if self.head_start >= 0 else start
            else:
                carried = NO_ACTS if verbs.closed else lead
                self.head, self.head_start, self.colon = carried, start, False
                own |= lead
            phrase.clause_start = min(start, phrase.start)
            phrase.acts, phrase.bare = own, False
        elif verbs.trail:
            phrase.acts, phrase.bare = own, False
        elif self.head:
            phrase.acts, phrase.bare, phrase.shared = self.head, False, self.colon
            if self.head_start >= 0:
                phrase.clause_start = self.head_start
        self.waiting = []
        self.found.append(phrase)
        self.things.append(phrase)

    def _settle_waiting(self, phrase: Phrase) -> None:
        """Verbs stood alone before this thing: do they belong to it, or to the list before?"""
        if phrase.verbs.lead & _CARRIED_ON:
            return
        if (last := self._last_thing()) and self.waiting[0].start > last.end:
            self._hand_back(last, self.waiting)
        self.waiting = []

    def _last_thing(self) -> Phrase | None:
        return self.things[-1] if self.things else None

    def _hand_back(self, last: Phrase, run: list[Phrase]) -> None:
        """`电动葫芦及其安装、维修保养`: verbs after a comma belong to what stands before."""
        for verb in run:
            verb.handed_back = verb.serves = True
        last.acts = last.acts.union(*(w.verbs.lead for w in run))
        last.bare = False
        last.clause_end = run[-1].end
        if not last.verbs.trail:
            last.verbs = last.verbs._replace(trail=run[0].verbs.lead, linked=False)

    def finish(self) -> None:
        if self.waiting and (last := self._last_thing()):
            self._hand_back(last, self.waiting)
        given, end, linked = NO_ACTS, -1, False
        for phrase in reversed(self.things):
            if not linked and self.flat[phrase.end : phrase.end + 1] == ",":
                given = NO_ACTS
            if phrase.verbs.trail:
                given, end, linked = phrase.acts, phrase.clause_end, phrase.verbs.linked
                if not linked:
                    given &= _HANDED_BACK
            elif given and phrase.bare:
                phrase.acts, phrase.bare, phrase.clause_end = given, False, end
                phrase.shared = linked
            elif not phrase.bare and not linked:
                given = NO_ACTS
        self._mark_about()
        self._mark_alike()

    def _mark_alike(self) -> None:
        """`建筑工程、土木工程技术咨询`: what is named alike before it is only talked about too."""
        for n, phrase in enumerate(self.things):
            trail = phrase.verbs.trail
            if not trail or not trail <= _KNOWLEDGE or phrase.verbs.lead:
                continue
            told = self.flat[phrase.start : phrase.start + phrase.verbs.trail_start]
            if len(told) < 2:
                continue
            for before in reversed(self.things[:n]):
                listed = before.bare and self.flat[before.end] == "、"
                if not listed or not self.flat.endswith(told[-2:], before.start, before.end):
                    break
                before.about = True

    def _mark_about(self) -> None:
        """`有关会计、税务的咨询服务`: everything from 有关 to 咨询 is only talked about."""
        opened = -1
        for n, phrase in enumerate(self.found):
            text = self.flat[phrase.start : phrase.end]
            if _ABOUT.match(text) and not phrase.verbs.closed:
                opened = n
            if opened >= 0 and _ADVICE_END.search(text[-12:]):
                for about in self.found[opened : n + 1]:
                    about.about = True
                opened = -1
