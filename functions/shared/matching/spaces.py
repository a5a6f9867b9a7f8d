"""Which spaces part the members of a list, and which only stand inside a word."""

import re
from collections.abc import Callable

from functions.shared.matching.acts import verbs_of

Crosses = Callable[[str, int], bool]
"""Does a known word run across this place of the text?"""

_SPACE = re.compile(r"[ \u3000]+")
_LIST = re.compile(r"[^,:;。\n()]+")
_GAP = re.compile(r"(?<=[^ \u3000、,:;。\n(])[ \u3000]+(?=[^ \u3000、,:;。\n()])")
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_BEFORE = re.compile(r"[^ \u3000()、,:;.。\n]+$")
_BEHIND = re.compile(r"[^ \u3000()、,:;.。\n]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_REACH = 24  # how much of a piece is looked at: longer than any word of an item
# 药品 包装材料, 食品 及其…: what opens so goes on with what stands before it.
_GOES_ON = re.compile(
    "除外|以外|之外|等|的|之|及|和|与|或|并|以及|用|线|类|相关|"
    "机械|机器|设备|材料|工具|器材|配件|零件|零部件|零配件|饰品|原料|制品|产品|商品|用品|包装|添加剂|"
    "技术|工艺|软件|系统|平台|仪器|图|方案|项目|业务|服务|手续|信息|管理|工程|中心|行业|活动|"
    "预订|预定|咨询"
)
_LEFT_OPEN = re.compile(
    "(?:不|均|未|按|凭|为|不含有?|不包括|除|含|包括|的|及|其|和|与|或|等|从事|有关|关于|第?[一二三]类)$"
)


def part_lists(scope: str, text: str, crosses: Crosses) -> str:
    """The text with a list mark in place of each space that parts a list; same length.

    A space parts only what can stand for itself on both sides: no verb alone, no single
    character, no word going on. And where a list has more marks than spaces, the marks part it
    and a space is a slip. Every space left is for the flattener to take out.
    """
    marked = list(text)
    for row in _LIST.finditer(text):
        gaps = [
            gap.span()
            for gap in _GAP.finditer(text, *row.span())
            if scope[gap.start() : gap.end()].strip(_UNSEEN)
        ]
        if len(gaps) < row.group().count("、"):
            continue
        for start, end in gaps:
            if _parts(text, start, end, crosses):
                marked[start] = "、"
    return "".join(marked)


def _parts(text: str, start: int, end: int, crosses: Crosses) -> bool:
    behind = _BEHIND.match(text, end, end + _REACH)
    if behind is None or _GOES_ON.match(behind.group()) or not _stands(behind.group()):
        return False
    if text.endswith(")", 0, start):
        return True
    before = _BEFORE.search(text[max(0, start - _REACH) : start])
    if before is None or _LEFT_OPEN.search(before.group()) or not _stands(before.group()):
        return False
    # 人力 资源 服务 is one word over two spaces
    left = _SPACE.sub("", text[max(0, start - _REACH) : start])
    return not crosses(left + _SPACE.sub("", text[end : end + _REACH]), len(left))


def _stands(piece: str) -> bool:
    return len(piece) > 1 and _HAN.search(piece) is not None and not verbs_of(piece).pure
