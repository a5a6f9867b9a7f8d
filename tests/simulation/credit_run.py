"""One run of the story of public credit in one weather, to its end."""

from __future__ import annotations

from tests.simulation.check_credit_city import wrong
from tests.simulation.credit_city import CreditCity
from tests.simulation.credit_people import People
from tests.simulation.faults import CALM, Faults, Weather
from tests.simulation.run import quiet
from tests.simulation.world import World

_MOST_REDRIVES = 12


def play_story(seed: int, weather: Weather = CALM, faults: Faults | None = None) -> list[str]:
    """What is wrong after thirteen months, once the weather is calm and all was sent again."""
    with quiet():
        return wrong(*live_story(seed, weather, faults))


def live_story(
    seed: int, weather: Weather = CALM, faults: Faults | None = None
) -> tuple[CreditCity, People]:
    """The city and its people at the end."""
    world = World(f"credit {seed}", weather, faults)
    city = CreditCity(world)
    people = People(city, seed)
    world.run()
    people.storm = world.faults
    world.calm()
    for _ in range(_MOST_REDRIVES):
        sent = city.redrive() + people.resume()
        world.run()
        if not sent:
            break
    city.sweep()
    city.sweep_sanctions()
    world.run()
    return city, people
