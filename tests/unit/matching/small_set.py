"""A small invented set of items, so that the grammar is tested apart from the city's data."""

from functions.shared.matching.items import ItemSet, parse_items
from functions.shared.matching.matcher import Matcher

_SMALL = """
version = "small"

[defaults]
version = 3
kind = "licence"
departments = ["某局"]
level = "town"
holds_from = 2020-01-01
law = "某法(2020-01-01)"
article = "第一条"

[[items]]
code = "AA01"
licence = "生产药品"
[[items.rules]]
words = ["药品"]
acts = ["produce", "process"]

[[items]]
code = "AA02"
licence = "零售药品"
[[items.rules]]
words = ["药品"]
acts = ["retail", "sell", "run"]

[[items]]
code = "AA03"
licence = "批发药品"
[[items.rules]]
words = ["药品"]
acts = ["wholesale"]

[[items]]
code = "BB01"
licence = "物业管理"
[[items.rules]]
words = ["物业管理"]

[[items]]
code = "BB02"
licence = "印刷"
[[items.rules]]
words = ["印刷"]
tails = ["加工"]
alone = true

[[items]]
code = "CC01"
licence = "安装电梯"
[[items.rules]]
words = ["电梯"]
acts = ["install", "repair"]

[[items]]
code = "CC02"
licence = "工程"
[[items.rules]]
words = ["工程"]
after = ["装饰", "消防"]

[[items]]
code = "DD01"
licence = "危险化学品"
excluded_by = ["危险化学品", "危险品"]
[[items.rules]]
words = ["危险化学品", "酒精", "油漆"]
acts = ["sell", "wholesale", "retail"]

[[items]]
code = "EE01"
licence = "理发"
never = ["代理发行"]
[[items.rules]]
words = ["理发"]

[[items]]
code = "FF01"
licence = "酒店"
[[items.rules]]
words = ["酒店"]

[[items]]
code = "GG01"
licence = "备案"
covered_by = ["AA03"]
[[items.rules]]
words = ["药品"]
acts = ["wholesale", "retail"]
"""


def small_items() -> ItemSet:
    return parse_items(_SMALL)


_MATCHER = Matcher(small_items())


def codes(scope: str, name: str = "") -> set[str]:
    return {match.code for match in _MATCHER.match(scope, name).items}


def clause(scope: str, code: str) -> str:
    return next(match.clause for match in _MATCHER.match(scope).items if match.code == code)


def words(scope: str, code: str) -> tuple[str, ...]:
    return next(match.words for match in _MATCHER.match(scope).items if match.code == code)


def suppressed(scope: str) -> dict[tuple[str, str], str]:
    """(code, word) → what took it out."""
    found = _MATCHER.match(scope).suppressed
    return {(row.code, word): row.by for row in found for word in row.words}
