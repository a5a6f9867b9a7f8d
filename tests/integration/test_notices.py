"""The printed notice on the deployed city: from the event to the link (B7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.inspections.domain import Inspection
from functions.inspections.store import Store
from functions.shared import aws, ports
from functions.shared.events.inspections import InspectionOutcome, InspectionState
from functions.shared.settings import settings
from tests.fakes.prints import Print
from tests.integration.motocity import Context, MotoCity, consumers, moto_city

SAMPLE = Path(__file__).parents[2] / "events" / "sqs" / "inspections_print.json"
VILLAGE = ("441900119002:village",)


@pytest.fixture
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        yield city


def issued() -> tuple[dict[str, Any], str]:
    """The event of a notice, and the path to its print; its inspection is in the table."""
    event = json.loads(SAMPLE.read_text(encoding="utf-8"))
    inspection = Inspection.model_validate(event["inspection"])
    table = Store(ports.table("inspections"))
    table.inspections.save(inspection, before=None, by="test", now=inspection.changed_at)
    return event, f"/v1/inspections/{inspection.id}/notice"


def prints(city: MotoCity) -> list[str]:
    return [key for key in city.keys_of("evidence") if key.startswith("notices/")]


def test_b7_a_notice_is_printed_when_it_is_issued_and_its_village_fetches_it(
    city: MotoCity,
) -> None:
    event, path = issued()
    status, problem = city.call("GET", path, grants=VILLAGE)
    assert (status, problem["faults"][0]["code"]) == (409, "notice_not_printed")

    for _ in range(2):
        assert consumers()["inspections-print"](event, Context()) == {"batchItemFailures": []}

    [key] = prints(city)
    said = Print(ports.objects("evidence").read(key)).words()
    assert said.startswith("长安镇长盛社区居民委员会改〔2026〕")
    assert "东莞市示例餐饮有限公司（91441900MA0000001X）" in said
    head = aws.s3().head_object(Bucket=settings().bucket("evidence"), Key=key)
    assert head["ContentType"] == "application/pdf"

    status, told = city.call("GET", path, grants=VILLAGE)
    assert (status, told["media_type"], told["expires_in"]) == (200, "application/pdf", 900)
    assert key in told["url"]


@pytest.mark.parametrize(
    "grants",
    [("441900119003:village",), ("441900119002:inspector",), ("scjg.441900119000:officer",)],
)
def test_d3_a_print_of_others_looks_like_none(city: MotoCity, grants: tuple[str, ...]) -> None:
    event, path = issued()
    consumers()["inspections-print"](event, Context())
    status, problem = city.call("GET", path, grants=grants)
    assert (status, problem["faults"][0]["field"]) == (404, "inspection")


def test_b11_a_notice_whose_recheck_came_before_its_first_visit_is_printed_too(
    city: MotoCity,
) -> None:
    event = json.loads(SAMPLE.read_text(encoding="utf-8"))
    over = {"state": InspectionState.CLOSED, "outcome": InspectionOutcome.CORRECTED}
    inspection = Inspection.model_validate(event["inspection"]).model_copy(update=over)
    shelf = Store(ports.table("inspections")).inspections
    shelf.save(inspection, before=None, by="test", now=inspection.changed_at)
    city.settle()
    assert len(prints(city)) == 1
