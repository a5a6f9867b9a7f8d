"""Make .venv from the hashed requirements; runs on a bare Python, before anything is installed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"

# Settings that would put packages elsewhere, or add lines without hashes. Where packages come
# from (index, mirror, proxy, certificate) is the machine's business and stays as it is.
_MISLEADING = {
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_NO_DEPS"),
    *("PIP_DRY_RUN", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"),
    *("UV_SYSTEM_PYTHON", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_PROJECT_ENVIRONMENT"),
}

_COMMAND = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys
from infra.cli import main
sys.exit(main())
"""


def main() -> None:
    """Make or renew the environment; a second run over the same lock changes nothing."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit("Python 3.11, 3.12 or 3.13 is needed; this is " + sys.version.split()[0])
    env = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    env["PIP_USER"] = "0"
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    _make_venv(env)
    _run(*_PIP, "-r", str(REQUIREMENTS / "uv.txt"), env=env)
    _install(env)
    _add_project(env)


_PIP = (str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes")


def _make_venv(env: dict[str, str]) -> None:
    """Create .venv with this interpreter, unless one of the same version stands there."""
    probe = "import sys, pip; sys.exit(sys.version_info[:2] != " + str(sys.version_info[:2]) + ")"
    if (
        PYTHON.exists()
        and not subprocess.run(
            [str(PYTHON), "-c", probe], stderr=subprocess.DEVNULL, env=env
        ).returncode
    ):
        return
    _say("Making .venv with Python " + sys.version.split()[0])
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], env=env).returncode:
        sys.exit("Cannot make .venv: is Python's venv module there? (Debian: python3-venv)")


def _install(env: dict[str, str]) -> None:
    """Install the locks with uv (seconds); where uv does not get through, with pip (minutes).

    Of what stands in `font.txt` only a file is read: what it would depend on is not installed.
    """
    lock, font = (str(REQUIREMENTS / name) for name in ("dev.txt", "font.txt"))
    _say("Installing the requirements")
    uv = [str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes"]
    uv += ["--python", str(PYTHON), lock, font]
    if subprocess.run(uv, env={**uv_settings(_pip_settings(env)), **env}).returncode:
        _say("uv did not get through; once more with pip")
        _run(*_PIP, "-r", lock, env=env)
        _run(*_PIP, "--no-deps", "-r", font, env=env)


def _pip_settings(env: dict[str, str]) -> str:
    """What pip knows about this machine, as `pip config list` prints it."""
    command = [str(PYTHON), "-m", "pip", "config", "list"]
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True).stdout


def uv_settings(pip_settings: str) -> dict[str, str]:
    """uv's names for the mirrors and certificates that pip was told; uv does not read pip's files.

    Takes lines `section.name='value'`; pip's own order holds: environment over install over
    global.
    """
    found: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for line in pip_settings.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(section + "."):
                found[name.removeprefix(section + ".")] = " ".join(ast.literal_eval(value).split())
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
        "trusted-host": "UV_INSECURE_HOST",
        "timeout": "UV_HTTP_TIMEOUT",
    }
    settings = {uv: found[pip] for pip, uv in names.items() if found.get(pip)}
    if "UV_FIND_LINKS" in settings:
        settings["UV_FIND_LINKS"] = settings["UV_FIND_LINKS"].replace(" ", ",")
    # pip takes a version from whichever index has it; the hashes make that safe.
    return {**settings, "UV_INDEX_STRATEGY": "unsafe-best-match"}


def _add_project(env: dict[str, str]) -> None:
    """Put the project on the path and its command beside Python, without building anything."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    command = [str(PYTHON), "-c", code]
    site = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout
    Path(site.strip(), "sanwei.pth").write_text(str(ROOT) + "\n", encoding="utf-8")
    script = VENV / "bin" / "sanwei"
    script.write_text(_COMMAND.format(python=PYTHON), encoding="utf-8")
    script.chmod(0o755)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _run(*command: str, env: dict[str, str]) -> None:
    if subprocess.run(command, env=env).returncode:
        sys.exit("Failed: " + " ".join(command))


if __name__ == "__main__":
    main()
