"""The generated sample: real in form, invented in content, the same for a seed."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

from functions.registry.addresses import Divisions
from functions.registry.files import read_file
from functions.registry.rows import Row, read_row
from functions.shared.errors import Fault
from functions.shared.texts.registry import TEXTS
from infra.city.generator import HEADER, generate, to_csv
from tests.unit.registry.real_data import needs_real_rows, real_rows

_CITY = Path(__file__).parents[3] / "infra/city"
_TODAY = date(2025, 1, 1)
_ROWS = list(generate(4000, seed=5))


def _read_all() -> list[Row | list[Fault]]:
    read = []
    for number, cells in read_file(io.BytesIO(to_csv(_ROWS))):
        assert isinstance(cells, dict)
        read.append(read_row(cells, number, today=_TODAY))
    return read


def test_one_seed_gives_one_city_and_another_seed_another() -> None:
    assert list(islice(generate(10**9, seed=5), 300)) == _ROWS[:300]
    codes = {row["统一社会信用代码"] for row in _ROWS}
    others = {row["统一社会信用代码"] for row in generate(4000, seed=6)}
    assert not codes & others
    assert all(tuple(row) == HEADER for row in _ROWS)


def test_about_one_row_in_a_hundred_is_bad_in_each_of_the_known_ways() -> None:
    read = _read_all()
    faults = Counter(fault.code for row in read if isinstance(row, list) for fault in row)
    assert set(faults) == {"code_check_digit", "columns_shifted", "name_missing"}
    good = [row for row in read if isinstance(row, Row)]
    again = len(good) - len({row.code for row in good})
    assert again > 0
    assert 0.004 < (sum(faults.values()) + again) / len(_ROWS) < 0.02


def test_a6_places_are_unclear_about_as_often_as_in_real_exports() -> None:
    divisions = Divisions.from_csv((_CITY / "divisions.csv").read_text(encoding="utf-8"))
    good = [row for row in _read_all() if isinstance(row, Row)]
    reasons = Counter(divisions.resolve(row.address, row.city).reason for row in good)
    assert reasons[None] / len(good) > 0.95
    assert {str(r) for r in reasons} == {
        "None",
        "no_address",
        "out_of_city",
        "town_ambiguous",
        "town_unknown",
    }


def test_scopes_are_sometimes_missing_or_cut_off_and_seldom_alike() -> None:
    scopes = [row["经营范围"] for row in _ROWS]
    assert 0.01 < scopes.count("N/A") / len(scopes) < 0.05
    assert any(scope.endswith("...") for scope in scopes)
    assert len(set(scopes)) > len(scopes) * 0.8


@needs_real_rows
def test_no_generated_name_code_or_scope_is_a_real_one() -> None:
    real: dict[str, set[str]] = {"企业名称": set(), "统一社会信用代码": set()}
    names = ("registrations_dongguan.csv", "registrations_other_cities.csv", "dirty_codes.csv")
    for name in names:
        for row in real_rows(name):
            for column, values in real.items():
                values.add(row[column])
    for row in _ROWS:
        for column, values in real.items():
            assert row[column] not in values - {"N/A", ""}


def _departments() -> list[dict[str, str]]:
    with (_CITY / "departments.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a3_the_sample_city_has_its_43_departments_and_1003_units_in_33_towns() -> None:
    departments = _departments()
    towns = [town for row in departments for town in row["towns"].split("|") if town]
    assert (len(departments), len(towns), len(set(towns))) == (43, 1003, 33)


def test_a3_every_department_that_an_item_names_is_exactly_one_of_them() -> None:
    bearers = Counter(
        name
        for row in _departments()
        for name in {row["id"], row["name"], *filter(None, row["aliases"].split("|"))}
    )
    items = tomllib.loads((_CITY / "supervision_items.toml").read_text(encoding="utf-8"))["items"]
    for item in items:
        for name in item["departments"]:
            assert bearers[name] == 1, name


@needs_real_rows
def test_a3_every_body_of_the_draft_items_has_a_contact_in_the_city() -> None:
    known = {name for row in _departments() for name in (row["name"], *row["aliases"].split("|"))}
    for item in real_rows("supervision_items.csv"):
        for body in re.sub(r"\([^)]*\)", "", item["competent_department"]).split("/"):
            assert body in known, body


def test_d4_every_code_the_registry_raises_has_its_words() -> None:
    functions = Path(__file__).parents[3] / "functions"
    shared = ("codes", "csvfiles", "dates", "encodings")
    own = ("capital", "columns", "files", "rows", "villages")
    readers = [f"shared/{one}" for one in shared] + [f"registry/{one}" for one in own]
    prefixes = "code|name|scope|field|date|time|event|capital|file|header|row|text|village"
    raised = {
        code
        for reader in readers
        for code in re.findall(
            rf'"((?:{prefixes})_[a-z_]+|columns_shifted|not_text)"',
            (functions / f"{reader}.py").read_text(encoding="utf-8"),
        )
    }
    assert {"code_length", "row_ragged", "columns_shifted"} <= raised
    assert raised <= set(TEXTS), raised - set(TEXTS)


def test_d4_both_languages_of_a_text_use_the_same_parameters() -> None:
    for code, (zh, en) in TEXTS.items():
        assert zh and en, code
        used = [set(re.findall(r"{(\w+)}", text)) for text in (zh, en)]
        assert used[0] == used[1], code
