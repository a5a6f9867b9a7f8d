"""`sanwei up` and `sanwei down`: a whole city on this machine, with a sample in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra import signin
from infra.commands.calling import AsJson, Failed
from infra.showing import Screen

_SAMPLE, _LIFE_SAMPLE, _PORT = 1200, 60, 8000
_LIFE_STATE = signin.STATE / "life"  # what a large city still owes would all fall due in a life

State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        help="Where the city keeps everything.",
        show_default=".state, a life: .state/life",
    ),
]


def up(
    state: State = None,
    load: Annotated[
        Path | None, typer.Option("--load", metavar="FILE", help="Load this export (CSV).")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help=f"Else N invented rows ({_SAMPLE}; {_LIFE_SAMPLE} in a life)."
        ),
    ] = None,
    speed: Annotated[
        float,
        typer.Option(
            metavar="N",
            help="Seconds that pass in the city per second; not 1: it lives a fortnight.",
        ),
    ] = 1.0,
    port: Annotated[
        int, typer.Option(min=1, max=65535, metavar="N", help="Where its API listens.")
    ] = _PORT,
    detach: Annotated[bool, typer.Option("--detach", help="Return once it is up.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start a city on this machine, with a sample in it."""
    from infra.commands import hosting  # brings boto3, which other commands need not wait for

    if not 0 < speed < float("inf"):
        raise Failed(f"--speed must be a positive number, not {speed:g}")
    life = speed != 1 and load is None
    count = sample if sample is not None else _LIFE_SAMPLE if life else _SAMPLE
    home = (state or (_LIFE_STATE if life else signin.STATE)).resolve()
    wish = hosting.Wish(home, load, count, speed, port, detach, life)
    hosting.host(Screen(as_json=as_json), wish)


def down(state: State = None, as_json: AsJson = False) -> None:
    """Stop the city on this machine; all its data is kept."""
    from infra.commands import hosting

    screen = Screen(as_json=as_json)
    homes = [one.resolve() for one in ([state] if state else [signin.STATE, _LIFE_STATE])]
    ended = next((home for home in homes if hosting.end(home)), None)
    home = ended or homes[0]
    screen.result({"stopped": ended is not None, "state": str(home)})
    if not as_json:
        screen.say(f"stopped; all is kept in {home}" if ended else f"no city was up over {home}")
