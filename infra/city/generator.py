"""Invents the registrations of a sample city: real in form and nothing else, one seed one city."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from functions.shared.codes import (
    organisation_check_digit,
    registration_check_digit,
    uscc_check_digit,
)
from infra.city.sample_addresses import AddressBook

HEADER = (
    "企业名称",
    "统一社会信用代码",
    "注册日期",
    "企业类型",
    "法人代表(已脱敏)",
    "注册资金",
    "经营范围",
    "所在省份",
    "地区",
    "注册地址",
)
BAD_SHARE = 0.01

_HERE = Path(__file__).parent
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# No organisation has been given a code that begins with these two letters.
_NEVER_ISSUED = "YX"
_BODIES = len(_ALPHABET) ** 6
_BRAND = "晴禾栖砚澄穗芃屿岚筠楠澜霁棠苒芸汐朔昀琮珞璟珩琅筱蔚桉柠溪漪沅禹稷黎漫茉葵砾骞翊"
_RARE = "𠮷堃㛃䶮"
_SURNAMES = "陈李黄张梁林刘吴罗郑何叶钟谢邓曾莫袁卢温"
_FIRST_DAY, _LAST_DAY = date(1998, 1, 5), date(2024, 12, 31)
_CAPITALS = (
    "{n}(万元人民币)",
    "{n}(万元(人民币))",
    "{n}万人民币",
    "{n}万元人民币",
    "{n}(万人民币元)",
    "{n}（万元）",
    "{n}(万)",
    "{n}.0000(万元人民币)",
    "{n}(万香港元)",
    "{n}(万元(港币))",
    "{n}万港元",
    "{n}(万美元)",
    "{n}(万元(美元))",
    "N/A",
    "-",
)
_CAPITAL_WEIGHTS = (40, 30, 9, 2, 2, 2, 1, 2, 2, 2, 1, 1, 1, 12, 1)

Registration = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Trade:
    firm: tuple[str, ...]
    shop: tuple[str, ...]
    things: tuple[str, ...]
    clauses: tuple[str, ...]
    also: tuple[str, ...]


def generate(count: int, seed: int) -> Iterator[Registration]:
    """`count` rows with the columns of a registry's export; a shorter run is a beginning of it.

    About one row in a hundred is bad (wrong check digit, shifted columns, no name, a row that came
    before); addresses and scopes are unclear in about the proportions of real ones.
    """
    chance = Random(seed)
    maker = _Maker(chance, seed)
    kept: list[Registration] = []
    for index in range(count):
        row = maker.registration(index)
        if chance.random() < BAD_SHARE:
            yield _spoil(row, kept, chance)
            continue
        if len(kept) < 500:
            kept.append(row)
        yield row


def to_csv(rows: Iterable[Registration]) -> bytes:
    """The rows as a registry's export: UTF-8 with a byte order mark, CRLF."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


