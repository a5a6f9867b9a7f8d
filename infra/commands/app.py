"""The commands of `sanwei` put together, and every way in which they fail told in one line."""

from __future__ import annotations

import os
from typing import Any

import typer

from infra.client import CallFailed
from infra.commands import (
    alerts,
    audit,
    calendar,
    clues,
    credit,
    inspection,
    inspections,
    items,
    localcity,
    match,
    moves,
    operating,
    persons,
    registrations,
    reports,
    rosters,
    sanctions,
    systems,
    task,
    tasks,
    worklist,
)
from infra.commands.calling import Failed
from infra.loading import NotLoadable
from infra.showing import Screen

_ABOUT = """Supervision of a city's market in one command: run a whole city here, or call one.

All but `up` and `match` call the city at SANWEI_URL (http://127.0.0.1:8000), local or deployed.
"""
_INTERRUPTED = 130

app = typer.Typer(
    name="sanwei",
    help=_ABOUT,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    *(localcity.up, localcity.down, registrations.load, registrations.sweep),
    *(tasks.tasks, task.task, tasks.feedback, inspection.inspection),
    *(worklist.worklist, worklist.claim, worklist.handover, worklist.release),
    *(moves.redirect, moves.reassign, moves.extend, moves.suspend, moves.resume, moves.dispatch),
):
    app.command()(command)


@app.command("match", help=match.ABOUT, short_help="Read scopes as the city does, without a city.")
def _match() -> None:
    """Only for the list of commands; infra/cli.py runs it without all this."""


app.add_typer(items.app, name="items")
app.add_typer(calendar.app, name="calendar")
app.add_typer(audit.app, name="audit")
app.add_typer(clues.app, name="clues")
app.add_typer(inspections.app, name="inspections")
app.add_typer(rosters.app, name="roster")
app.add_typer(reports.app, name="reports")
app.add_typer(credit.app, name="credit")
app.add_typer(persons.app, name="person")
app.add_typer(sanctions.sanction_app, name="sanction")
app.add_typer(sanctions.constraint_app, name="constraint")
app.command()(sanctions.counter)
app.add_typer(systems.app, name="systems")
app.command()(systems.deliveries)
app.command()(systems.replay)
app.command()(alerts.alerts)
app.command()(operating.redrive)
app.command()(operating.token)


def run(arguments: list[str]) -> int:
    """Runs one command; what goes wrong is told in one line, and the exit code is 1."""
    try:
        code = app(arguments, prog_name="sanwei", standalone_mode=False)
    except typer.TyperException as usage:
        return _failed(arguments, f"{usage.format_message()} (see sanwei --help)")
    except Failed as failed:
        return _failed(arguments, str(failed), failed.more)
    except (CallFailed, NotLoadable) as failed:
        return _failed(arguments, str(failed))
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED
    except OSError as error:
        return _failed(arguments, f"{error.filename or 'sanwei'}: {error.strerror or error}")
    except Exception as error:
        if "SANWEI_DEBUG" in os.environ:
            raise
        kind = type(error).__name__
        return _failed(arguments, f"unexpected {kind}: {error} (SANWEI_DEBUG=1 shows where)")
    return code if isinstance(code, int) else 0


def _failed(arguments: list[str], text: str, more: Any = None) -> int:
    Screen(as_json="--json" in arguments).failed(text, more)
    return 1
