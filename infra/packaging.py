"""The app as `chalice package` builds it: one zip, and the functions and schedules in it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SOURCES = ("app.py", ".chalice/config.json", "chalicelib", "functions", "requirements.txt")
_DESCRIPTION = "chalice.tf.json"  # of Chalice's formats the one that sets the functions' names
_ZIP = "deployment.zip"


class NotPackaged(Exception):
    """Chalice could not package the app; the text is its last line, the note all that it said."""


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda: its deployed name and how it is run. `seconds` is its timeout, `mb` its memory.

    `schedule` is a `rate(…)` or `cron(…)` expression where it is fired by the clock.
    """

    name: str
    handler: str
    runtime: str
    seconds: int
    mb: int
    environment: Mapping[str, str]
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """The zip that every function runs from, its digest over the sources, and the functions."""

    zip: Path
    digest: str
    functions: tuple[Function, ...]


def package(project: Path, stage: str, out: Path) -> Package:
    """Packages `project` for `stage` into `out`; the last result serves while nothing has changed.

    Raises NotPackaged.
    """
    digest = _digest(project, stage)
    target = out / digest
    if not (target / _DESCRIPTION).exists():
        shutil.rmtree(out, ignore_errors=True)
        _chalice(project, stage, target)
    return Package(target / _ZIP, digest, tuple(_functions(target / _DESCRIPTION)))


def _chalice(project: Path, stage: str, target: Path) -> None:
    target.mkdir(parents=True)
    done = subprocess.run(
        [
            *(sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())"),
            *("--project-dir", str(project), "package", "--stage", stage),
            *("--pkg-format", "terraform", str(target)),
        ],
        env={"AWS_DEFAULT_REGION": "us-east-1", **os.environ},
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not (target / _ZIP).exists():
        shutil.rmtree(target)
        raise _not_packaged((done.stderr or done.stdout).strip())


def _not_packaged(said: str) -> NotPackaged:
    error = NotPackaged(f"the app cannot be packaged: {said.splitlines()[-1] if said else '?'}")
    error.add_note(said)
    return error


def _functions(description: Path) -> Iterator[Function]:
    resources = json.loads(description.read_text(encoding="utf-8"))["resource"]
    schedules = _schedules(resources)
    for label, one in resources["aws_lambda_function"].items():
        yield Function(
            name=one["function_name"],
            handler=one["handler"],
            runtime=one["runtime"],
            seconds=one["timeout"],
            mb=one["memory_size"],
            environment=one.get("environment", {}).get("variables", {}),
            schedule=schedules.get(label),
        )


def _schedules(resources: Mapping[str, Any]) -> dict[str, str]:
    """Schedule by function; a rule `x-event` targets `${aws_lambda_function.x.arn}`."""
    rules = resources.get("aws_cloudwatch_event_rule", {})
    targets = resources.get("aws_cloudwatch_event_target", {})
    return {
        targets[name]["arn"].split(".")[1]: rule["schedule_expression"]
        for name, rule in rules.items()
    }


def _digest(project: Path, stage: str) -> str:
    version = f"{stage} {sys.version_info[:2]}"
    total = hashlib.sha256(version.encode())
    for source in _SOURCES:
        for path in _files(project / source):
            total.update(f"\0{path.relative_to(project)}\0".encode())
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    return sorted(
        path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
