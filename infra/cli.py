"""The command line `sanwei`: infra/commands holds its commands."""

from __future__ import annotations

import sys

_FROM, _TO = (3, 11), (3, 13)


def main(arguments: list[str] | None = None) -> int:
    """Runs `sanwei` with `arguments` (else the process's own); returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not _FROM <= sys.version_info[:2] <= _TO:
        return _failed("Python 3.11, 3.12 or 3.13 is needed; this is " + sys.version.split()[0])
    try:
        if arguments[:1] == ["match"]:  # must start at once, without what the others need
            from infra.commands import match

            return match.main(arguments[1:])
        from infra.commands import app
    except ImportError as error:
        return _failed(f"{error}; `make setup` installs what is needed")
    return app.run(arguments)


def _failed(text: str) -> int:
    sys.stderr.write(f"sanwei: {text}\n")
    return 1
