"""What a person sees: progress, tables, one line for what went wrong; or one JSON object."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from functions.shared.calendar import SHANGHAI
from infra.loading import Loaded, Settled
from infra.overview import Overview, reason_text

_PLAIN_WIDTH = 10_000  # of a log or a pipe, which has no width of its own: nothing is cut
# What is copied from a table, or read as a whole or not at all.
_IDS = frozenset(("Id", "Code", "Subject", "State", "Light"))
_TIMES = frozenset(("At", "Due", "Last call (real time)", "Loaded", "Oldest", "Raised", "Since"))
_NEVER_CUT = _IDS | _TIMES | {"Near from", "When"}
_LEAST = 6  # cells that any other column keeps
_BESIDE = 3  # cells around a column's content
_MOST = 15  # rows of a table
_STEPS = 10  # lines that a progress takes where there is no bar


def moment(text: str) -> str:
    """An ISO instant as people here read it: Shanghai's time, to the minute; "" stays empty."""
    if not text:
        return ""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def counted(number: int, what: str, many: str = "") -> str:
    """So many of something: `1 photo`, `2,000 photos`."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"


class Bar(Protocol):
    """Takes how many are done."""

    def __call__(self, done: int) -> None: ...


class Screen:
    """Where a command speaks: people get lines and tables, scripts (`as_json`) one object.

    With `as_json` nothing but that object goes to standard output; the rest goes to standard error.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.console = _console(stderr=as_json)

    def say(self, text: str) -> None:
        """One line for people."""
        self.console.print(escape(text), highlight=False, soft_wrap=True)

    def result(self, value: Mapping[str, Any]) -> None:
        """The one object for scripts."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def failed(self, text: str, more: Mapping[str, Any] | None = None) -> None:
        """One line that says what went wrong."""
        line = " ".join(text.split())
        self.result({"error": line, **(more or {})})
        if not self.as_json:
            sys.stderr.write(f"sanwei: {line}\n")

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Bar]:
        """A bar where there is a terminal, else a line now and then."""
        if not self.console.is_terminal:
            yield _Lines(self, what, total)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeRemainingColumn(), console=self.console) as progress:
            task = progress.add_task(what, total=total)
            yield lambda done: progress.update(task, completed=done)

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], none: str = ""
    ) -> None:
        """A table, or the sentence `none` instead of an empty one. Columns whose heading ends with
        # hold numbers. Ids and times are never cut: a terminal that is too narrow for them breaks
        the lines instead."""
        if none and not rows:
            return self.say(none)
        table = Table(title=title, title_justify="left", title_style="bold", expand=False)
        needed = 1
        for place, column in enumerate(columns):
            heading = column.rstrip("#")
            cells = [heading, *(row[place] for row in rows)]
            widest = max(cell_len(line) for cell in cells for line in cell.split("\n"))
            whole = heading in _NEVER_CUT or column.endswith("#")
            least = widest if whole else min(widest, _LEAST)
            needed += least + _BESIDE
            side: Any = "right" if column.endswith("#") else "left"
            table.add_column(heading, justify=side, no_wrap=whole, min_width=least)
        for row in rows:
            table.add_row(*map(escape, row))
        self.console.print(table, width=max(needed, self.console.width), crop=False)


class _Lines:
    def __init__(self, screen: Screen, what: str, total: int) -> None:
        self._screen, self._what, self._total = screen, what, total
        self._next = 0

    def __call__(self, done: int) -> None:
        if done >= self._next or done == self._total:
            self._screen.say(f"{self._what}: {done:,} of {self._total:,}")
            self._next = done + max(1, self._total // _STEPS)


def show_load(screen: Screen, loaded: Mapping[str, Any]) -> None:
    """What became of a file's rows, and the faults of those that were rejected."""
    screen.say(
        f"{loaded['rows']:,} rows = {loaded['accepted']:,} accepted + "
        f"{loaded['duplicate']:,} known already + {loaded['rejected']:,} rejected"
    )
    if "pushed" in loaded:
        screen.say(
            f"{loaded['accepted']:,} accepted = {loaded['pushed']:,} pushed + "
            f"{loaded['no_item']:,} without an item + {loaded['manual']:,} for manual dispatch; "
            f"{counted(loaded['tasks'], 'task')}"
        )
    if loaded["errors"]:
        _show_errors(screen, loaded["errors"])


def show_overview(screen: Screen, found: Overview, names: Mapping[str, str], language: str) -> None:
    """Who got what, and what waits for a person."""
    units = found.units.most_common()
    rows = [[names.get(unit, ""), unit, f"{count:,}"] for unit, count in units[:_MOST]]
    title = f"Pushed: {counted(found.tasks, 'task')} to {counted(len(units), 'unit')}"
    title += _rest(units)
    screen.table(title, ["Receiver", "Unit", "Tasks#"], rows)
    cases = sum(found.offices.values())
    offices = counted(len(found.offices), "office")
    screen.say(f"and each case to its town office: {cases:,} to {offices}")
    items = found.items.most_common()
    rows = [[code, found.licences[code], f"{count:,}"] for code, count in items[:_MOST]]
    title = f"For {counted(len(items), 'item')}" + _rest(items)
    screen.table(title, ["Item", "Licence", "Tasks#"], rows)
    screen.say(_more(found))
    waiting = sorted(found.waiting.items(), key=lambda pair: -pair[1].count)
    rows = [
        [reason_text(reason, language), f"{one.count:,}", "\n".join(map(_example, one.examples))]
        for reason, one in waiting[:_MOST]
    ]
    if rows:
        title = "Waiting for manual dispatch" + _rest(waiting)
        screen.table(title, ["Because", "Registrations#", "For example"], rows)


def _more(found: Overview) -> str:
    """What there is besides tasks: alerts that stand open, clues, and rows of credit."""
    rungs = [f"{count} {rung}" for rung, count in found.alerts.most_common() if count]
    states = [f"{count} {state}" for state, count in Counter(found.clues.values()).items()]
    told = [
        f"alerts: {', '.join(rungs) or 'none yet'}",
        f"clues: {', '.join(states) or 'none yet'}",
    ]
    if rows := found.credit.get("rows"):
        sums = (f"{count:,} {name}" for name, count in found.credit.items() if name != "rows")
        told.append(f"credit: {counted(rows, 'row')}, {', '.join(sums)}")
    return "; ".join(told)


def summary(loaded: Loaded, settled: Settled | None) -> dict[str, Any]:
    """What a load came to, in the form that scripts read."""
    told = loaded.told()
    if settled:
        told |= {**settled.counts, "tasks": settled.tasks}
    return {**told, "errors": loaded.errors}


def _show_errors(screen: Screen, errors: Sequence[Mapping[str, Any]]) -> None:
    by_code: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for error in errors:
        by_code[error["code"]].append(error)
    groups = sorted(by_code.values(), key=len, reverse=True)
    rows = [
        [
            group[0]["field"],
            group[0]["message"],
            f"{len(group):,}",
            ", ".join(str(error["row"]) for error in group[:5]) + (" …" if group[5:] else ""),
        ]
        for group in groups[:_MOST]
    ]
    screen.table("Rejected" + _rest(groups), ["Field", "Because", "Times#", "In rows"], rows)


def _example(example: Mapping[str, str]) -> str:
    about = next((value for key, value in example.items() if key not in ("code", "name")), "")
    return f"{example['name']}: {about}" if about else example["name"]


def _rest(rows: Sequence[Any]) -> str:
    return f" (the first {_MOST})" if len(rows) > _MOST else ""


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=_PLAIN_WIDTH)
