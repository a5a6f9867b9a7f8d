"""The divisions of the city, from the configuration bucket."""

from __future__ import annotations

from functools import cache

from functions.registry.addresses import Divisions
from functions.shared import ports


@cache
def divisions() -> Divisions:
    """The divisions that this process resolves addresses with; a new process reads them anew."""
    return Divisions.from_csv(ports.objects("config").read("divisions.csv").decode("utf-8-sig"))
