"""Keeps a local city: starts it, gives it what it lacks, shows what stands in it, ends it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from functions.shared.dynamo import DynamoTable
from infra import doors, guests, loading, localcity, overview, people, posts, seed, signin
from infra.city import generator, whoswho
from infra.client import Api
from infra.commands import living
from infra.commands.calling import Failed, language
from infra.commands.crediting import tell_credit
from infra.commands.registrations import load_file
from infra.localcity import City, CityRuns, Time
from infra.packaging import NotPackaged
from infra.processes import NotStarted
from infra.showing import Screen, show_load, show_overview
from infra.stacks import StackFailed

_SEED = 2016  # which of the endless samples
_LOADS, _SAMPLE = "loads.json", "sample.csv"
_LEAVING = "leaving"
_LOOK_SECONDS, _MOST_LOOKS = 2.0, 30


@dataclass(frozen=True, slots=True)
class Wish:
    """Which city is wanted: over `state`, with `file` in it or else `sample` invented rows; with a
    `life`, they arrive over a fortnight that is lived at `speed`."""

    state: Path
    file: Path | None
    sample: int
    speed: float
    port: int
    detach: bool
    life: bool = False


def host(screen: Screen, wish: Wish) -> None:
    """Starts a city, loads what it lacks and shows it; stays until it ends unless `detach`.

    A city that could not be started, or filled, is ended again. Raises Failed,
    loading.NotLoadable, client.CallFailed and KeyboardInterrupt.
    """
    if wish.file:
        loading.count_rows(wish.file, language())  # before anything is started
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with _told_in_short():
        time_ = living.time_of(wish.state, wish.speed) if wish.life else Time(wish.speed)
        city = localcity.up(wish.state, api_port=wish.port, time=time_, tell=screen.say)
        (wish.state / _LEAVING).unlink(missing_ok=True)
        with _ended_on_failure(wish.state, screen):
            screen.say(f"it answers at {city.url} from now on; whom to sign in as comes at the end")
            api, lived = _prepare(screen, city, wish), None
            if wish.life:
                city, lived = living.live(screen, city, wish.sample)
                shown, credit = _shown(screen, city, api, None), {}
                screen.result(shown | {"life": lived})
                living.show_life(screen, lived)
            else:
                loaded = _load_once(screen, api, Path(city.state), wish.file, wish.sample)
                credit = tell_credit(screen, city, _sample_of(Path(city.state)))
                shown = _shown(screen, city, api, loaded)
                screen.result(shown | {"credit": credit})
            known = credit.get("after", {}).get("subject")  # who has a public record
            invited = guests.choose(shown, known or _company(api, shown["offices"]))
            guests.provide(city, invited)
            _say_where(screen, city, lived, shown["inspections"]["busiest"])
            _say_pages(screen, city, invited)
        if not wish.detach:
            _stay(screen, city)


def end(state: Path) -> bool:
    """Ends the city over `state`; False where none was up."""
    with _told_in_short():
        if city := localcity.find(state):
            (state / _LEAVING).touch()
            signin.Environment(city.url, os.environ).keep(None)
        return localcity.down(state)


def _prepare(screen: Screen, city: City, wish: Wish) -> Api:
    """Gives the city what it lacks; the way to call it as somebody with every post."""
    identity = signin.Environment(city.url, {})
    token = people.sign_in(city, posts.EVERYONE)
    identity.keep(signin.SignIn(posts.EVERYONE, token, city.state))
    api = Api(city.url, identity, language())
    towns = living.TOWNS if wish.life else frozenset()
    seed.seed(city, api, screen.say, towns)
    return api


def _shown(screen: Screen, city: City, api: Api, loaded: dict[str, Any] | None) -> dict[str, Any]:
    """Shows what stands in the city, and what was loaded."""
    names = overview.units_of(whoswho.directory(), whoswho.town_names())
    screen.say("reading what stands in every worklist")
    found = overview.gather_whole(
        lambda: overview.gather(api, whoswho.directory()),
        loaded["tasks"] if loaded else 0,
        time.sleep,
    )
    found.credit = overview.credit_sums(api)
    if not screen.as_json:
        if loaded:
            show_load(screen, loaded)
        show_overview(screen, found, names, api.language)
    told = {"url": city.url, "state": city.state, "loaded": loaded, **found.told(names)}
    inspections = _inspections(city)
    if loaded and not screen.as_json:
        screen.say(str(inspections))
    return {**told, "inspections": inspections.told()}


def _inspections(city: City) -> doors.Doors:
    """How far inspections are, once no more of them come."""
    client = city.emulator.client("dynamodb")
    table = DynamoTable(client, f"sanwei-{localcity.STAGE}-inspections")
    found = doors.count(table)
    for _ in range(_MOST_LOOKS):
        time.sleep(_LOOK_SECONDS)
        before, found = found, doors.count(table)
        if found.opened == before.opened:
            break
    return found


def _load_once(
    screen: Screen, api: Api, state: Path, file: Path | None, sample: int
) -> dict[str, Any] | None:
    """Loads `file`, or into an empty city the sample; what this city has had, it is not given
    again. Returns what the load came to, then or now."""
    note = state / _LOADS
    had: dict[str, Any] = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    if file is None:
        if had:
            screen.say("the city has its registrations already; of the last load:")
            return dict(next(reversed(had.values())))
        if not sample or living.has_lived(state):
            return None
        file = state / _SAMPLE
        file.write_bytes(generator.to_csv(generator.generate(sample, _SEED)))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:32]
    if digest in had:
        screen.say(f"{file.name} was loaded before and is not loaded again")
        return dict(had[digest])
    had[digest] = load_file(screen, api, file, sweep=True, load_id=digest)
    note.write_text(json.dumps(had, ensure_ascii=False), encoding="utf-8")
    return dict(had[digest])


def _sample_of(state: Path) -> Path | None:
    file = state / _SAMPLE
    return file if file.exists() else None


def _say_where(screen: Screen, city: City, lived: dict[str, Any] | None, village: str) -> None:
    command = "sanwei" if city.api_port == localcity.API_PORT else f"SANWEI_URL={city.url} sanwei"
    for line in (
        "",
        f"The city is up at {city.url}",
        f"  its interface    {city.url}/v1/openapi.json",
        f"  somebody's token {command} token --as officer:UNIT  (or city, operator, rules …)",
        f"  their tasks      {command} tasks --unit UNIT",
        *(living.where(lived, command) if lived else ()),
        f"  its state, logs  {city.state}",
        *([f"  to be inspected  {command} inspections --unit {village}"] if village else ()),
    ):
        screen.say(line)


def _company(api: Api, offices: Sequence[Mapping[str, Any]]) -> str:
    """The code of somebody who is registered; "" where nobody is."""
    for office in offices[:1]:
        rows = api.get("/v1/worklist", unit=office["unit"], kind="case", limit=1)["rows"]
        return str(rows[0]["case"]["code"]) if rows else ""
    return ""


def _say_pages(screen: Screen, city: City, invited: Sequence[guests.Guest]) -> None:
    """The pages, and who may be tried out there; only a local city knows anybody's password."""
    screen.say("")
    screen.say(f"Its pages, for everybody: {city.url}/ and {city.url}/credit")
    screen.say(f"To sign in: {city.url}/sign-in, everybody's password is {people.PASSWORD}")
    widest = max(len(one.account) for one in invited)
    for one in invited:
        screen.say(f"  {one.account:<{widest}}  {city.url}/{one.place}  {one.en}")


