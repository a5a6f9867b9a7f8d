"""`sanwei match`: reads scopes as the city does, without a city (A5).

It must start at once and keep up with a pipe, so it stands apart from the other commands and takes
its arguments itself.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, NoReturn

from functions.shared import clock
from functions.shared.calendar import shanghai_day
from functions.shared.matching.items import BadItems, ItemSet, parse_items
from functions.shared.matching.matcher import Matcher

ITEMS = Path(__file__).resolve().parents[1] / "city" / "supervision_items.toml"
ABOUT = (
    'Read JSON lines {"uscc", "name", "scope"} from standard input and write for each '
    '{"uscc", "items": [{"code", "words", "clause", "law"}], '
    '"suppressed": [{"code", "words", "by"}]}, with the items in force today.'
)


_HALF_PAIR = re.compile("[\ud800-\udfff]")


class BadLine(Exception):
    """A line that cannot be read; the text says why."""


def main(arguments: list[str]) -> int:
    """Runs the command; 1 where a line could not be read, all others still being answered."""
    try:
        asked = _parser().parse_args(arguments)
    except argparse.ArgumentError as error:
        _complain({"error": str(error)})
        return 1
    try:
        items = load(asked.items).in_force(shanghai_day(clock.now()))
    except (OSError, UnicodeDecodeError, BadItems) as error:
        _complain({"error": f"{asked.items}: {_reason(error)}"})
        return 1
    matcher = Matcher(items)
    gc.freeze()  # the rules stay; the collector need not look through them for ever
    try:
        return answer(sys.stdin.buffer, sys.stdout.buffer, sys.stderr, matcher)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # or Python complains once more while it ends
        return 1


def load(file: Path) -> ItemSet:
    """The item set of a TOML file; raises OSError, UnicodeDecodeError or BadItems."""
    return parse_items(file.read_text(encoding="utf-8"))


def answer(lines: Iterable[bytes], out: IO[bytes], errors: IO[str], matcher: Matcher) -> int:
    """Answers line by line, each at once; complaints go to `errors`. 1 where there was one."""
    failed = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            out.write(encoded(told(line, matcher)))
            out.flush()
        except BadLine as bad:
            failed = 1
            _complain({"line": number, "error": str(bad)}, errors)
    return failed


def told(line: bytes, matcher: Matcher) -> dict[str, Any]:
    """What `line` calls for; raises BadLine."""
    try:
        asked = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        raise BadLine("not valid JSON") from None
    if not isinstance(asked, dict):
        raise BadLine("not a JSON object")
    scope, name = asked.get("scope"), asked.get("name") or ""
    if not isinstance(scope, str):
        raise BadLine("scope must be text")
    if _HALF_PAIR.search(scope):
        raise BadLine("scope holds half of a surrogate pair, which is no character")
    if not isinstance(name, str):
        raise BadLine("name must be text")
    found = matcher.match(scope, name)
    return {
        "uscc": asked.get("uscc"),
        "items": [
            {"code": one.code, "words": one.words, "clause": one.clause, "law": one.law}
            for one in found.items
        ],
        "suppressed": [
            {"code": one.code, "words": one.words, "by": one.by} for one in found.suppressed
        ],
    }


def encoded(value: Any) -> bytes:
    """`value` as one line of JSON; half a surrogate pair, which has no UTF-8, is escaped."""
    try:
        return (json.dumps(value, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(value) + "\n").encode()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise argparse.ArgumentError(None, message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="sanwei match", description=ABOUT)
    parser.add_argument(
        "--items", type=Path, default=ITEMS, metavar="FILE", help="another item set (TOML)"
    )
    parser.add_argument("--json", action="store_true", help="as it does anyway")
    return parser


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error).replace("\n", "; ")


def _complain(what: dict[str, Any], errors: IO[str] | None = None) -> None:
    errors = errors or sys.stderr
    errors.write(json.dumps(what, ensure_ascii=False) + "\n")
    errors.flush()
