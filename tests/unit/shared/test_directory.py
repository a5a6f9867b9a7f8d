"""Who is anybody in the city: departments, their units, offices, seats, villages (A3, A21)."""

import pytest

from functions.shared.directory import Directory, is_unit, parse_departments

TOWN, OTHER = "441900106000", "441900107000"


@pytest.fixture
def directory() -> Directory:
    text = f"id,name,aliases,towns\nscjg,市场监督管理局,,*\nyjgl,应急管理局,,{TOWN}\n"
    return parse_departments(text, [TOWN, OTHER])


@pytest.mark.parametrize(
    ("unit", "there"),
    [
        ("scjg", True),
        (f"scjg.{OTHER}", True),
        (f"yjgl.{TOWN}", True),
        (f"yjgl.{OTHER}", False),
        ("office", True),
        (f"office.{TOWN}", True),
        ("office.441900999000", False),
        ("oversight", True),
        ("exchange", True),
        ("441900106210", True),
        ("441900999210", False),
        ("nope", False),
        (f"nope.{TOWN}", False),
        (f"oversight.{TOWN}", False),
    ],
)
def test_a21_a_unit_is_a_department_s_an_office_a_seat_or_a_village(
    directory: Directory, unit: str, there: bool
) -> None:
    assert is_unit(unit, directory) is there
