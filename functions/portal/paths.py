"""Links from one page to another: always relative, since the API has a stage before its paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode


def root_of(path: str, asked: str = "") -> str:
    """The way from a page's path up to the first page. `asked` is the path as the browser has it: a
    gateway passes over a slash at its end, and finds the first page by the stage's bare name.

    >>> root_of("/"), root_of("/work"), root_of("/tasks/7")
    ('./', './', '../')
    >>> root_of("/", "/prod"), root_of("/work", "/prod/work/"), root_of("/", "/prod/")
    ('/prod/', '../', './')
    """
    if path == "/":
        stage = asked.strip("/")
        return f"/{stage}/" if stage and not asked.endswith("/") else "./"
    return "../" * (path.count("/") - 1 + asked.endswith("/")) or "./"


def link(root: str, place: str, /, **query: Any) -> str:
    """A link to `place` (`tasks/7`, each part quoted by the caller's `part`), with what of `query`
    is not empty.

    >>> link("../", "work", unit="scjg", after="", light=None)
    '../work?unit=scjg'
    """
    asked = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{root}{place}" + (f"?{urlencode(asked)}" if asked else "")


def part(text: str) -> str:
    """One part of a path."""
    return quote(sound(str(text)), safe="")


def sound(text: str) -> str:
    """A text with a question mark for each half of a character, as nothing can write those.

    >>> sound("东\\ud800莞")
    '东?莞'
    """
    return text.encode(errors="replace").decode()


_KEPT = 12  # pages back that a link remembers


def pager(query: Mapping[str, str], after: str | None) -> dict[str, dict[str, str] | None]:
    """The queries of the pages beside this one, by cursor: `next`, `back` and `first`.

    A cursor leads only forward, so the way back is carried along in `trail`: the cursors of the
    last pages, the newest last ("-" is the first page)."""
    here = query.get("after", "")
    trail = [one for one in query.get("trail", "").split(" ") if one]
    rest = {name: value for name, value in query.items() if name not in ("after", "trail", "done")}
    forward = None
    if after:
        forward = rest | {"after": after, "trail": " ".join([*trail, here or "-"][-_KEPT:])}
    back = None
    if trail:
        back = dict(rest)
        if trail[-1] != "-":
            back["after"] = trail[-1]
        if trail[:-1]:
            back["trail"] = " ".join(trail[:-1])
    return {"next": forward, "back": back, "first": rest if here else None}
