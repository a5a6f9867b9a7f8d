"""What a person saw, put the way that a scope of business says it, so that the matcher reads it.

A scope lists what is done; a report tells of somebody who does it somewhere without a licence. Each
clause of the report is read by itself: what is denied or only says that a licence is missing is
taken out, and the deed is parted from where and by whom it is done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from functions.shared.matching.acts import ACTS
from functions.shared.matching.matcher import Match, Matcher

_LONGEST = 100  # characters of a quote

_CLAUSE_END = re.compile(r"[，,；;。！!？?\n\r…]+|(?<![.\d])\.(?![.\d])")
_BREAK = "；"
_PAPER = (
    "许可证?|执照|证照|证书|证件|资质|资格|备案|批准|审批|登记|验收|检查合格证?|手续|同意|证|"
    "照(?![明片相顾常])"
)
_LACKING = re.compile(
    "(?:尚?未|没有?|无法|不能|无|缺少?|拒不)(?:依法|按规定|能|经)?"
    "(?:办理|办妥|取得|领取|申领|申请|持有|悬挂|亮证|出示|提供|发现|获得?|见|进行)?"
    f"[^、]{{0,24}}?(?:{_PAPER})(?:及|和|或|、)?(?:营业执照|许可证|{_PAPER})?"
    "(?:的情况下|擅自|就|即|便|而|却|的)?"
)
_DENIED = re.compile(
    "未发现|没有发现|未见|没有?见到|(?:并未|并没有?|不再|没有?再?|未|不)(?:从事|进行|在)?"
    "(?:销售|出售|贩卖|售卖|卖|经营|生产|加工|制作|储存|存放|堆放|提供)"
)
_UNLICENSED = re.compile(
    "(?:涉嫌|疑似|擅自|私自|私下|偷偷|公然|违规|违法|非法|无证照?|无照|无牌|黑(?=[诊网作工窝心]))+(?:的)?"
)
_NOW = re.compile("(?:正在|正从事|仍在|仍然|继续|长期|大量|现场|对外|有人|涉及)")
_THERE = re.compile("(?:在|于|从|利用|通过).{0,20}$")
# Verbs of prose, and the verbs of a scope that say the same.
_PROSE_VERBS = {
    "堆放": "存放",
    "囤放": "存放",
    "囤积": "存放",
    "藏匿": "存放",
    "摆放": "存放",
    "贩卖": "销售",
    "倒卖": "销售",
    "兜售": "销售",
    "叫卖": "销售",
    "摆卖": "销售",
    "售卖": "销售",
    "变卖": "销售",
    "熬制": "加工",
    "勾兑": "加工",
    "调制": "加工",
    "腌制": "加工",
    "烹制": "加工",
    "私宰": "屠宰",
    "开设": "经营",
    "开了": "经营",
    "拉客": "运输",
}
_SAY = re.compile("|".join(_PROSE_VERBS))
_SELLS = re.compile("(?<![买外小专拍变])卖(?![部场家淫])(?:着|了|的是|有)?")
_VERBS = sorted((verb for verb in ACTS if len(verb) > 1), key=len, reverse=True)
_DEED = re.compile(f"(?:{'|'.join(_VERBS)})(?![屋房楼铺厂点场坊间部户者店所员])(?=.)")


def called_for(seen: str, name: str, matcher: Matcher) -> dict[str, Match]:
    """What a report calls for, by the code of the item, with the words of every clause that does;
    `name` is of who is seen there, and `seen` may say nothing at all."""
    found: dict[str, Match] = {}
    for clause in clauses(seen):
        for match in _read(clause, name, matcher):
            known = found.get(match.code)
            if known:
                words = tuple(dict.fromkeys((*known.words, *match.words)))
                match = replace(known, words=words)
            found[match.code] = match
    return found


def _read(clause: str, name: str, matcher: Matcher) -> Iterator[Match]:
    """The matches of the first reading that calls for anything, quoting the clause as it stands."""
    for reading in readings(clause):
        if items := matcher.match(reading, name).items:
            for match in items:
                words = tuple(dict.fromkeys(_quoted(word, clause) for word in match.words))
                yield replace(match, words=words, clause=clause[:_LONGEST])
            return


def _quoted(word: str, clause: str) -> str:
    """A word as it stands in the clause; all of it, where only another way to say it matched."""
    return word if word in clause else clause[:_LONGEST]


def clauses(seen: str) -> Iterator[str]:
    """The clauses of a report, as they stand in it."""
    for clause in _CLAUSE_END.split(seen):
        if clause.strip():
            yield clause.strip()


def readings(clause: str) -> Iterator[str]:
    """The ways to read one clause as a scope, the best first: with the deed parted from what
    stands before it, else as it stands; none where it only denies something."""
    text = _LACKING.sub(_BREAK, clause)
    if denied := _DENIED.search(text):
        text = text[: denied.start()]
    text = _NOW.sub(_BREAK, _UNLICENSED.sub(_BREAK, text))
    text = _SELLS.sub("销售", _SAY.sub(lambda verb: _PROSE_VERBS[verb.group()], text))
    if not text.strip(_BREAK):
        return
    deed = _DEED.search(text)
    if deed and text[: deed.start()].strip(_BREAK):
        yield f"{_THERE.sub('', text[: deed.start()])}{_BREAK}{text[deed.start() :]}"
    yield text
