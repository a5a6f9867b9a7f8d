"""Invents companies and flawless rows of the national licence and penalty layouts about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from random import Random

from functions.shared.codes import is_citizen_id, parse_code
from functions.shared.errors import Invalid
from infra.city.generator import generate

Cells = dict[str, str]

_SURNAMES = "陈李黄张梁林刘吴罗郑何叶钟谢邓曾莫袁卢温"
_GIVEN = "晴禾栖砚澄穗芃岚筠楠澜霁棠苒芸汐朔昀琮珞"
_NOWHERE = "449900"  # no such city: nobody's identity number begins so
_FOR_GOOD = "2099/12/31"
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((1_0000, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
_LICENCES = ("食品经营许可", "公共场所卫生许可", "劳务派遣经营许可", "道路运输经营许可")
_WRONGS = (
    ("未经许可从事食品经营", "《中华人民共和国食品安全法》第一百二十二条第一款"),
    ("未按规定公示年度报告", "《企业信息公示暂行条例》第十八条"),
    ("擅自设立经营场所", "《无证无照经营查处办法》第十三条"),
    ("未按规定保存交易记录", "《中华人民共和国电子商务法》第八十条"),
)


class Layout(StrEnum):
    """The two layouts (双公示), by their entries in the catalogue."""

    LICENCE = "licence"
    PENALTY = "penalty"


@dataclass(frozen=True, slots=True)
class Company:
    """A company that the registry knows; `former` is the name that it bore before, if any."""

    code: str
    name: str
    former: str = ""

    @property
    def kind(self) -> str:
        """What the layouts call it."""
        return "个体工商户" if self.code.startswith("92") else "法人及非法人组织"


@dataclass(frozen=True, slots=True)
class Organ:
    """The body that decided, and that hands the rows in."""

    name: str
    code: str


def companies(count: int, seed: int) -> list[Company]:
    """The first companies of the sample city, every tenth of which has changed its name."""
    found = islice(companies_in(generate(count * 2 + 50, seed)), count)
    return [
        replace(one, former=one.name.replace("东莞市", "东莞市旧", 1)) if n % 10 == 3 else one
        for n, one in enumerate(found)
    ]


def companies_in(rows: Iterable[Mapping[str, str]]) -> Iterator[Company]:
    """The companies among a registry's rows whose codes are unified ones, each once; none with
    brackets in its name, which are written in several ways."""
    codes: set[str] = set()
    for row in rows:
        name, code = row.get("企业名称", ""), row.get("统一社会信用代码", "")
        sound = len(code) == 18 and _sound(code) and code not in codes
        if sound and name.startswith("东莞市") and "(" not in name:
            codes.add(code)
            yield Company(code, name)


def strangers(count: int, seed: int) -> Iterator[Company]:
    """Companies that the registry of the sample does not know."""
    for one in companies(count, seed + 700_001):
        yield Company(one.code, one.name.replace("东莞市", "东莞市外", 1))


def identity(number: int) -> str:
    """An identity number, right in form, that nobody has."""
    born = date(1960, 1, 1) + timedelta(days=number % 14_000)
    first = f"{_NOWHERE}{born:%Y%m%d}{number // 14_000 % 1000:03d}"
    return next(first + last for last in "0123456789X" if is_citizen_id(first + last))


def day(of: date) -> str:
    """A day as the layouts want it."""
    return f"{of:%Y/%m/%d}"


def in_words(yuan: int) -> str:
    """An amount below a hundred million in the numerals of accounts: 14220 → 壹万肆仟贰佰贰拾."""
    words, gap = "", False
    for value, name in (*_PLACES, (1, "")):
        count, yuan = divmod(yuan, value)
        if not count:
            gap = bool(words)
            continue
        digits = _DIGITS[count] if count < 10 else in_words(count)
        words += ("零" if gap else "") + digits + name
        gap = False
    return words


def ten_thousands(yuan: int) -> str:
    """An amount in 万元, without needless zeros: 14220 → 1.422."""
    amount = (Decimal(yuan) / 10_000).normalize()
    return f"{amount:f}"


def licence(number: int, company: Company, organ: Organ, decided: date, chance: Random) -> Cells:
    """A flawless licence."""
    until = _FOR_GOOD if number % 4 == 0 else day(decided + timedelta(days=365 * 5))
    what = chance.choice(_LICENCES)
    return {
        **_subject(number, company, chance),
        "XKWS": f"准予{what}决定书",
        "WSH": f"东许〔{decided.year}〕第{number:06d}号",
        "XKLB": chance.choice(("普通", "核准", "登记")),
        "XKZS": what.removesuffix("许可") + "许可证",
        "XKBH": f"JY{number:012d}",
        "NR": f"{what}：准予在登记的住所经营",
        "JDRQ": day(decided),
        "YXQZ": day(decided),
        "YXQZI": until,
        "XKJG": organ.name,
        "XKJGDM": organ.code,
        "ZT": "1",
        "LYDW": organ.name,
        "LYDWDM": organ.code,
        "BZ": "",
    }


def penalty(number: int, company: Company, organ: Organ, decided: date, chance: Random) -> Cells:
    """A flawless penalty: two of three with a fine."""
    wrong, ground = chance.choice(_WRONGS)
    cells = {
        **_subject(number, company, chance),
        "WSH": f"东处罚〔{decided.year}〕{number:06d}号",
        "WFXW": wrong,
        "SY": f"经查，当事人{wrong}，情况属实",
        "YJ": ground,
        "CFLB": "警告",
        "NR": "给予警告",
        "NR_FK": "",
        "NR_WFFF": "",
        "NR_ZKDX": "",
        "JDRQ": day(decided),
        "YXQ": day(decided + timedelta(days=365)),
        "GSJZQ": day(decided + timedelta(days=365)),
        "CFJG": organ.name,
        "CFJGDM": organ.code,
        "SJLY": organ.name,
        "SJLYDM": organ.code,
        "BZ": "",
    }
    yuan = 20 * chance.randint(100, 4000)
    if number % 3 == 1:
        cells |= fined(yuan)
    elif number % 3 == 2:
        taken = 10 * chance.randint(10, 900)
        cells |= fined(yuan) | {"CFLB": "罚款;没收违法所得", "NR_WFFF": ten_thousands(taken)}
        cells["NR"] += f"；没收违法所得{taken}元"
    return cells


def fined(yuan: int) -> Cells:
    """The cells of a fine, which its text states in digits."""
    return {"CFLB": "罚款", "NR": f"罚款人民币{yuan}元", "NR_FK": ten_thousands(yuan)}


def _subject(number: int, company: Company, chance: Random) -> Cells:
    known = number % 2 == 0
    return {
        "XDR_MC": company.name,
        "XDR_LB": company.kind,
        "XDR_SHXYM": company.code,
        "XDR_GSZC": "",
        "XDR_ZZJG": "",
        "XDR_SWDJ": "",
        "XDR_SYDW": "",
        "XDR_SHZZ": "",
        "FRDB": chance.choice(_SURNAMES) + "".join(chance.sample(_GIVEN, 2)),
        "FR_ZJLX": "身份证" if known else "",
        "FR_ZJHM": identity(number) if known else "",
        "XDR_ZJLX": "",
        "XDR_ZJHM": "",
    }


def _sound(code: str) -> bool:
    try:
        return not parse_code(code).warnings
    except Invalid:
        return False
