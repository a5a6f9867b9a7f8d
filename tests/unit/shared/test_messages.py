"""Every code has its sentence, in both languages (D4)."""

import ast
import re
import string
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from functions.shared import messages, texts
from functions.shared.errors import Kind

FUNCTIONS = Path(__file__).parents[3] / "functions"
_RAISERS = {"Fault", "of"}


def raised_codes() -> set[str]:
    """Every literal code handed to `Fault(...)` or `<Problem>.of(...)`."""
    found = set()
    for path in FUNCTIONS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                first = node.args[0]
                if name in _RAISERS and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return {code for code in found if re.fullmatch(r"[a-z0-9_]+", code)}


def test_d4_every_code_that_is_raised_has_its_sentences() -> None:
    assert raised_codes() - set(messages.TEXTS) == set()


def test_d4_every_kind_of_problem_has_its_sentences() -> None:
    assert set(Kind) - set(messages.TEXTS) == set()


@pytest.mark.parametrize("code", sorted(messages.TEXTS))
def test_d4_both_languages_say_the_same_things(code: str) -> None:
    zh, en = messages.TEXTS[code]
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert not re.search(r"[\u4e00-\u9fff]", en)
    names = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (zh, en)
    ]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "zh"),
        ("en", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("fr,en;q=0.4", "en"),
        ("fr", "zh"),
        ("en;q=x", "zh"),
    ],
)
def test_d4_the_callers_language(accept: str, expected: str) -> None:
    assert messages.language(accept) == expected


def test_a_missing_parameter_shows_as_its_name() -> None:
    assert "{expected}" in messages.text("value_enum", "en")


def test_no_two_rooms_word_the_same_code() -> None:
    names = [found.name for found in iter_modules(texts.__path__)]
    rooms = [vars(import_module(f"{texts.__name__}.{name}"))["TEXTS"] for name in names]
    rooms.append(messages._COMMON)
    assert len(messages.TEXTS) == sum(map(len, rooms))
