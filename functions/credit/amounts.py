"""Reads sums of money as departments write them: digits, units, Chinese numerals, in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

_PLAIN = {char: value for value, char in enumerate("零一二三四五六七八九")}
_CAPITAL = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
_OTHER = {"〇": 0, "○": 0, "两": 2, "貳": 2, "贰": 2, "參": 3, "陸": 6}
_DIGITS = {**_PLAIN, **_CAPITAL, **_OTHER}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_HAN = "".join((*_DIGITS, *_SMALL, *_LARGE))
# Possessive: digits in digits would otherwise be tried in every way that they can be cut up.
_FIGURE = r"[0-9]++(?:,[0-9]{3})*+(?:\.[0-9]++)?+"
_TOKEN = re.compile(rf"{_FIGURE}|[{_HAN}]")
_RUN = rf"(?<![0-9.])(?<![0-9],)(?:{_FIGURE}|[{_HAN}])++"  # never from the middle of a number
_YUAN = rf"(?P<run>{_RUN})(?:元|圆|圓)(?:(?P<jiao>[0-9{_HAN}])角)?(?:(?P<fen>[0-9{_HAN}])分)?"
_SUM = re.compile(rf"(?P<sign>人民币|RMB|¥)*(?:{_YUAN}|(?P<bare>{_RUN}))(?:人民币)?[整正]?")
# Without 元, one digit may as well count the points of the text.
_IN_TEXT = re.compile(rf"{_YUAN}|(?P<bare>(?=[0-9,.{_HAN}]{{2}}){_RUN})(?=[整正,;；。]|$)")
_BEFORE = re.compile(rf"{_YUAN}[整正]?(?:人民币)?的?(?:行政)?$")
_ENDS = re.compile(r"[;；。\n]|没收|警告|吊销|暂扣|责令")
_BRACKETS = re.compile(r"\(([万亿元人民币]+)\)")  # 50(万元人民币)
_NEAR = 40  # characters around the word within which its amount stands
_LONGEST = 60


def read_amount(text: str, unit: int) -> Decimal | None:
    """The amount of a cell whose column counts in `unit` yuan, or None if it is no amount.

    A bare number is in the column's own unit; with 元, ¥ or 万 it is turned into that.
    """
    if len(text) > _LONGEST:
        return None
    found = _SUM.fullmatch(_BRACKETS.sub("\\1", _plain(text)))
    if found is None:
        return None
    named = found["run"] or found["sign"] or _LARGE.keys() & set(found["bare"])
    if not named:
        return _number(found["bare"])
    yuan = _yuan(found)
    return None if yuan is None else yuan / unit


def amounts_after(text: str, words: tuple[str, ...]) -> tuple[Decimal, ...]:
    """The sums in yuan that a text states after these words (罚款14220元), in their order; where
    there are none, those right before them (处2万元罚款). Other sums of the text are not theirs."""
    ends = [found.end() for word in words for found in re.finditer(re.escape(word), text)]
    after = (_IN_TEXT.search(_clause(text[end : end + _NEAR])) for end in ends)
    if stated := _sums(after):
        return stated
    starts = [found.start() for word in words for found in re.finditer(re.escape(word), text)]
    return _sums(_BEFORE.search(_plain(text[max(0, one - _NEAR) : one])) for one in starts)


def written(amount: Decimal) -> str:
    """An amount in its one form: no exponent, no zeros at the end."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def chinese_number(text: str) -> int | None:
    """A whole number in Chinese numerals, positional (二〇二二) or not (十三), or None."""
    number = _number(text)
    return int(number) if number is not None and number == int(number) else None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _clause(text: str) -> str:
    """What belongs to the word before it: up to the end of the clause or another measure. Where
    the text goes on, its last number may be cut, and must not look complete."""
    end = _ENDS.search(text)
    if end:
        return _plain(text[: end.start()])
    return _plain(text) + "…" * (len(text) == _NEAR)


def _sums(found: Iterable[re.Match[str] | None]) -> tuple[Decimal, ...]:
    amounts = (_yuan(one) for one in found if one is not None)
    return tuple(one for one in amounts if one is not None)


def _yuan(found: re.Match[str]) -> Decimal | None:
    parts = found.groupdict()
    whole = _number(parts["run"] or parts.get("bare") or "")
    if whole is None:
        return None
    for coin, worth in (("jiao", Decimal("0.1")), ("fen", Decimal("0.01"))):
        if parts[coin]:
            whole += (_number(parts[coin]) or Decimal(0)) * worth
    return whole


def _number(run: str) -> Decimal | None:
    """The value of figures and Chinese numerals, mixed as people mix them (2万5千)."""
    total = section = Decimal(0)
    number: Decimal | None = None
    place = 0
    for found in _TOKEN.finditer(run):
        token = found[0]
        if found.start() != place:
            return None
        place = found.end()
        if token in _SMALL:
            section += (Decimal(1) if number is None else number) * _SMALL[token]
            number = None
        elif token in _LARGE:
            section += number or 0
            if not section and not total:
                return None
            if _LARGE[token] == 10**8:
                total = (total + section) * 10**8
            else:
                total += section * _LARGE[token]
            section, number = Decimal(0), None
        elif token in _DIGITS:
            number = _DIGITS[token] + (number or Decimal(0)) * 10
        elif number is not None:
            return None
        else:
            number = Decimal(token.replace(",", ""))
    return total + section + (number or 0) if run and place == len(run) else None
