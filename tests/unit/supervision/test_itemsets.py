"""Versions of the items: what may be added and put in force, and how many are kept (A4)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from functions.shared.directory import parse_departments
from functions.shared.errors import Conflict, Fault, Invalid
from functions.shared.matching.items import BadItems, ItemSet, parse_items
from functions.shared.table import Record
from functions.supervision.itemsets import (
    Edition,
    InForce,
    Register,
    broken,
    put_in_force,
    refuse_unusable,
    with_edition,
)
from functions.supervision.store import Store
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ROOT = Path(__file__).parents[3]
CITY = ROOT / "infra" / "city"
DIRECTORY = parse_departments(
    "id,name,aliases,towns\nrsj,人力资源和社会保障局,人社局|人社部,*\n", ["441900119000"]
)
ITEM = """
[[items]]
code = "RS01"
version = {version}
licence = "试验许可证"
kind = "licence"
departments = ["人力资源和社会保障局"]
level = "town"
holds_from = {holds_from}
rules = [{{ words = ["劳务派遣"] }}]
"""


def _edition(number: int) -> Edition:
    return Edition(
        version=f"v{number}",
        digest="d" * 32,
        items=1,
        note="试" * 500,
        added_by="somebody" * 4,
        added_at=NOW,
    )


def _set(*items: str) -> ItemSet:
    return parse_items('version = "v1"\n' + "".join(items))


def _covered_by_nobody() -> ItemSet:
    items = _set(ITEM.format(version=1, holds_from="2020-01-01"))
    item = items.items[0].model_copy(update={"covered_by": ("ZZ99",)})
    return items.model_copy(update={"items": (item,)})


def test_a4_the_register_takes_versions_for_ever_and_its_record_stays_storable() -> None:
    store = Store(FakeTable())  # as strict about 400 KB as the real one
    for number in range(400):
        edition = _edition(number)

        def added(before: Register | None, edition: Edition = edition) -> Register:
            return with_edition(before, edition)

        store.change_register(added, "somebody", NOW)
        entry = InForce(version=edition.version, since=TODAY, put_by="somebody", put_at=NOW)

        def forced(before: Register | None, entry: InForce = entry) -> Register:
            return put_in_force(before, entry, TODAY)

        if number % 40 == 0:
            store.change_register(forced, "somebody", NOW)
    register = store.get_register()
    assert register
    assert register.edition("v399")
    assert register.edition("v0"), "what was put in force is still known"


def test_a4_versions_can_be_put_in_force_for_ever_and_the_register_stays_readable() -> None:
    register = with_edition(with_edition(None, _edition(1)), _edition(2))
    for number in range(2_100):
        at = NOW + timedelta(seconds=number)
        entry = InForce(version=f"v{number % 2 + 1}", since=TODAY, put_by="s", put_at=at)
        register = put_in_force(register, entry, TODAY)
    read: Record = register.model_dump(mode="json")
    assert Register.model_validate(read).version_on(TODAY) == "v2"


def test_a4_too_many_versions_still_to_come_are_refused_not_forgotten() -> None:
    register = with_edition(None, _edition(1))
    with pytest.raises(Conflict, match="too_many_in_force"):
        for number in range(600):
            day = TODAY + timedelta(days=number + 1)
            entry = InForce(version="v1", since=day, put_by="s", put_at=NOW)
            register = put_in_force(register, entry, TODAY)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (_set(), "items_empty"),
        (
            _set(
                ITEM.format(version=1, holds_from="2020-01-01"),
                ITEM.format(version=2, holds_from="2021-01-01"),
            ),
            "item_twice",
        ),
        (_covered_by_nobody(), "item_unknown"),
    ],
)
def test_a4_a_set_that_cannot_be_decided_by_is_refused(items: ItemSet, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_unusable(items, DIRECTORY)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a4_a_version_of_an_item_may_follow_another() -> None:
    first = ITEM.format(version=1, holds_from="2020-01-01") + "holds_until = 2020-12-31\n"
    refuse_unusable(_set(first, ITEM.format(version=2, holds_from="2021-01-01")), DIRECTORY)


def test_a3_an_item_of_a_department_that_nobody_is_names_item_and_department() -> None:
    text = ITEM.format(version=1, holds_from="2020-01-01")
    refuse_unusable(_set(text.replace("人力资源和社会保障局", "人社局")), DIRECTORY)
    wrong = text.replace('"人力资源和社会保障局"', '"人社部", "人力资源与社会保障局"')
    with pytest.raises(Invalid) as refused:
        refuse_unusable(_set(wrong), DIRECTORY)
    params = {"item": "RS01", "department": "人力资源与社会保障局"}
    fault = Fault("item_department_unknown", "items.RS01.departments", params=params)
    assert refused.value.faults == (fault,)


def test_a3_the_items_that_ship_name_departments_that_ship() -> None:
    items = parse_items((CITY / "supervision_items.toml").read_text(encoding="utf-8"))
    departments = (CITY / "departments.csv").read_text(encoding="utf-8-sig")
    refuse_unusable(items, parse_departments(departments, []))


def _dumped_by_another_process(seed: str) -> str:
    program = """
from functions.shared.matching.acts import Act
from functions.shared.matching.items import Rule

print(Rule(words=("药品",), acts=frozenset(Act)).model_dump_json(exclude_defaults=True))
"""
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return ran.stdout.decode()


def test_a4_the_text_of_a_version_is_the_same_in_every_process() -> None:
    assert _dumped_by_another_process("1") == _dumped_by_another_process("2")


def test_a4_what_is_wrong_with_a_file_names_each_item_and_field() -> None:
    text = ITEM.format(version=1, holds_from="2008-01-01")
    text = text.replace('kind = "licence"', 'kind = "wish"')
    with pytest.raises(BadItems) as caught:
        parse_items('version = "v"\n' + text)
    [fault] = broken(caught.value).faults
    assert fault.field == "items.RS01.kind"
    with pytest.raises(BadItems) as caught:
        parse_items("version =")
    [fault] = broken(caught.value).faults
    assert (fault.code, fault.field) == ("items_broken", "toml")
