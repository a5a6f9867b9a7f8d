"""Text for paper: what a font cannot show is named, and lines are broken as Chinese is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container
from dataclasses import dataclass, field

GETA = "〓"  # stands for a character that cannot be printed
_NUMBERS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CLOSING = frozenset("，。、；：？！）》〉】〕』」”’％…·,.;:?!)]}%")  # never begin a line
_OPENING = frozenset("（《〈【〔『「“‘([{")  # never end one
_PART = re.compile(r"[!-~]+|.", re.DOTALL)  # a word or figure in Latin letters; any other character
_UNSEEN = {"Cc", "Cf", "Cs"}  # controls, marks of direction, halves of pairs
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # which shape of a character
_DIGITS = "零一二三四五六七八九"

Measure = Callable[[str], float]


def plain(text: str) -> str:
    """`text` on one line, without anything that is not seen: what is printed is all there is."""
    spaced = (" " if one.isspace() else one for one in _SELECTORS.sub("", text))
    seen = (one for one in spaced if unicodedata.category(one) not in _UNSEEN)
    return " ".join("".join(seen).split())


@dataclass(frozen=True)
class Glyphs:
    """The code points that a font has; others are marked in the text and explained in a note, so
    that no name loses a character without a trace (D5)."""

    known: Container[int]
    missing: list[str] = field(default_factory=list)

    def shown(self, text: str) -> str:
        """`text` as it can be printed."""
        return "".join(one if ord(one) in self.known else self._mark(one) for one in plain(text))

    def note(self) -> str:
        """Which characters the marks stand for; empty where none was missing."""
        named = (f"{self._mark(one)} U+{ord(one):04X}" for one in self.missing)
        return (
            f"注：{GETA} 为字库未收录的字，其编码为：{'；'.join(named)}。" if self.missing else ""
        )

    def _mark(self, character: str) -> str:
        if character not in self.missing:
            self.missing.append(character)
        place = self.missing.index(character)
        return GETA + _NUMBERS[place : place + 1]


def lines_of(text: str, width: float, measure: Measure, indent: float = 0) -> list[str]:
    """`text` in lines of at most `width`, the first shorter by `indent`.

    Words and figures stay whole and punctuation stays where Chinese puts it, unless a piece alone
    is longer than a line.
    """
    lines: list[str] = []
    line, room = "", width - indent
    for unit in _units(text):
        size = measure(unit)
        if size <= room:
            line, room = line + unit, room - size
            continue
        if line.strip():
            lines.append(line.rstrip())
            line, room = "", width
        *whole, line = _pieces(unit.lstrip(), room, width, measure)
        lines += whole
        room = (width if lines else width - indent) - measure(line)
    return [*lines, line.rstrip()] if line.strip() else lines


def _units(text: str) -> list[str]:
    """What no line may end within: words, and characters with the punctuation that they carry."""
    found: list[str] = []
    open_ended = False
    for part in _PART.findall(text):
        if found and (open_ended or part[0] in _CLOSING):
            found[-1] += part
        else:
            found.append(part)
        open_ended = part[-1] in _OPENING
    return found


def _pieces(unit: str, room: float, width: float, measure: Measure) -> list[str]:
    """`unit`, cut only where it is longer than a line; the first piece has `room`."""
    pieces = [""]
    for character in unit:
        size = measure(character)
        if pieces[-1] and size > room:
            pieces.append("")
            room = width
        pieces[-1] += character
        room -= size
    return pieces


def numeral(number: int) -> str:
    """A number as a Chinese list counts: 一, 十, 十一, 二十; in figures from 100 on."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones else "")
