"""The copy of the project that Chalice deploys: sources with byte code, the stage's own config.

A copy, so that a deployment never changes a file that git knows, and never takes up byte code or
an old package that lies about in the working tree.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from functions.shared.settings import Settings
from infra.policies import GRANTS, policy
from layers.build import compile_all

Handlers = dict[str, str]
"""The handler of each function by its short name: {"push_deliver": "functions.….push_deliver"}."""

_LAMBDA_ROOT = Path("/var/task")
_DATED = 400_000_000  # seconds since 1970: any day that a zip can hold everywhere
_LIST = """
import json, app
chalice = app.app
named = [*chalice.pure_lambda_functions, *chalice.event_sources, *chalice.builtin_auth_handlers]
handlers = {one.name: one.handler_string for one in named}
print(json.dumps(handlers | ({"api_handler": "app.app"} if chalice.routes else {})))
"""


class NotDeployable(Exception):
    """The project cannot be deployed as it is; the text says what to do."""


def copy(project: Path, stage: str) -> Path:
    """A fresh copy of what Chalice packs; the same sources make the same package."""
    into = project / "build" / f"deploy-{stage}"
    shutil.rmtree(into, ignore_errors=True)
    clean = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(project / "functions", into / "functions", ignore=clean)
    compile_all(into / "functions", _LAMBDA_ROOT / "functions")
    (into / "vendor").mkdir()
    (into / "vendor" / "functions").symlink_to("../functions")
    shutil.copy(project / "app.py", into / "app.py")
    for file in into.rglob("*"):
        os.utime(file, (_DATED, _DATED))  # a zip holds dates, and Lambda compares zips
    (into / ".chalice").mkdir()
    return into


def nothing(project: Path, stage: str) -> Path:
    """A project without functions, for removal: a stage can go whatever state its code is in."""
    into = project / "build" / f"remove-{stage}"
    shutil.rmtree(into, ignore_errors=True)
    (into / ".chalice").mkdir(parents=True)
    app = "from chalice import Chalice\n\napp = Chalice(app_name='sanwei')\n"
    (into / "app.py").write_text(app, encoding="utf-8")
    _write(into / ".chalice" / "config.json", {"version": "2.0", "app_name": "sanwei"})
    return into


def configure(
    copied: Path, config: Mapping[str, Any], target: Settings, layer: str, handlers: Handlers
) -> None:
    """Write the stage's config with its layer, environment and policies into the copy.

    `config` is the project's own `.chalice/config.json`. Raises NotDeployable for a stage that it
    does not know and for a function without a policy.
    """
    stages = config["stages"]
    if target.stage == "local" or target.stage not in stages:
        known = ", ".join(sorted(set(stages) - {"local"}))
        raise NotDeployable(f"no stage {target.stage!r} in .chalice/config.json (there: {known})")
    if missing := sorted(set(handlers) - set(GRANTS)):
        raise NotDeployable(f"no policy for {', '.join(missing)} in infra/policies.py")
    own = {
        **stages[target.stage],
        "layers": [layer],
        "environment_variables": {
            **stages[target.stage].get("environment_variables", {}),  # e.g. SANWEI_TIMERS
            **environment(target),
        },
        "lambda_functions": {name: {"iam_policy_file": f"{name}.json"} for name in handlers},
    }
    folder = copied / ".chalice"
    _write(folder / "config.json", {**config, "stages": {target.stage: own}})
    for name in handlers:
        _write(folder / f"{name}.json", policy(name, target))


def environment(target: Settings) -> dict[str, str]:
    """What the functions are told; `functions.shared.settings.read` reads it back."""
    told = {
        "SANWEI_STAGE": target.stage,
        "SANWEI_ACCOUNT": target.account,
        "SANWEI_PARTITION": target.partition,
        "SANWEI_ISSUER": target.issuer,
        "SANWEI_AUDIENCE": " ".join(target.audience),
        "SANWEI_SIGN_IN_URL": target.sign_in_url,
        "SANWEI_PORTAL_CLIENT": target.portal_client,
    }
    return {name: value for name, value in told.items() if value}


def handlers_of(copied: Path, target: Settings) -> Handlers:
    """The functions that the copied app declares."""
    # The copy first on the path: the project itself is on this environment's path, too.
    env = {**os.environ, **environment(target), "PYTHONPATH": str(copied)}
    found = subprocess.run(
        [sys.executable, "-c", _LIST], cwd=copied, env=env, capture_output=True, text=True
    )
    if found.returncode:
        raise NotDeployable(f"app.py cannot be imported:\n{found.stderr.strip()}")
    handlers: Handlers = json.loads(found.stdout)
    return handlers


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
