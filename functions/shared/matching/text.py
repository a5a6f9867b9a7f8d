"""Reading a scope as written: one form for each character, boilerplate and brackets aside."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum

from functions.shared.matching.spaces import Crosses, part_lists

BREAK = ";"  # ends a sentence; boilerplate is overwritten with it so that offsets stay


class Unreadable(StrEnum):
    """Why a scope cannot be read and waits for a person (A6)."""

    NOT_AVAILABLE = "not_available"
    EMPTY = "empty"
    CUT_OFF = "cut_off"
    GARBLED = "garbled"


@dataclass(frozen=True, slots=True)
class Bracket:
    """Content of one bracket: its span and its host's last character, both in the flat text."""

    start: int
    end: int
    host: int
    ends_scope: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A scope laid flat: the main text, then each bracket's content on a line of its own.

    `quote` gives a span of the flat text back in the scope's own characters.
    """

    scope: str
    flat: str
    main_end: int
    brackets: tuple[Bracket, ...]
    _starts: tuple[int, ...]
    _shifts: tuple[int, ...]

    def origin(self, at: int) -> int:
        """Where a character of the flat text stands in the scope."""
        if not self._starts:
            return at
        return at + self._shifts[bisect_right(self._starts, at) - 1]

    def quote(self, start: int, end: int) -> str:
        return self.scope[self.origin(start) : self.origin(end - 1) + 1]


def _single_forms() -> dict[int, str]:
    """Compatibility forms that NFKC turns into exactly one character, in lower case.

    One to one keeps every offset: words and clauses can be quoted from the scope as it stands.
    """
    blocks = (range(0xA0, 0x3400), range(0xF900, 0xFFF0), range(0x2F800, 0x2FA20))
    table = {code: unicodedata.normalize("NFKC", chr(code)) for block in blocks for code in block}
    table = {code: form.lower() for code, form in table.items() if form != chr(code)}
    # stops, lists, brackets and class numerals that NFKC leaves alone or spells out
    table |= {ord(a): b for a, b in zip(_ODD, _EVEN, strict=True)}
    table |= {ord(c): " " for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad\t\r\x0b\x0c"}
    table |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # half a character: no UTF-8
    table |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    return {code: form for code, form in table.items() if len(form) == 1}


_ODD = "。．｡﹑､丶〔【［〈﹝〕】］〉﹞∶︰[]{}ⅠⅡⅢ"
_EVEN = "。。。、、、((((()))))::()()一二三"
_FORMS = _single_forms()
_SPACE = re.compile(r"[ \u3000]+")
_STATUTORY = re.compile(r"\(?依法须经批准的项目[^()]*(?:\)[。;]*|$)")
_STATUTORY_CUT = re.compile(r"\(依?法?须?经?批?准?的?项?(?:\.+|…+|$)")
_HEADING = re.compile(
    r"(?:经营范围[:]|前置)?(?:许可|一般|前置许可)(?:经营)?项目(?:[:]|[为是][:]?)|经营范围[:]|〓+"
)
_NUMBERING = re.compile(
    r"\([一二三四五六七八九十百\d]{1,3}\)|(?:(?<=[;。:,\n])|^)\d{1,2}[、.](?!\d)"
)
_CLASSES = re.compile("(?:(?<=[一二三])|(?<=[一二三]类))[、,](?=第?[一二三]类)")
_HOME_AND_ABROAD = re.compile("(?<=国际)[、,](?=国内)|(?<=国内)[、,](?=国际)")
_DEEPEST = 5  # brackets nested deeper count as part of the bracket around them
_NOTHING = re.compile(r"(?:n/?a|null|none|nil|暂?无|空|不详|未知|[-*/.。;,、]*)")
_CUT_END = re.compile(r"(?:\.{2,}|…+)$")
_LETTER = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def plain(scope: str) -> str:
    """The scope with one form per character and its boilerplate blanked out; same length."""
    text = scope.translate(_FORMS)
    if "类" in text:
        text = _CLASSES.sub("/", text)
    if "国际" in text:
        text = _HOME_AND_ABROAD.sub("/", text)
    if "依法须经" in text or "(依" in text:
        text = _STATUTORY.sub(_blank, text)
        text = _STATUTORY_CUT.sub(_blank, text)
    if "项目" in text or "〓" in text or "经营范围" in text:
        text = _HEADING.sub(_blank, text)
    return _NUMBERING.sub(_blank, text)


def read(scope: str, crosses: Crosses = lambda text, at: False) -> Reading:
    """Lay a scope flat. Linear in its length.

    `crosses` tells known words that a space cuts in two from members of a list.
    """
    text = plain(scope)
    if "(" not in text and ")" not in text and " " not in text and "\u3000" not in text:
        return Reading(scope, text, len(text), (), (), ())
    return _Flattener(scope, part_lists(scope, text, crosses)).reading()


def readable(scope: str) -> Unreadable | None:
    """None where the scope can be judged, else the reason why a person must (A6).

    Cut off is what ends in dots or inside a bracket that it opened: the registry's field was too
    short. What was kept is still matched, but what was lost is unknown.
    """
    text = scope.translate(_FORMS).strip().strip("〓").strip()
    if not text:
        return Unreadable.EMPTY
    if _NOTHING.fullmatch(text):
        return Unreadable.NOT_AVAILABLE if re.search(r"\w", text) else Unreadable.EMPTY
    if "\ufffd" in text or not _LETTER.search(text):
        return Unreadable.GARBLED
    text = _STATUTORY.sub("", text).rstrip("〓;。, ")
    last_open = text.rfind("(")
    if _CUT_END.search(scope.strip().rstrip("〓")) or (
        last_open > text.rfind(")") and not re.search("[;。]", text[last_open:])
    ):
        return Unreadable.CUT_OFF
    return None


def _blank(found: re.Match[str]) -> str:
    return BREAK * (found.end() - found.start())


class _Flattener:
    """Takes brackets (and spaces) out of the text, remembering where each piece came from."""

    def __init__(self, scope: str, text: str) -> None:
        self.scope, self.text = scope, text
        self.lines: list[list[tuple[int, int]]] = [[]]  # pieces (start, end) of the text, per line
        self.hosts: list[tuple[int, int]] = [(-1, -1)]  # (line, length so far) the bracket follows
        self.lengths = [0]
        self.closes = [len(text)]

    def reading(self) -> Reading:
        self._cut()
        parts: list[str] = []
        starts: list[int] = []
        shifts: list[int] = []
        line_starts: list[int] = []
        at = 0
        for pieces in self.lines:
            line_starts.append(at)
            for start, end in pieces:
                starts.append(at)
                shifts.append(start - at)
                parts.append(self.text[start:end])
                at += end - start
            parts.append("\n")
            starts.append(at)
            shifts.append((pieces[-1][1] if pieces else 0) - at)
            at += 1
        tail = len(self.text.rstrip(";。,. "))
        brackets = tuple(
            Bracket(
                line_starts[n],
                line_starts[n] + self.lengths[n],
                line_starts[self.hosts[n][0]] + self.hosts[n][1] - 1,
                self.hosts[n][0] == 0 and self.closes[n] >= tail - 1,
            )
            for n in range(1, len(self.lines))
        )
        return Reading(
            self.scope, "".join(parts), self.lengths[0], brackets, tuple(starts), tuple(shifts)
        )

    def _cut(self) -> None:
        open_lines = [0]
        for found in re.finditer(r"[^() \u3000]+|[() \u3000]", self.text):
            mark, line = found.group(), open_lines[-1]
            if mark == "(" and len(open_lines) > _DEEPEST:
                open_lines.append(line)
            elif mark == "(":
                self.hosts.append((line, self.lengths[line]))
                self.lines.append([])
                self.lengths.append(0)
                self.closes.append(len(self.text))
                open_lines.append(len(self.lines) - 1)
            elif mark == ")":
                if len(open_lines) > 1:
                    self.closes[open_lines.pop()] = found.start()
            elif mark not in " \u3000":
                self.lines[line].append(found.span())
                self.lengths[line] += found.end() - found.start()
