"""The city's items, read once, and small sets of invented items."""

from pathlib import Path

import pytest

from functions.shared.matching.items import ItemSet, parse_items
from functions.shared.matching.matcher import Matcher

CITY_ITEMS = Path(__file__).parents[3] / "infra/city/supervision_items.toml"


@pytest.fixture(scope="session")
def city_items() -> ItemSet:
    return parse_items(CITY_ITEMS.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def city(city_items: ItemSet) -> Matcher:
    return Matcher(city_items)
