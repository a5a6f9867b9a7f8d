"""One run of one script in one weather, to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from functions.shared.logging import log
from tests.simulation.city import City, put_items
from tests.simulation.clues import Watchers
from tests.simulation.endings import Ending, Players
from tests.simulation.faults import FAULTS, Faults, Weather
from tests.simulation.people import Dispatcher, Exchange
from tests.simulation.script import Script
from tests.simulation.systems import Systems
from tests.simulation.units import Departments
from tests.simulation.villages import Villages
from tests.simulation.world import World

_MOST_REDRIVES = 10


def run(script: Script, seed: int, weather: Weather, faults: Faults | None = None) -> Ending:
    """Play `script`, then let the weather calm down, redrive what is left, and sweep once more."""
    with quiet():
        return _run(script, seed, weather, faults)


@contextmanager
def quiet() -> Iterator[None]:
    """Every fault is logged, as it should be; thousands of them help nobody."""
    level = log.log_level
    log.setLevel("CRITICAL")
    yield
    log.setLevel(level)


def _run(script: Script, seed: int, weather: Weather, faults: Faults | None) -> Ending:
    world = World(f"{seed}", weather, faults)
    city = City(world, swept=script.swept)
    Dispatcher(city)
    players = Players(
        Exchange(city, script),
        Departments(city),
        Systems(city),
        Watchers(city, script),
        Villages(city, city.inspections, acts=script.visited),
    )
    for sweeps, sweep in ((script.sweeps, city.sweep), (script.alert_sweeps, city.alerts.sweep)):
        for at in sweeps:
            _sweep(city, (at - world.now) / timedelta(seconds=1), sweep)
    if script.new_items:
        at = script.new_items
        world.after((at - world.now) / timedelta(seconds=1), lambda: put_items(city, "2", at))
    if script.new_calendar:
        city.clues.reach_into_next_year()
        city.inspections.reach_into_next_year()
        world.after((script.new_calendar - world.now) / timedelta(seconds=1), city.load_calendar)
    world.after((script.end - world.now) / timedelta(seconds=1), lambda: None)
    world.run()
    storm = world.faults
    world.calm()
    redriven = 0
    for _ in range(_MOST_REDRIVES):
        sent = city.redrive()
        redriven += sent
        world.run()
        city.sweep()
        city.alerts.sweep()
        city.waiting.sweep()
        world.run()
        if not sent:
            break
    return Ending(city, players, storm, redriven)


def _sweep(city: City, seconds: float, sweep: Callable[[], None]) -> None:
    def once() -> None:
        try:
            sweep()
        except FAULTS:
            return  # it died half-way: the next one does the rest
        if city.world.chance(city.world.weather.double):
            _sweep(city, city.world.random.random() * 20, sweep)

    city.world.after(seconds, once)
