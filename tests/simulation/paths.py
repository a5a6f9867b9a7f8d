"""Every way through the recheck's machine, as scripts that its functions play on any emulator.

An execution's inspection is its script: what `recheck_send` answers, call by call, and after a
semicolon what happens when `recheck_await` is called (`sent,sent;lost,failed`). So the functions
need no memory but how often each was called.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

WAIT = 1  # seconds, wherever a script waits
CALLBACK = 3  # seconds until a callback counts as lost
_PLACEHOLDERS = {"Partition": "aws", "Stage": "local"}


@dataclass(frozen=True, slots=True)
class Path:
    """One way through: its script, and the states that it enters (a retry does not count)."""

    script: str
    entered: tuple[str, ...]
    status: str = "SUCCEEDED"

    @property
    def name(self) -> str:
        """The execution's name."""
        return self.script.replace(",", "-").replace(";", "--")


_BEGIN, _AWAIT = ("CorrectionPeriod", "SendRecheck", "Decide"), ("AwaitResult", "Decide")
ENDS = {
    "corrected": "Corrected",
    "failed": "JointDisposal",
    "withdrawn": "Withdrawn",
    "replaced": "Replaced",
}
PATHS = (
    *(Path(said, (*_BEGIN, end)) for said, end in ENDS.items()),  # the result came early
    *(Path(f"sent;{said}", (*_BEGIN, *_AWAIT, end)) for said, end in ENDS.items()),
    Path("waiting,sent;corrected", (*_BEGIN, *_BEGIN, *_AWAIT, "Corrected")),
    Path(
        "sent,sent;lost,failed",
        (*_BEGIN, "AwaitResult", "SendRecheck", "Decide", *_AWAIT, "JointDisposal"),
    ),
    Path(
        "sent,withdrawn;lost",
        (*_BEGIN, "AwaitResult", "SendRecheck", "Decide", "Withdrawn"),
    ),
    Path("error,error,sent;corrected", (*_BEGIN, *_AWAIT, "Corrected")),
    Path("nonsense", (*_BEGIN, "Unknown"), "FAILED"),
    Path(",".join(["error"] * 7), _BEGIN[:2], "FAILED"),
)
AWAIT_FAILS = Path("sent;error,corrected", (*_BEGIN, *_AWAIT, "Corrected"))
"""The function that keeps the token fails, and is called again."""
AWAIT_FAILS_UNHEARD = Path(
    "sent,sent;error,corrected",
    (*_BEGIN, "AwaitResult", "SendRecheck", "Decide", *_AWAIT, "Corrected"),
)
"""The same where the emulator does not hear the failure: the time of the callback ends that."""


def quickened(
    asl: Mapping[str, Any], region: str, account: str, *, callback: int = CALLBACK
) -> dict[str, Any]:
    """The definition with its placeholders filled, and with seconds for its month (`callback`) and
    its pauses: nothing else is changed."""
    text = json.dumps(asl)
    for name, value in {**_PLACEHOLDERS, "Region": region, "Account": account}.items():
        text = text.replace(f"${{{name}}}", value)
    quick = json.loads(text)
    for state in quick["States"].values():
        if "TimeoutSeconds" in state:
            state["TimeoutSeconds"] = callback
        for retry in state.get("Retry", ()):
            retry |= {"IntervalSeconds": 1, "BackoffRate": 1.0}
    return dict(quick)


def first_input(path: Path) -> dict[str, Any]:
    """What an execution of this path is started with."""
    return {"inspection": path.script, "attempt": 1, "wait": WAIT}


def sent(event: Mapping[str, Any], call: int) -> dict[str, Any]:
    """What `recheck_send` answers at its `call` (from 0); raises OSError where it is to fail."""
    return _answer(event, _said(event, 0, call))


def result(event: Mapping[str, Any], call: int) -> dict[str, Any] | None:
    """What is recorded when `recheck_await` is called; None where the event of it is lost. Raises
    OSError where the function is to fail."""
    said = _said(event, 1, call)
    return None if said == "lost" else _answer(event, said)


def without_retries(entered: list[str]) -> tuple[str, ...]:
    """The states as histories list them: one that is tried again was entered once."""
    return tuple(state for state, _ in groupby(entered))


def last_output(path: Path) -> dict[str, Any] | None:
    """What an execution of this path ends with; None where it fails."""
    if path.status != "SUCCEEDED":
        return None
    said = path.script.replace(";", ",").rpartition(",")[2]
    if said == "lost":
        said = path.script.partition(";")[0].rpartition(",")[2]
    return _answer(first_input(path), said)


def _said(event: Mapping[str, Any], part: int, call: int) -> str:
    said = str(event["inspection"].split(";")[part].split(",")[call])
    if said == "error":
        raise OSError("throttled")
    return said


def _answer(event: Mapping[str, Any], said: str) -> dict[str, Any]:
    same = {name: event[name] for name in ("inspection", "attempt")}
    return {**same, "outcome": said, "wait": WAIT if said == "waiting" else 0}
