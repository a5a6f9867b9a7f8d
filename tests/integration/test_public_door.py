"""What one address may ask for how often: everything that is read without signing in (C8, C9)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml  # type: ignore[import-untyped]

from app import app

WIRING = Path(__file__).parents[2] / "infra/wiring.yaml"
# Pages without sign-in that ask nothing of public credit: signing in and what browsers keep.
ELSEWHERE = ("/sign-in", "/signed-in", "/sign-out", "/assets/", "/phone/")
BEFORE = ("", "/dev", "/prod")  # a domain of its own, or a stage


def counted(path: str, statement: dict[str, Any]) -> bool:
    """Whether a statement of the rule fits a path, as the service reads it."""
    [(kind, told)] = statement.items()
    match kind:
        case "OrStatement":
            return any(counted(path, one) for one in told["Statements"])
        case "AndStatement":
            return all(counted(path, one) for one in told["Statements"])
        case "NotStatement":
            return not counted(path, told["Statement"])
        case "RegexMatchStatement":
            return re.search(told["RegexString"], path) is not None
        case "ByteMatchStatement" if told["PositionalConstraint"] == "CONTAINS":
            return told["SearchString"] in path
        case "ByteMatchStatement" if told["PositionalConstraint"] == "STARTS_WITH":
            return path.startswith(told["SearchString"])
    raise NotImplementedError(kind)


def rule() -> dict[str, Any]:
    found = cfn_yaml.load(str(WIRING))["Resources"]["PublicDoor"]["Properties"]["Rules"]
    [one] = [one for one in found if one["Name"] == "per-address"]
    statement: dict[str, Any] = one["Statement"]["RateBasedStatement"]
    assert (statement["AggregateKeyType"], statement["Limit"]) == ("IP", 120)
    told: dict[str, Any] = statement["ScopeDownStatement"]
    return told


def is_public(path: str) -> bool:
    """Whether a route shows public credit to whoever asks."""
    for entry in app.routes[path].values():
        page = getattr(entry.view_function, "__page__", None)
        if page is not None:
            return page.action is None and not path.startswith(ELSEWHERE)
    return path.startswith("/v1/public/")


@pytest.mark.parametrize("before", BEFORE)
def test_c8_one_address_is_stopped_at_every_public_route_and_page_and_nowhere_else(
    before: str,
) -> None:
    statement = rule()
    for path in app.routes:
        concrete = before + re.sub(r"{\w+}", "91441900MA0000001X", path)
        assert counted(concrete, statement) == is_public(path), concrete


def test_c8_every_public_page_is_among_them() -> None:
    assert {path for path in app.routes if is_public(path) and not path.startswith("/v1/")} == {
        *{"/", "/credit", "/credit/{code}", "/columns/{column}", "/objections"}
    }
