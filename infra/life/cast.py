"""The people of the city, each with a sign-in of their own, made when they first come to work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from infra.client import Api

SignIn = Callable[[str], str]


@dataclass
class _Person:
    """Signs in anew where the last token was refused."""

    who: str
    sign_in: SignIn
    kept: str = ""

    def token(self, *, renewed: bool = False) -> str:
        if renewed or not self.kept:
            self.kept = self.sign_in(self.who)
        return self.kept


@dataclass
class Cast:
    """Who calls the city at `url`; `sign_in` gives a token for a post."""

    url: str
    sign_in: SignIn
    language: str = "en"
    _calls: dict[str, Api] = field(default_factory=dict)

    def api(self, who: str) -> Api:
        """The API as somebody calls it: `officer:scjg.441900106000`, `operator` …"""
        if who not in self._calls:
            self._calls[who] = Api(self.url, _Person(who, self.sign_in), self.language)
        return self._calls[who]

    def of(self, unit: str, role: str = "officer") -> Api:
        """The API as called by somebody in `unit`; of an office, by its only people."""
        if unit == "office":
            return self.api("dispatcher")
        return self.api(f"{'town_office' if unit.startswith('office.') else role}:{unit}")
