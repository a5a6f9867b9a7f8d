"""The locks: complete, hashed, of one mind, and of no particular machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
LOCKS = ("dev", "run", "layer", "font", "uv")


def text(name: str) -> str:
    return (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> set[str]:
    """The lines `name==version ; marker` of a lock."""
    return {line.rstrip(" \\") for line in text(name).splitlines() if re.match(r"\w", line)}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_and_hashed(name: str) -> None:
    entries = re.split(r"\n(?=\w)", text(name))[1:]
    assert len(entries) == len(pins(name)) > 0
    for entry in entries:
        assert re.match(r"[\w.-]+==\S+", entry) and "--hash=sha256:" in entry


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_says_where_packages_come_from(name: str) -> None:
    assert not re.search(r"://|--(index|extra|find|trusted)|(^|\s)/\w", text(name))


def test_one_version_of_each_package_everywhere() -> None:
    assert pins("run") < pins("dev")
    assert pins("layer") < pins("run")
    assert pins("uv") < pins("dev")


def test_the_layer_has_what_functions_run_on_and_chalice_comes_with_the_package() -> None:
    wanted = (REQUIREMENTS / "run.in").read_text(encoding="utf-8").lower().split()
    names = {pin.partition("==")[0] for pin in pins("layer")}
    direct = {re.sub(r"\[.*", "", name).replace("_", "-") for name in wanted}
    assert direct - names == {"chalice"}
