"""Towns' credit as bars (C9)."""

from __future__ import annotations

from functions.portal.towns import rows_of


def test_c9_all_towns_stand_first_and_parts_make_a_whole() -> None:
    towns = [
        {"name": "东", "grades": {"A": 1, "B": 1, "C": 1, "D": 0}},
        {"name": "西", "grades": {"B": 1}},
    ]
    everybody, east, west = rows_of(towns)
    assert (everybody.name, everybody.graded, east.name) == ("", 4, "东")
    assert [(one.grade, one.count) for one in everybody.pieces] == [
        *(("A", 1), ("B", 2), ("C", 1), ("D", 0)),
    ]
    assert [(one.start, one.share) for one in everybody.pieces] == [
        *((0.0, 25.0), (25.0, 50.0), (75.0, 25.0), (100.0, 0.0)),
    ]
    assert west.pieces[1].share == 100.0


def test_c9_a_town_without_grades_has_no_parts() -> None:
    [everybody, town] = rows_of([{"name": "东", "grades": {"A": 0, "B": 0, "C": 0, "D": 0}}])
    assert everybody.graded == town.graded == 0
    assert {one.share for one in town.pieces} == {0.0}
