"""What pages call units and places; read from the configuration once a day in each process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from functions.portal.wording import WORDS, word
from functions.shared import clock, ports
from functions.shared.names import Names, read_names


@dataclass(frozen=True, slots=True)
class Named:
    """The names of the city's units, its towns and villages."""

    names: Names

    def unit(self, unit: str, language: str) -> str:
        """A unit's name: `市场监督管理局（虎门镇）`; the seats of the city itself by our words."""
        if f"seat.{unit}" in WORDS:
            return word(f"seat.{unit}", language)
        return self.names.unit(unit) if unit else ""

    def town(self, code: str) -> str:
        """A town's name."""
        return self.names.town(code)


def named() -> Named:
    """The names as the configuration has them today."""
    return _read(clock.real_now().date().isoformat())


@cache
def _read(day: str) -> Named:
    return Named(read_names(ports.objects("config"), {}))
