"""What a scope says it does not do: 不含…, …除外, 不得…, 除…外."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from functions.shared.matching.text import Reading

_HINT = re.compile("[不除无非禁未严]")
_NOT = (
    "不含有?|不包括|不包含|不得(?:含有?|有|从事|经营|生产|销售|使用|进行|涉及)?|不涉及?|不(?:直接)?从事|不设|"
    "不经营|不提供|不生产|不销售|不进行|不做|不参与|不与|不在|不可|不属于|不使用|不排放|不接待|不兼营|不承接|"
    "禁止|严禁|未经|未取得|无(?=涉|危|储|仓|实物|污染|电镀|喷|许可|店|任何|生产|易燃|印刷|洗水)"
)
# Inside a bracket an exclusion runs on over commas until something is said to be included.
_INCLUDED = "含|包括|仅限|凭|涉及.{0,12}按|生产(?!过程)|从事|国家学校"
_UNTIL_INCLUDED = rf"(?:(?!(?<=[、,])(?:{_INCLUDED}))[^;。\n])*"

_FORWARD = re.compile(f"(?:{_NOT}){_UNTIL_INCLUDED}")
_SHORT = re.compile(f"(?:{_NOT})[^,;。\n]*")
_BACKWARD = re.compile("除外|另设分支机构(?:经营)?(?!:)")
# 除 that is no word of its own: 拆除, 清除 before it; 除尘, 除草剂 behind it
_PART_OF_A_WORD = "清拆解消排防破免废去扫铲切剔删根祛驱剪开扣移卸革灭摘剥脱刨挖割杀撤砍擦抹乘加控"
_OPENS_A_WORD = (
    "外|尘|湿|虫|四|锈|油(?!气|漆|墨|品|料|脂)|臭|甲(?!醇|苯|烷)|草(?!种)|雪|害|霜|味|螨|醛|蚁|冰|污(?!水)|"
    "垢|磷|氮|硫(?!酸|磺)|氧(?!气|化)|菌|毛|皱|疤|痘|斑|渣|杂|藻|雾|静电|鼠|蟑|蚊|法|颤|皮(?!革|具)|莠|根"
)
_EXCEPTING = f"(?<![{_PART_OF_A_WORD}])除(?!{_OPENS_A_WORD})"
_OUT = (
    "(?:以外|之外|(?<![户室海国境内野涉])"
    "外(?!墙|贸|卖|观|壳|围|包|资|商(?!品)|国|汇|币|语|科|加|套|衣|形|部|设|架|用(?!品)))"
)
_EXCEPT = re.compile(
    rf"{_EXCEPTING}[^;。\n]{{1,60}}?{_OUT}"
    # left unclosed it holds to the end of a bracket or a line, but only where it opens a phrase
    rf"|(?:(?<=\n)|(?<=[,;。、])){_EXCEPTING}(?:(?!{_OUT})[^;。\n]){{1,60}}?(?=\n)"
)
_LAW_TALK = re.compile("国家|法律|法规|涉|上述|以上|但|禁止|专营|限制")
_WHOLE_SCOPE = re.compile("以上|上述|本|全部|所有|经营范围|项目均?不含")

WHOLE_SCOPE = -2  # host of an exclusion that holds for everything
_NOTHING_BEFORE = -1  # host of one that stands in the text and only takes out what it names


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An excluded span of the flat text.

    `host` is the last character of what it stands behind.
    """

    start: int
    end: int
    host: int


class Exclusions:
    """All exclusions of one reading, to ask whether a word stands inside one."""

    def __init__(self, reading: Reading) -> None:
        self.spans = sorted(_find(reading), key=lambda x: x.start)
        self._starts = [span.start for span in self.spans]

    def at(self, start: int) -> Exclusion | None:
        """The exclusion that covers a character, if any."""
        n = bisect_right(self._starts, start) - 1
        return self.spans[n] if n >= 0 and start < self.spans[n].end else None


def _find(reading: Reading) -> list[Exclusion]:
    if not _HINT.search(reading.flat):
        return []
    found = []
    for start, end in _spans(reading.flat, 0, reading.main_end, _SHORT, in_bracket=False):
        whole = _opens_with_whole(reading.flat, start)
        found.append(Exclusion(start, end, WHOLE_SCOPE if whole else _NOTHING_BEFORE))
    for bracket in reading.brackets:
        for start, end in _spans(
            reading.flat, bracket.start, bracket.end, _FORWARD, in_bracket=True
        ):
            whole = bracket.ends_scope or bool(_WHOLE_SCOPE.match(reading.flat, bracket.start))
            found.append(Exclusion(start, end, WHOLE_SCOPE if whole else bracket.host))
    return _merged(found)


def _opens_with_whole(flat: str, at: int) -> bool:
    sentence = max(flat.rfind(mark, max(0, at - 40), at) for mark in ";。\n") + 1
    return bool(_WHOLE_SCOPE.match(flat, max(sentence, at - 40)))


def _spans(
    flat: str, start: int, end: int, forward: re.Pattern[str], *, in_bracket: bool
) -> list[tuple[int, int]]:
    spans = [found.span() for found in forward.finditer(flat, start, end)]
    done = start
    for found in _BACKWARD.finditer(flat, start, end):
        first = max(done, max(flat.rfind(mark, done, found.start()) for mark in ",;。\n") + 1)
        if not in_bracket and not _LAW_TALK.search(flat, first, first + 6):
            first = max(first, flat.rfind("、", first, found.start()) + 1)
        spans.append((first, found.end()))
        done = found.end()
    # one character of margin lets the pattern see the line break that ends an unclosed 除
    spans += [found.span() for found in _EXCEPT.finditer(flat, start, min(end + 1, len(flat)))]
    return spans


def _merged(found: list[Exclusion]) -> list[Exclusion]:
    """Overlapping spans become one, the wider claim (the whole scope) winning."""
    merged: list[Exclusion] = []
    for span in sorted(found, key=lambda x: (x.start, -x.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            host = WHOLE_SCOPE if WHOLE_SCOPE in (last.host, span.host) else last.host
            merged[-1] = Exclusion(last.start, max(last.end, span.end), host)
        else:
            merged.append(span)
    return merged
