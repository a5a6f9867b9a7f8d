"""The credit of a city's life: a batch with rows that come back, a grade that falls, a sanction
that is approved, and two counters of which one must refuse (C4, C5, C12, C13)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import quote
from zlib import crc32

from infra.city import credit_rows
from infra.city.credit_samples import Company, Layout, Organ, day
from infra.client import CallFailed
from infra.life.agenda import Agenda
from infra.life.cast import Cast

SOURCE, OFFICE = "scjg", "credit"
INSTRUMENT = "serious_market"
TAKES_PART, STRANGER = (
    "czj",
    "gaj",
)  # a department that the instrument names, and one that it does not
LEAST = 5  # companies that the story needs
_ROWS, _SHARE = 70, 0.015  # one row of each kind of dirt
_SHOWN = 2  # returned rows
_PATIENCE, _LOOK = 60.0, 0.5  # real seconds
_ENDED = frozenset({"done", "held", "broken", "refused"})


class NotYet(Exception):
    """The city is still at it."""


@dataclass
class Credit:
    """Plays the story about `known` companies; `told` is what came of it. `run` names the batches,
    so that the same run twice is the same story."""

    cast: Cast
    known: Sequence[Company]
    run: str
    today: Callable[[], date]
    told: dict[str, Any] = field(default_factory=dict)
    _said: list[str] = field(default_factory=list)

    def begin(self, agenda: Agenda, at: Callable[[int, int], datetime]) -> None:
        """Put every step on the agenda; `at(n, hour)` is an hour of the working day n (from 0)."""
        days = ((1, 10), (2, 10), (2, 11), (3, 10), (3, 14), (4, 10), (5, 10))
        for (n, hour), (what, do) in zip(days, self._steps(), strict=True):
            agenda.put(at(n, hour), what, partial(_tried, do))

    def play(self, pause: Callable[[float], None] = time.sleep) -> None:
        """Everything at once, each step as soon as the city is ready for it. Raises CallFailed
        where it never is."""
        for what, do in self._steps():
            left = _PATIENCE
            while True:
                try:
                    do()
                    break
                except (NotYet, CallFailed) as why:
                    if left <= 0:
                        raise CallFailed(f"{what}: {why}") from why
                    pause(_LOOK)
                    left -= _LOOK

    def lines(self) -> Iterator[str]:
        """The story, as far as it came."""
        return lines_of(self.told)

    def _steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("hand in penalties", self._hand_in),
            ("read what came back", self._read_batch),
            ("hand in a list", self._hand_in_list),
            ("read the grade", self._read_grade),
            ("initiate a sanction", self._initiate),
            ("approve the sanction", self._approve),
            ("ask at the counters", self._ask),
        ]

    @property
    def _listed(self) -> Company:
        return self.known[0]

    @property
    def _number(self) -> int:
        """Of the document by which the company is listed: another one in every run."""
        return crc32(self.run.encode()) % 10_000

    def _hand_in(self) -> None:
        """Also says how the company stands before anything is known against it."""
        source = self.cast.api(f"source:{SOURCE}")
        file = credit_rows.file(
            Layout.PENALTY,
            _ROWS,
            len(self.run),
            organ=_ORGAN,
            today=self.today(),
            share=_SHARE,
            raw=False,
            known=self.known[1:],
        )
        body = {"item": "penalty", "id": f"{self.run}-penalties", "rows": list(file.rows)}
        self.told["id"] = source.post("/v1/credit/batches", body)["id"]
        self.told["before"] = self._grade()

    def _read_batch(self) -> None:
        self.told["batch"] = self._ended(self.told["id"])

    def _hand_in_list(self) -> None:
        source, listed = self.cast.api(f"source:{SOURCE}"), self._listed
        row = {
            **{
                "XDR_MC": listed.name,
                "XDR_SHXYM": listed.code,
                "WSH": f"东市监列〔{self.today().year}〕{self._number}号",
            },
            **{"JDRQ": day(self.today()), "JDJG": _ORGAN.name, "JDJGDM": _ORGAN.code},
            **{"LRLX": "食品安全", "LRYY": "生产经营不符合食品安全标准的食品"},
        }
        body = {"item": "serious_violation", "id": f"{self.run}-list", "rows": [row]}
        self.told["list"] = source.post("/v1/credit/batches", body)["id"]

    def _read_grade(self) -> None:
        self._ended(self.told["list"])
        after = self._grade()
        if not after["records"]:
            raise NotYet("the grade")
        self.told["after"] = after

    def _initiate(self) -> None:
        order = {
            **{"unit": SOURCE, "instrument": INSTRUMENT, "subject": self._listed.code},
            **{"ground": "列入严重违法失信名单", "ref": self.run},
        }
        lead = self.cast.api(f"lead:{SOURCE}")
        self.told["sanction"] = lead.post("/v1/sanctions", order)

    def _approve(self) -> None:
        path = f"/v1/sanctions/{self.told['sanction']['id']}/approve"
        self.told["sanction"] = self.cast.api(_OFFICER).post(path, {"note": "同意"})

    def _ask(self) -> None:
        checks = {unit: self._counter(unit) for unit in (TAKES_PART, STRANGER)}
        if not checks[TAKES_PART]["measures"]:
            raise NotYet("the counter")
        self.told["counters"] = checks

    def _counter(self, unit: str) -> dict[str, Any]:
        api = self.cast.api(f"officer:{unit}")
        return dict(api.get(f"/v1/counter/{self._listed.code}", unit=unit))

    def _grade(self) -> dict[str, Any]:
        return dict(self.cast.api(_OFFICER).get(f"/v1/credit/grades/{self._listed.code}"))

    def _ended(self, id: str) -> dict[str, Any]:
        path = f"/v1/credit/batches/{quote(id, safe='')}"
        batch = dict(self.cast.api(f"source:{SOURCE}").get(path))
        if batch["state"] not in _ENDED:
            raise NotYet(f"batch {id} is {batch['state']}")
        return batch

    def news(self) -> Iterator[str]:
        """The lines that nobody has been told yet."""
        for line in self.lines():
            if line not in self._said:
                self._said.append(line)
                yield line


_OFFICER = f"credit:{OFFICE}"
_ORGAN = Organ("市场监督管理局", "11441900YX9000012H")


def lines_of(told: Mapping[str, Any]) -> Iterator[str]:
    """A story in words."""
    if batch := told.get("batch"):
        yield from _batch_lines(batch)
    if after := told.get("after"):
        yield from _grade_lines(told["before"], after)
    if sanction := told.get("sanction"):
        yield f"credit: under 《{sanction['title']}》 a sanction is {sanction['state']}"
    for unit, check in told.get("counters", {}).items():
        yield _counter_line(unit, check)


def _tried(do: Callable[[], None]) -> None:
    """On an agenda what is not ready yet is a call that finds nothing: it is made again later."""
    try:
        do()
    except (NotYet, KeyError) as why:
        raise CallFailed(f"not yet: {why}", 404) from why


def _batch_lines(batch: dict[str, Any]) -> Iterator[str]:
    sums = batch["sums"]
    yield (
        f"credit: {batch['rows']} rows of penalties = {sums['accepted']} accepted "
        f"({sums['corrected']} corrected) + {sums['duplicate']} duplicate + "
        f"{sums['returned']} returned + {sums['held']} held for a person"
    )
    for row in batch["returned"][:_SHOWN]:
        why = "; ".join(fault["message"] for fault in row["faults"])
        yield f"  row {row['row']} came back: {why}"


def _grade_lines(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    yield f"credit: {after['name']} was graded {before['grade']}, is graded {after['grade']}"
    for reason in after["reasons"]:
        yield f"  because: {reason['title']}"
    for record in after["records"]:
        yield f"  by the record: {record['title']} {record['document']}"


def _counter_line(unit: str, check: dict[str, Any]) -> str:
    measures = [f"{one['code']} {one['title']}" for one in check["measures"]]
    effects = ", ".join(check["effects"])
    said = "; ".join(measures) or "no measure is its own"
    return f"credit: the counter of {unit}: {said}" + (f" (grade: {effects})" if effects else "")
