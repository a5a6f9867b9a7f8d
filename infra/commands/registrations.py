"""`sanwei load` and `sanwei sweep`: registrations in, and on to whom they concern."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from infra import loading
from infra.client import Api, CallFailed
from infra.commands.calling import AsJson, Failed, city
from infra.showing import Screen, show_load, summary

_MINUTES = 5.0
_NOT_ALLOWED = 404  # not yours looks like not there

Patience = Annotated[
    float, typer.Option(min=0.1, help="Give up after so many minutes without any news.")
]


def load(
    file: Annotated[Path, typer.Argument(help="A registry's export (CSV).")],
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Sweep at once, and wait for every outcome.")
    ] = False,
    patience: Patience = _MINUTES,
    as_json: AsJson = False,
) -> None:
    """Send a registry's export to the city."""
    screen = Screen(as_json=as_json)
    told = load_file(screen, city(), file, sweep=sweep, patience=patience)
    if as_json:
        screen.result(told)
    else:
        show_load(screen, told)


def sweep(as_json: AsJson = False) -> None:
    """Start a sweep now: match and push all that has arrived."""
    screen = Screen(as_json=as_json)
    started = city().post("/v1/sweeps")
    screen.result(started)
    if not as_json:
        screen.say(f"a sweep of all that arrived by {started['until']} has begun")


def load_file(
    screen: Screen,
    api: Api,
    file: Path,
    *,
    sweep: bool,
    load_id: str = "",
    patience: float = _MINUTES,
) -> dict[str, Any]:
    """Loads `file`, and with `sweep` waits for every outcome; returns what it came to.

    Raises Failed, loading.NotLoadable and client.CallFailed.
    """
    rows = loading.count_rows(file, api.language)
    if unread := loading.unread_columns(file):
        sys.stderr.write(f"not read of {file.name}: {', '.join(unread)}\n")
    with screen.progress("rows sent", rows) as bar:
        loaded = loading.load(file, api, bar, load_id)
    if not sweep:
        return summary(loaded, None)
    accepted = len(set(loaded.registrations))
    try:
        with screen.progress("outcomes", accepted) as bar:
            settled = loading.settle(
                dict.fromkeys(loaded.registrations), api, bar, patience=patience * 60
            )
    except loading.NotSettled as stuck:
        raise _failed(screen, str(stuck), summary(loaded, stuck.so_far)) from None
    except CallFailed as failed:
        text = f"the rows are in, but their outcomes are not known: {failed}"
        if failed.status == _NOT_ALLOWED:
            text = f"the rows are in and wait for the next sweep; you may not start one: {failed}"
        raise _failed(screen, text, summary(loaded, None)) from None
    return summary(loaded, settled)


def _failed(screen: Screen, text: str, so_far: dict[str, Any]) -> Failed:
    """The failure of a load whose rows are in: whoever reads it gets the figures too."""
    if not screen.as_json:
        show_load(screen, so_far)
    return Failed(text, so_far)