class _Maker:
    def __init__(self, chance: Random, seed: int) -> None:
        self._chance = chance
        self._seed = seed
        self._names: set[str] = set()
        self._addresses = AddressBook.load(_HERE / "divisions.csv")
        table = tomllib.loads((_HERE / "trades.toml").read_text(encoding="utf-8"))
        self._tail: str = table["tail"]
        self._anyone: list[str] = table["anyone"]
        self._weights = [trade.pop("weight") for trade in table["trades"]]
        self._trades = [
            _Trade(**{key: tuple(words) for key, words in trade.items()})
            for trade in table["trades"]
        ]

    def registration(self, index: int) -> Registration:
        chance = self._chance
        (trade,) = chance.choices(self._trades, self._weights)
        shop = chance.random() < 0.25
        place = self._addresses.choose(chance)
        values = (
            self._name(trade, shop, place.town_stem),
            self._code(index, shop),
            self._day(),
            self._kind(shop),
            chance.choice(_SURNAMES) + "*" * chance.choice((1, 2, 2, 2)),
            self._capital(),
            self._scope(trade),
            "广东",
            "东莞",
            place.address,
        )
        return dict(zip(HEADER, values, strict=True))

    def _name(self, trade: _Trade, shop: bool, town: str) -> str:
        chance = self._chance
        while True:
            brand = "".join(chance.sample(_BRAND, 3))
            if chance.random() < 0.01:
                brand = brand[:2] + chance.choice(_RARE)
            if shop:
                name = f"东莞市{town}{brand}{chance.choice(trade.shop)}"
            elif chance.random() < 0.1:
                name = f"{brand}{chance.choice(trade.firm)}(东莞)有限公司"
            else:
                name = f"东莞市{brand}{chance.choice(trade.firm)}有限公司"
            if name not in self._names:
                self._names.add(name)
                return name

    def _code(self, index: int, shop: bool) -> str:
        # Steps through all numbers in a scattered order, so that no two rows share a code.
        number = (self._seed * 15_485_863 + index * 104_729) % _BODIES
        old = self._chance.random()
        if old < 0.01:
            first14 = f"4419009{number % 10_000_000:07}"
            return first14 + registration_check_digit(first14)
        if old < 0.012:
            return f"4419009{number % 1_000_000:06}"
        body = _NEVER_ISSUED
        for _ in range(6):
            number, place = divmod(number, len(_ALPHABET))
            body += _ALPHABET[place]
        first17 = ("92" if shop else "91") + "441900" + body + organisation_check_digit(body)
        return first17 + uscc_check_digit(first17)

    def _day(self) -> str:
        days = self._chance.randrange((_LAST_DAY - _FIRST_DAY).days)
        return (_FIRST_DAY + timedelta(days=days)).isoformat()

    def _kind(self, shop: bool) -> str:
        if self._chance.random() < 0.8:
            return "N/A"
        return "个体工商户" if shop else self._chance.choice(("有限责任公司", "个人独资企业"))

    def _capital(self) -> str:
        (form,) = self._chance.choices(_CAPITALS, _CAPITAL_WEIGHTS)
        amount = self._chance.choice((3, 5, 10, 30, 50, 80, 100, 200, 500, 1000, 5000))
        return form.format(n=f"{amount:,}")

    def _scope(self, trade: _Trade) -> str:
        chance = self._chance
        luck = chance.random()
        if luck < 0.025:
            return "N/A"
        most = min(5, len(trade.things))
        things = "、".join(chance.sample(trade.things, chance.randint(1, most)))
        clauses = [chance.choice(trade.clauses).format(things=things)]
        clauses += [clause for clause in trade.also if chance.random() < 0.2]
        if chance.random() < 0.35:
            clauses.append(chance.choice(self._anyone))
        text = chance.choice(("；", "；", "；", "，")).join(clauses)
        if luck < 0.032 and len(text) > 12:
            return text[: chance.randint(8, len(text) - 2)] + "..."
        if chance.random() < 0.6:
            return f"{text}。{self._tail}"
        return text + chance.choice(("。", ""))


def _spoil(row: Registration, kept: list[Registration], chance: Random) -> Registration:
    fault = chance.choice(("check digit", "shifted", "no name", "again"))
    if fault == "again" and kept:
        return dict(chance.choice(kept))
    if fault == "no name":
        return row | {"企业名称": chance.choice(("", "N/A"))}
    if fault == "shifted":
        return _shift(row)
    code = row["统一社会信用代码"]
    if len(code) == 13:
        return row | {"统一社会信用代码": code[:-1]}
    others = [char for char in "0123456789" if char != code[-1]]
    return row | {"统一社会信用代码": code[:-1] + chance.choice(others)}


def _shift(row: Registration) -> Registration:
    """As when the comma of an unquoted 5,000 is taken for the end of a cell."""
    values = [row[column] for column in HEADER]
    values[5:6] = ["5", "000(万元人民币)"]
    values[3:5] = []
    return dict(zip(HEADER, [*values, ""], strict=True))
