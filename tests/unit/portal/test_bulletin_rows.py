"""A bulletin's figures beside those of another one (A23)."""

from __future__ import annotations

from typing import Any

from functions.portal.bulletin_rows import NONE, Cell, compared


def row(code: str, **figures: Any) -> dict[str, Any]:
    return {"department": code, "department_name": code.upper(), **figures}


def bulletin(*rows: dict[str, Any], **total: Any) -> dict[str, Any]:
    return {"departments": rows, "total": total}


def cells(told: dict[str, Any], other: dict[str, Any] | None) -> dict[str, dict[str, Cell]]:
    lines = compared(told, other, "department")
    return {line.name: {cell.measure: cell for cell in line.cells} for line in lines}


def test_a23_alone_a_bulletin_shows_its_own_figures_as_they_are_written() -> None:
    told = bulletin(
        row("a", rank=1, pushed=1234, timely_share=0.98765, whole={"mean": 3.14}), pushed=1234
    )
    found = cells(told, None)
    assert found["A"]["pushed"] == Cell("pushed", "1234")
    assert found["A"]["timely_share"].value == "98.8%"
    assert found["A"]["whole"].value == "3.1"
    assert found[""]["pushed"].value == "1234" and found[""]["rank"].value == NONE


def test_a23_beside_another_each_figure_says_by_how_much_it_differs() -> None:
    told = bulletin(row("a", rank=1, pushed=7, handled=5, timely_share=0.9), pushed=7)
    other = bulletin(row("a", rank=3, pushed=10, handled=5, timely_share=0.85), pushed=10)
    found = cells(told, other)["A"]
    assert found["rank"] == Cell("rank", "1", "3", "-2")
    assert found["pushed"] == Cell("pushed", "7", "10", "-3")
    assert found["handled"].change == "±0"
    assert found["timely_share"] == Cell("timely_share", "90.0%", "85.0%", "+5.0")
    assert cells(told, other)[""]["pushed"].change == "-3"


def test_a23_who_stands_in_one_of_them_only_has_no_difference() -> None:
    found = cells(bulletin(row("a", pushed=2)), bulletin(row("b", pushed=3)))
    assert list(found) == ["A", "B", ""]
    assert found["A"]["pushed"] == Cell("pushed", "2", NONE)
    assert found["B"]["pushed"] == Cell("pushed", NONE, "3")
