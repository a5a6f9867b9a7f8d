"""How well sources hand in: figures by source, item and month, and coverage by cycle (C5)."""

from __future__ import annotations

from datetime import date

import pytest

from functions.credit.batches import Counts, Quality
from functions.credit.catalogue import Cycle
from functions.credit.qualities import cycles_of, figures_of
from tests.unit.credit.bureau import SOURCE, Bureau


def handed_in(bureau: Bureau, batch: str, day: str, item: str = "honour", **counts: int) -> None:
    quality = Quality(
        batch=batch,
        source=SOURCE,
        item=item,
        day=day,
        counts=Counts(**counts),
        codes={"value_missing": counts.get("returned", 0)},
    )
    bureau.store.qualities.save(quality, before=None, by="test", now=bureau.now)


def test_c5_figures_are_summed_by_item_and_month_and_no_day_outside_counts() -> None:
    bureau = Bureau()
    handed_in(bureau, "a", "2026-02-28", accepted=9)
    handed_in(bureau, "b", "2026-03-01", accepted=8, returned=2, late=4, days_late=10)
    handed_in(bureau, "c", "2026-03-31", accepted=5, returned=1)
    handed_in(bureau, "d", "2026-04-01", accepted=1)
    figures, _ = figures_of([SOURCE], date(2026, 3, 1), date(2026, 3, 31), bureau.desk)
    [march] = figures
    assert (march.item, march.month, march.batches) == ("honour", "2026-03", 2)
    assert march.counts == Counts(accepted=13, returned=3, late=4, days_late=10)
    assert march.codes == {"value_missing": 3}


def test_c5_coverage_counts_the_whole_cycles_in_which_something_came() -> None:
    bureau = Bureau()
    handed_in(bureau, "a", "2026-02-10", accepted=1)
    handed_in(bureau, "b", "2026-05-10", accepted=1)
    _, coverage = figures_of([SOURCE], date(2026, 1, 1), date(2026, 8, 31), bureau.desk)
    [honours] = [one for one in coverage if one.item == "honour"]  # each quarter
    assert (honours.owed, honours.came) == (2, 2)
    owed = {one.item for one in coverage if one.came == 0}
    assert owed  # items of its own of which nothing came
    assert "honour" not in owed


def test_c5_what_anybody_may_hand_in_is_owed_by_nobody_who_never_does() -> None:
    _, coverage = figures_of([SOURCE], date(2026, 1, 1), date(2026, 3, 31), Bureau().desk)
    assert "honour" not in {one.item for one in coverage}


@pytest.mark.parametrize(
    ("cycle", "count", "first"),
    [
        (Cycle.DAY, 90, date(2026, 1, 1)),
        (Cycle.WEEK, 12, date(2026, 1, 5)),
        (Cycle.MONTH, 3, date(2026, 1, 1)),
        (Cycle.QUARTER, 1, date(2026, 1, 1)),
        (Cycle.YEAR, 0, None),
    ],
)
def test_c1_only_whole_cycles_count(cycle: Cycle, count: int, first: date | None) -> None:
    found = cycles_of(cycle, date(2026, 1, 1), date(2026, 3, 31))
    assert (len(found), found[0][0] if found else None) == (count, first)