def _stay(screen: Screen, city: City) -> None:
    """Waits until the city is to end: by Ctrl-C, then in order, or by `sanwei down`."""
    state = Path(city.state)
    screen.say("Ctrl-C stops it and keeps everything")
    with _ended_on_failure(state, screen), suppress(KeyboardInterrupt):
        while not (trouble := localcity.failing(city)):
            time.sleep(1)
        if (state / _LEAVING).exists():
            screen.say("stopped by `sanwei down`")
            return
        raise NotStarted(trouble)
    _end_in_order(state, screen)
    screen.say(f"stopped; all is kept in {state}")


@contextmanager
def _ended_on_failure(state: Path, screen: Screen) -> Iterator[None]:
    """Ends the city where what it was started for fails or is broken off."""
    try:
        yield
    except BaseException:
        _end_in_order(state, screen)
        screen.say(f"stopped; what it saved is in {state}")
        raise


def _end_in_order(state: Path, screen: Screen) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # it is saving
    screen.say("stopping the city")
    localcity.down(state)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _told_in_short() -> Iterator[None]:
    try:
        yield
    except (CityRuns, NotPackaged, NotStarted, StackFailed) as failed:
        raise Failed(_first_and_last(str(failed))) from failed
    except (BotoCoreError, ClientError) as error:
        raise Failed(f"the emulator refused: {error}") from error


def _first_and_last(text: str) -> str:
    """What happened, and of a log the line that says why."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(dict.fromkeys((lines[0], lines[-1]))).rstrip(":") if lines else "it failed"
