"""What waits for a person: all of it, in pages that an answer can carry, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from functions.shared.events.registry import Happening, Registration
from functions.shared.events.supervision import Outcome
from functions.shared.table import Index, Page, Record
from functions.supervision.case_handlers import RulingIn
from functions.supervision.cases import Case, Decided
from functions.supervision.store import MANUAL, Store
from tests.fakes.table import FakeTable

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOWN, OTHER = "441900106000", "441900107000"


def _case(number: int, town: str | None, *reasons: str, scope: str = "") -> Case:
    code, at = f"C{number:04d}", NOW + timedelta(seconds=number)
    return Case(
        code=code,
        edition=1,
        name="试验",
        town=town,
        item_set="v1",
        outcomes=(Decided(edition=1, outcome=Outcome.MANUAL),),
        reasons=reasons,
        registration=Registration(
            code=code,
            edition=1,
            happening=Happening.ESTABLISHMENT,
            name="试验",
            scope=scope,
            received_at=at,
        ),
        received_at=at,
        decided_at=at,
    )


class Behind(FakeTable):
    """A table whose index still shows what it showed when it was asked first."""

    seen: Page | None = None

    def query(self, pk: str, *, index: Index | None = None, **asked: object) -> Page:
        if index is None:
            return super().query(pk, **asked)  # type: ignore[arg-type]
        self.seen = self.seen or super().query(pk, index=index, **asked)  # type: ignore[arg-type]
        return self.seen


def test_a6_cases_with_long_scopes_come_in_pages_that_an_answer_can_carry() -> None:
    store = Store(FakeTable(MANUAL))
    for number in range(130):
        case = _case(number, None, "no_address", scope="经" * 20_000)
        store.cases.save(case, before=None, by="system", now=NOW)
    listed: list[str] = []
    after: Record | None = None
    for _ in range(20):
        cases, after = store.list_waiting(None, limit=100, after=after)
        assert sum(len(case.model_dump_json().encode()) for case in cases) < 5_000_000
        listed += [case.code for case in cases]
        if after is None:
            break
    assert listed == [f"C{number:04d}" for number in range(130)]


def test_d3_a_case_that_moved_on_is_not_shown_while_the_index_runs_behind() -> None:
    store = Store(Behind(MANUAL))
    saved = [
        store.cases.save(_case(number, TOWN, "scope_cut_off"), before=None, by="s", now=NOW)
        for number in range(3)
    ]
    assert len(store.list_waiting(TOWN, limit=10)[0]) == 3
    store.cases.save(_case(0, TOWN), before=saved[0], by="s", now=NOW)
    store.cases.save(_case(1, OTHER, "scope_cut_off"), before=saved[1], by="s", now=NOW)
    assert [case.code for case in store.list_waiting(TOWN, limit=10)[0]] == ["C0002"]


@pytest.mark.parametrize(
    "given",
    [{"town": "4" * 21}, {"town": TOWN, "village": "村" * 200_000}, {"items": ["RS01"] * 201}],
)
def test_d4_a_ruling_that_no_record_could_hold_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RulingIn.model_validate({"edition": 1, "note": "电话核实", **given})
