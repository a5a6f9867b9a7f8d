"""The clues of the fortnight: one with a photo, one that is disputed, one that assigns itself."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from infra.life.agenda import Agenda
from infra.life.cast import Cast

_COMMENT = b"a made-up photo of a shop front ".ljust(1000, b".")
PHOTO = b"\xff\xd8\xff\xfe" + (len(_COMMENT) + 2).to_bytes(2, "big") + _COMMENT + b"\xff\xd9"
"""A JPEG of a kilobyte that says what it is and shows nothing."""

Put = Callable[[str, bytes, Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class Places:
    """Where it happens: a town whose office works by hand, and one that lets the system assign."""

    town: str
    automatic: str


@dataclass
class Clues:
    """Puts the clues of a fortnight on the agenda; `told` are their ids by what they show."""

    cast: Cast
    agenda: Agenda
    places: Places
    put: Put
    run: str

    def __post_init__(self) -> None:
        self.told: dict[str, str] = {}

    def begin(self, day: Callable[[int, int], datetime], today: Callable[[], date]) -> None:
        """Everything that will happen; `day(n, hour)` is an hour of the fortnight's working day n
        (from 0), `today` the day it is then."""
        town, auto = self.places.town, self.places.automatic
        office, market = f"office.{town}", f"scjg.{town}"

        def put(n: int, hour: int, what: str, do: Callable[[], Any]) -> None:
            self.agenda.put(day(n, hour), what, lambda: _nothing(do()))

        put(0, 9, "switch automatic assignment on", lambda: self._switch(auto))
        # An unlicensed kitchen with a photo, which the police report and the office assigns.
        put(1, 10, "report a kitchen", lambda: self._report("kitchen", f"gaj.{town}", _KITCHEN, 1))
        put(1, 15, "assign the kitchen", lambda: self._assign("kitchen", office, "请依职责核查"))
        put(2, 10, "receive the kitchen", lambda: self._all("kitchen", {"verb": "receive"}))
        put(6, 16, "close the kitchen", lambda: self._all("kitchen", _penalised(today())))
        # A shop that its market regulators dispute: the office insists, and the city's own decide.
        put(1, 11, "report a shop", lambda: self._report("shop", office, _SHOP))
        put(
            2,
            9,
            "assign the shop",
            lambda: self._give("shop", office, market, "请核实是否无照经营"),
        )
        put(3, 9, "dispute the shop", lambda: self._feed("shop", market, _DISPUTE))
        put(
            3,
            15,
            "assign the shop again",
            lambda: self._give("shop", office, market, "仍属你局职责"),
        )
        put(
            4,
            10,
            "decide on the shop",
            lambda: self._give("shop", "scjg", market, "由辖区分局办理"),
        )
        put(5, 9, "receive the shop", lambda: self._feed("shop", market, {"verb": "receive"}))
        put(7, 15, "close the shop", lambda: self._feed("shop", market, _nothing_found(today())))
        # One that the system assigns by itself, and that nobody takes up.
        put(2, 11, "report fireworks", lambda: self._report("fireworks", f"gaj.{auto}", _FIREWORKS))
        # And one that waits for an office that does not look.
        put(5, 11, "report a workshop", lambda: self._report("left", f"cgzf.{town}", _WORKSHOP))

    def _switch(self, town: str) -> None:
        path = f"/v1/clues/settings/{town}"
        self.cast.of(f"office.{town}").put(path, {"automatic": True})

    def _report(self, name: str, unit: str, told: Mapping[str, Any], photos: int = 0) -> None:
        api = self.cast.of(unit)
        keys = [self._photo(unit) for _ in range(photos)]
        body = {"unit": unit, **told, "photos": keys, "ref": f"{self.run}-{name}"}
        self.told[name] = str(api.post("/v1/clues", body)["id"])

    def _photo(self, unit: str) -> str:
        told = {"unit": unit, "type": "image/jpeg", "bytes": len(PHOTO)}
        place = self.cast.of(unit).post("/v1/photos", told)
        self.put(place["url"], PHOTO, place["headers"])
        return str(place["key"])

    def _assign(self, name: str, office: str, note: str) -> None:
        """To whom it is proposed; to market regulation where nobody is."""
        clue = self._read(name, office)
        proposed = [one["unit"] for one in clue["proposals"] if one.get("unit")]
        units = list(dict.fromkeys(proposed)) or [f"scjg.{clue['town']}"]
        body = {"units": units[:10], "note": note}
        self.cast.of(office).post(f"/v1/clues/{self.told[name]}/assign", body)

    def _give(self, name: str, office: str, unit: str, note: str) -> None:
        api = self.cast.of(office, "lead")
        ref = f"{self.run}-{name}-{office}-{len(note)}"
        body = {"units": [unit], "note": note, "ref": ref}
        api.post(f"/v1/clues/{self.told[name]}/assign", body)

    def _all(self, name: str, feedback: Mapping[str, Any]) -> None:
        """The same from everybody who has an open share."""
        clue = self._read(name, f"office.{self.places.town}")
        for share in clue["shares"]:
            if share["state"] in ("assigned", "received"):
                self._feed(name, share["unit"], feedback)

    def _feed(self, name: str, unit: str, feedback: Mapping[str, Any]) -> None:
        path = f"/v1/clues/{self.told[name]}/feedback"
        self.cast.of(unit).post(path, {"unit": unit, **feedback})

    def _read(self, name: str, office: str) -> Any:
        return self.cast.of(office).get(f"/v1/clues/{self.told[name]}")


def put_over_http(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Sends a photo where it was told to go."""
    request = urllib.request.Request(url, body, dict(headers), method="PUT")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(request, timeout=30).close()


def _nothing(_: object) -> None:
    """What an act gives back is nobody's business."""


_KITCHEN = {
    "place": "市场后巷，无门牌，红色雨棚",
    "seen": "无证经营餐饮服务，现场有炉灶和餐桌，未见食品经营许可证",
    "kinds": ["无证经营"],
    "position": {"lat": 23.05, "lon": 113.75},
}
_SHOP = {
    "place": "中山西路18号之一",
    "seen": "沿街铺面销售日用百货，未见营业执照",
    "kinds": ["无照经营"],
}
_FIREWORKS = {
    "place": "菜市场二楼楼梯口",
    "seen": "涉嫌无证零售烟花爆竹",
    "kinds": ["无证经营"],
}
_WORKSHOP = {"place": "工业路旧厂房", "seen": "夜间有机器声，疑似无牌作坊", "kinds": ["其他"]}
_DISPUTE = {"verb": "dispute", "ground": "not_our_duty", "note": "属占道经营，应由城管处理"}


def _penalised(today: date) -> dict[str, Any]:
    proof = {
        "end": "penalised",
        "decision_number": f"罚字{today:%Y%m%d}号",
        "decided_on": today.isoformat(),
        "penalty": "没收违法所得，罚款",
    }
    return {"verb": "close", "evidence": proof}


def _nothing_found(today: date) -> dict[str, Any]:
    note = "已办照，现场整改完毕"
    return {
        "verb": "close",
        "evidence": {"end": "corrected", "checked_on": today.isoformat(), "note": note},
    }
