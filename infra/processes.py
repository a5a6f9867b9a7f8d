"""Long-running processes of one state directory, each stopped by its own id and by nobody else's.

Each process inherits an open lock on `<name>.lock`: while it lives the lock is held, so an id left
behind by a crash is never mistaken for a process that happens to have the same number today.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_LOG_TAIL = 12
_children: dict[int, subprocess.Popen[bytes]] = {}  # of this process, to be collected when they end


class NotStarted(Exception):
    """A process that should run does not; the text ends with the last lines of its log."""


def running(state: Path, name: str) -> int | None:
    """The process id of `name` while it lives, else None."""
    lock = _lock(state, name)
    if not lock.exists():
        return None
    with lock.open("r+") as handle:
        if _take(handle.fileno()):
            return None
        return int(handle.read() or 0) or None


def start(
    state: Path, name: str, command: Sequence[str], environment: Mapping[str, str], cwd: Path
) -> int:
    """Starts `command` detached from the terminal, its output in `logs/<name>.log`; its id.

    Raises NotStarted where the state directory has such a process already.
    """
    (state / "logs").mkdir(parents=True, exist_ok=True)
    lock = _lock(state, name)
    with lock.open("a+") as handle, log_of(state, name).open("ab") as log:
        if not _take(handle.fileno()):
            raise NotStarted(f"{name} runs already in {state}")
        process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[handle.fileno()],
            start_new_session=True,
        )
        _children[process.pid] = process
        lock.write_text(str(process.pid))
    return process.pid


def stop(state: Path, name: str, *, patience: float) -> bool:
    """Asks `name` to end and waits; False where it did not run.

    After `patience` seconds it is killed, and what it had not saved is lost.
    """
    pid = running(state, name)
    if pid is None:
        return False
    _signal(pid, signal.SIGTERM)
    if not _until(lambda: running(state, name) is None, patience):
        _signal(pid, signal.SIGKILL)
        _until(lambda: running(state, name) is None, 5)
    if child := _children.pop(pid, None):
        child.wait()
    return True


def wait_until_ready(state: Path, name: str, ready: Callable[[], bool], patience: float) -> None:
    """Waits until `ready`; raises NotStarted where `name` ends before or takes too long."""
    if not _until(lambda: ready() or running(state, name) is None, patience) or not ready():
        raise NotStarted(f"{name} did not start:\n{tail(state, name)}")


def log_of(state: Path, name: str) -> Path:
    """Where `name` writes its output."""
    return state / "logs" / f"{name}.log"


def tail(state: Path, name: str) -> str:
    """The last lines that `name` wrote."""
    log = log_of(state, name)
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-_LOG_TAIL:])


def _lock(state: Path, name: str) -> Path:
    return state / f"{name}.lock"


def _take(descriptor: int) -> bool:
    """Takes the lock, which the open file then holds; False where a process has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _until(condition: Callable[[], bool], patience: float) -> bool:
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
