"""Brings text into one form without changing what it says (C4): invisible characters, widths,
spaces, brackets. Every function leaves its own result as it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from functions.shared.codes import is_citizen_id

SAYS_NOTHING = frozenset(
    {"", "无", "空", "暂无", "-", "--", "—", "——", "/", "\\", "N/A", "n/a", "NA", "null", "NULL"}
)
# What cannot be seen, or is no character at all; lone surrogates are refused (checking.py).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufffe\uffff]"
)
UNDECODED = re.compile("[\ud800-\udfff]")  # the traces of bytes that are no text
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Letters and digits in full width, and the other shapes of Han characters that PDFs leave behind.
# Punctuation in full width is how Chinese is written: it stays.
WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2e80-\u2fdf\uf900-\ufaff]+")
_WIDE_IN_NAMES = re.compile("[\uff03-\uff06\uff0a\uff0b\uff0d-\uff0f\uff20\uff3c\uff3f]+")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uff00-\uff60\U00020000-\U0003ffff"
_SPACE_IN_HAN = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")
_SPACES = re.compile(r"\s+")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe63\uff0d]")
_YEAR = re.compile(
    r"[\[(\u3014\u3010{<\u3008\u300a]((?:19|20)\d\d)年?[\])\u3015\u3011}>\u3009\u300b]"
)
IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])")
HIDDEN = "*" * 18

Change = tuple[str, str, str]  # rule, before, after
Changes = list[Change]


def tidied(text: str, changes: Changes) -> str:
    """The text without what cannot be seen and without blanks around it; lines stay lines."""
    if not text.isprintable():
        text = _changed("invisible", text, lambda t: _INVISIBLE.sub("", t), changes)
        text = _LINE_ENDS.sub("\n", text)
        text = _changed("spaces", text, lambda t: _BLANKS.sub(" ", t), changes)
    if text[:1].isspace() or text[-1:].isspace():
        text = _changed("spaces", text, str.strip, changes)
    return text


def narrowed(text: str, changes: Changes) -> str:
    """Letters and digits in half width; Han characters in their own code points."""
    return _changed("width", text, lambda t: WIDE.sub(_folded, t), changes)


def name_of(text: str, changes: Changes) -> str:
    """A name: its signs in half width but its brackets in full, spaces only between Latin words."""
    text = _changed("width", text, lambda t: _WIDE_IN_NAMES.sub(_folded, t), changes)
    if not text.isascii():
        text = _changed("brackets", text, _wide_brackets, changes)
        text = _changed("spaces", text, lambda t: _SPACE_IN_HAN.sub("", t), changes)
    return _changed("spaces", text, lambda t: _SPACES.sub(" ", t), changes)


def document_of(text: str, changes: Changes) -> str:
    """The number of a document in one style: half width, no spaces, its year between 〔 and 〕."""
    text = _changed("width", text, _document_width, changes)
    text = _changed("spaces", text, without_spaces, changes)
    return _changed("brackets", text, lambda t: _YEAR.sub("〔\\1〕", t), changes)


def without_spaces(text: str) -> str:
    """The text without any blanks. What stood on both sides of one may now be one character."""
    return unicodedata.normalize("NFKC", _SPACES.sub("", text))


def without_identities(text: str) -> str:
    """Free text with every identity number in it made unreadable: such a number may be in an
    officer's note, but it is kept nowhere in plain (C8)."""
    return IDENTITY.sub(lambda found: HIDDEN if is_citizen_id(found[0].upper()) else found[0], text)


def _changed(rule: str, text: str, how: Callable[[str], str], changes: Changes) -> str:
    after = how(text)
    if after != text:
        changes.append((rule, text, after))
    return after


def _folded(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _wide_brackets(text: str) -> str:
    return text.replace("(", "\uff08").replace(")", "\uff09")


def _document_width(text: str) -> str:
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text))
