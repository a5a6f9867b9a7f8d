"""What the commands share: which city they call, as whom, in which language, and how they fail."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from functions.shared import messages
from infra import signin
from infra.client import DEFAULT_URL, Api
from infra.posts import NobodyThere, grants_of

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")]
As = Annotated[
    str,
    typer.Option("--as", metavar="WHO", help="Sign in for this call as e.g. officer:UNIT."),
]


class Failed(Exception):
    """A command did not do what it should; the text says why. `more` is for scripts."""

    def __init__(self, text: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        self.more = more or {}


def text_of(file: Path) -> str:
    """What a file says; raises Failed where it cannot be read, or is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Failed(f"{file} is not UTF-8") from None


def address() -> str:
    """The city's address, from SANWEI_URL; raises Failed."""
    url = (os.environ.get("SANWEI_URL") or DEFAULT_URL).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failed(f"SANWEI_URL is not the address of a city: {url!r}")
    return url


def identity(who: str = "") -> signin.Environment:
    """Who calls: as the environment says, or as `who`."""
    return signin.Environment(address(), os.environ, who=who)


def city(who: str = "") -> Api:
    """The API that commands call; raises Failed."""
    return Api(address(), identity(who), language())


def unit_of(unit: str, who: str) -> str:
    """`unit`, or where it is left out the one of whom one signs in as; raises Failed."""
    if unit:
        return unit
    try:
        units = {grant.unit for grant in grants_of(who)} if who else set()
    except NobodyThere as nobody:
        raise Failed(str(nobody)) from None
    if len(units) != 1:
        raise Failed("say of which UNIT, or as whom: --as ROLE:UNIT")
    return units.pop()


def language() -> str:
    """The caller's language, by the usual variables: zh or en."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return messages.ZH if said.lower().startswith("zh") else messages.EN
