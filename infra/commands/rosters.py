"""`sanwei roster`: which grids a village has and who walks them (B4)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from infra import rosters
from infra.city import roster as sample_city
from infra.commands.calling import As, AsJson, Failed, city, text_of
from infra.showing import Screen, counted

app = typer.Typer(no_args_is_help=True, help="Villages' grids, and who walks them.")


@app.command()
def load(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="JSON Lines, a village each: "
            '{"village": CODE, "grids": [{"id", "name", "places": [words of addresses]}], '
            '"inspectors": [{"id": the issuer\'s name of the person, "name", "grids": [ids]}]}'
        ),
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Of the sample city: 2,952 grids, 9,550 inspectors.")
    ] = False,
    town: Annotated[
        list[str] | None, typer.Option(help="Of the sample, only these towns (codes).")
    ] = None,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Put rosters in the place of villages' present ones; with a fault in the file, none."""
    if (file is None) != sample:
        raise Failed("name a file, or say --sample")
    screen, found = Screen(as_json=as_json), _read(file, town)
    with screen.progress("villages", len(found)) as bar:
        counts = rosters.put(found, city(who), bar)
    screen.result(counts)
    if not as_json:
        parts = (counted(count, what[:-1]) for what, count in counts.items())
        screen.say(f"loaded: {', '.join(parts)}")


@app.command()
def show(
    village: Annotated[str, typer.Argument(help="The village's code.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """A village's grids and inspectors."""
    screen = Screen(as_json=as_json)
    told = city(who).get(f"/v1/villages/{village}/roster")
    screen.result(told)
    if as_json:
        return
    walks: dict[str, list[str]] = {}
    for one in told.get("inspectors", []):
        for grid in one.get("grids", []):
            walks.setdefault(grid, []).append(f"{one['id']} {one['name']}")
    rows = [_grid_line(grid, walks) for grid in told.get("grids", [])]
    screen.table(village, ["Grid", "Name", "Places", "Inspectors"], rows)


def _grid_line(grid: dict[str, Any], walks: dict[str, list[str]]) -> list[str]:
    people = "\n".join(walks.get(grid["id"], []))
    return [grid["id"], grid["name"], "、".join(grid.get("places", [])), people]


def _read(file: Path | None, towns: list[str] | None) -> list[rosters.Roster]:
    if file is None:
        if towns:
            return list(sample_city.rosters_of(frozenset(towns)))
        return list(sample_city.rosters())
    try:
        found = list(rosters.parse(text_of(file)))
    except rosters.NotARoster as wrong:
        raise Failed(f"{file}: {wrong}") from None
    if not found:
        raise Failed(f"{file} holds no roster")
    return found
