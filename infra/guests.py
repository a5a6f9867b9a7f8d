"""Who may be tried out in the local city: one person of each kind, where there is work for them.

They are shown at the sign-in, with the one password of the sample people. A deployed city has no
such list, and its pages would not read one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from infra import people
from infra.city import roster
from infra.localcity import City
from infra.posts import NobodyThere, account, grants_of

LIST = "people.json"
_DIGITS = 9  # of a village's code that are its town's


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody to sign in as: the post, the page to begin on, and what they are called."""

    who: str
    place: str
    zh: str
    en: str

    @property
    def account(self) -> str:
        return account(self.who)


def choose(shown: Mapping[str, Any], company: str = "") -> list[Guest]:
    """The guests of a city in which `shown` (what `sanwei up` tells) stands, of one town as far as
    may be, so that what one hands on the other gets; `company` is the code of somebody registered
    there."""
    town = _town(shown.get("receivers", ()))
    return [
        *_of_units(town, shown.get("receivers", ()), shown.get("offices", ())),
        *_of_village(_village(town, shown.get("inspections", {}).get("boards", {}))),
        Guest("dispatcher", "dispatch", "市商改办 派单员", "the city's dispatcher"),
        Guest("oversight", "oversight", "效能监察（市纪委监委）", "the commission, oversight"),
        Guest("credit", "work", "市信用办", "the credit office"),
        Guest("rules", "rules", "事项管理员", "who maintains the supervision items"),
        Guest("operator", "console", "运维人员", "who runs the system"),
        *_of_company(company),
        Guest("city", "work", "市级全部岗位", "every post of the city itself"),
    ]


def provide(city: City, guests: Sequence[Guest]) -> None:
    """Gives each an account and writes the list that the sign-in shows."""
    people.settle(city, [one.who for one in guests])
    told = [{**asdict(one), "account": one.account, "password": people.PASSWORD} for one in guests]
    body = json.dumps(told, ensure_ascii=False).encode()
    city.emulator.client("s3").put_object(
        Bucket=city.outputs["ConfigBucket"], Key=LIST, Body=body, ContentType="application/json"
    )


def _town(receivers: Sequence[Mapping[str, Any]]) -> str:
    """The town of the department's branch that has most to do; "" where none has."""
    branches = (one["unit"].partition(".") for one in receivers)
    return next((town for name, _, town in branches if town and name != "office"), "")


def _village(town: str, boards: Mapping[str, int]) -> str:
    """The village with most to inspect: of `town`, else of all; "" where there is nothing."""
    own = [village for village in boards if town and village[:_DIGITS] == town[:_DIGITS]]
    return min(own or boards, key=lambda village: (-boards[village], village), default="")


def _of_units(
    town: str, receivers: Sequence[Mapping[str, Any]], offices: Sequence[Mapping[str, Any]]
) -> Iterator[Guest]:
    """Of the department and of the town office that have most to do, in `town` where they can."""
    units = [one for one in receivers if not one["unit"].startswith("office")]
    units.sort(key=lambda one: not one["unit"].endswith(f".{town}"))
    if units:
        unit, name = units[0]["unit"], units[0]["name"]
        yield Guest(f"officer:{unit}", "work", f"{name} 经办人", "an officer of a department")
        yield Guest(f"lead:{unit}", "work", f"{name} 负责人", "who leads that department")
        yield Guest(f"officer:{unit}#2", "counter", f"{name} 窗口", "the same, at the counter")
    towns = [one for one in offices if "." in one["unit"]]
    towns.sort(key=lambda one: one["unit"] != f"office.{town}")
    if towns:
        who = f"town_office:{towns[0]['unit']}"
        yield Guest(who, "work", towns[0]["name"], "a town's office")


def _of_village(village: str) -> Iterator[Guest]:
    if village:
        name = roster.villages()[village]
        yield Guest(f"village:{village}", "dispatch", f"{name} 派单", "a village's dispatcher")
        who = roster.inspector_id(village, 1)
        yield Guest(who, "phone", f"{name} 巡查员", "an inspector of that village")


def _of_company(code: str) -> Iterator[Guest]:
    """A company signs in by its credit code; some are registered by an older number."""
    with suppress(NobodyThere):
        grants_of(f"entity:{code}")
        yield Guest(f"entity:{code}", f"credit/{code}", "企业", "a company, in its own affairs")
