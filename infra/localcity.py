"""A whole city on this machine: the emulator with the real templates, the packaged app, the API."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from functions.shared import clock
from functions.shared.keys import Purpose
from functions.shared.settings import Settings
from functions.shared.vault import Vault
from infra import assets, emulator, keys, lambdas, processes, stacks
from infra.emulator import HOST, PROJECT, Emulator
from infra.packaging import Package, package

STAGE = "local"
API_PORT = 8000
_API, _SCHEDULES = "api", "schedules"
_API_SECONDS = 60.0
_ROOTS_LOCKED_DAYS = 1
_TARGET = Settings(stage=STAGE, account=emulator.ACCOUNT, region=emulator.REGION)


class CityRuns(Exception):
    """The state directory belongs to a city that is up."""


@dataclass(frozen=True, slots=True)
class City:
    """A city that is up, as written down in its state directory.

    `virtual` is the city's time (ISO, UTC) at real time `real`; from there it runs at `speed`.
    `outputs` are those of the foundation.
    """

    state: str
    port: int
    api_port: int
    speed: float
    real: str
    virtual: str
    outputs: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where the API and the pages are."""
        return f"http://{HOST}:{self.api_port}"

    @property
    def emulator(self) -> Emulator:
        return Emulator(self.port)

    @property
    def keys_url(self) -> str:
        """Where the keys are that sign the city's tokens; the emulator's issuer answers nowhere."""
        return f"{self.emulator.url}/{self.outputs['PoolId']}/.well-known/jwks.json"

    @property
    def paced(self) -> bool:
        """Whether the city's time is not simply time."""
        return self.speed != 1 or self.virtual != self.real

    def vault(self) -> Vault:
        """What seals the secrets that the city shares with systems."""
        kms, s3 = self.emulator.client("kms"), self.emulator.client("s3")
        return keys.vault(kms, s3, _TARGET, Purpose.SYSTEMS)

    def environment(self) -> dict[str, str]:
        """What functions and API are told beyond their stage."""
        told = {
            "SANWEI_STAGE": STAGE,
            "SANWEI_ACCOUNT": emulator.ACCOUNT,
            "SANWEI_ISSUER": self.outputs["Issuer"],
            "SANWEI_KEYS": self.keys_url,
            "SANWEI_SIGN_IN_URL": self.emulator.url,
            "SANWEI_PORTAL_CLIENT": self.outputs["PeopleClientId"],
            "SANWEI_PRIVATE_WEBHOOKS": "allow",
        }
        if self.paced:
            told |= {"SANWEI_EPOCH": f"{self.real}={self.virtual}", "SANWEI_SPEED": str(self.speed)}
        return told

    def time(self, real: datetime) -> datetime:
        """The city's time at real time `real`."""
        began, shown = datetime.fromisoformat(self.real), datetime.fromisoformat(self.virtual)
        return clock.Pace(began, shown, self.speed).at(real)


@dataclass(frozen=True, slots=True)
class Time:
    """How fast a city's time is to run, and from when at the earliest; for the first `still` real
    seconds its clock stands."""

    speed: float = 1.0
    start: datetime | None = None
    still: float = 0.0


_REAL_TIME = Time()


def up(
    state: Path,
    *,
    port: int | None = None,
    api_port: int = API_PORT,
    time: Time = _REAL_TIME,
    project: Path = PROJECT,
    tell: Callable[[str], None] = lambda step: None,
) -> City:
    """Starts the city over `state`, as it was left or new; returns when the API answers.

    Its processes outlive this one; `down` ends them. `port` is the emulator's (the state's own,
    else any free one). The city's time goes on where it was left, is real time where that is later,
    and jumps to its `start` where that is later still. Raises CityRuns, processes.NotStarted,
    packaging.NotPackaged or stacks.StackFailed; what had been started is then stopped again.
    """
    state = state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    if processes.running(state, emulator.NAME):
        raise CityRuns(f"a city is up over {state}; `sanwei down` ends it")
    _stop_attendants(state)  # of an emulator that was killed
    if emulator.taken(api_port):
        raise processes.NotStarted(f"port {api_port} is taken by another program")
    before = _read(state)
    with _undone_on_failure(state):
        tell("starting the emulator")
        machine = emulator.start(state, _port(before, port), time.speed)
        tell("packaging the app")
        app = package(project, STAGE, state / "package")
        tell("building the foundation")
        outputs = _foundation(machine, f"http://{HOST}:{api_port}")
        city = _city(state, machine, api_port, time, before, outputs)
        tell("deploying the functions")
        lambdas.deploy(machine, app, city.environment())
        lambdas.schedule(machine, app, enabled=not city.paced)
        tell("wiring them")
        _wire(machine, outputs)
        tell("starting the API")
        _serve(city, project)
        _fire(city, project, app)
        _write(city)
    return city


def down(state: Path) -> bool:
    """Ends the city over `state` in order, everything saved; False where none was up."""
    state = state.resolve()
    city = _read(state)
    ended = _stop_attendants(state)
    if city is not None:
        now = clock.now()
        _write(replace(city, real=now.isoformat(), virtual=city.time(now).isoformat()))
    return emulator.stop(state) or ended


def left_at(state: Path) -> datetime:
    """The time that it would be in the city over `state`, were it started now."""
    now, before = clock.now(), _read(state.resolve())
    return max(now, datetime.fromisoformat(before.virtual)) if before else now


def find(state: Path) -> City | None:
    """The city that is up over `state`, if one is."""
    state = state.resolve()
    return _read(state) if processes.running(state, emulator.NAME) else None


def failing(city: City) -> str | None:
    """What has stopped of a city that should be up, with its last words; None while all is well."""
    state = Path(city.state)
    for name in (emulator.NAME, _API, *([_SCHEDULES] if city.paced else [])):
        if processes.running(state, name) is None:
            return f"{name} has stopped:\n{processes.tail(state, name)}"
    return None


@contextmanager
def _undone_on_failure(state: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _stop_attendants(state)
        emulator.stop(state)
        raise


def _stop_attendants(state: Path) -> bool:
    """Stops what runs beside the emulator and keeps nothing; whether there was any."""
    stopped = [processes.stop(state, name, patience=10) for name in (_API, _SCHEDULES)]
    return any(stopped)


def _foundation(machine: Emulator, site: str) -> stacks.Outputs:
    outputs: stacks.Outputs = {}
    told = {"Stage": STAGE, "SiteUrl": site}
    for name, asked in stacks.FOUNDATIONS.items():
        outputs |= stacks.apply(
            machine.client("cloudformation"),
            f"sanwei-{STAGE}-{name}",
            PROJECT / f"infra/{name}.yaml",
            {key: value for key, value in told.items() if key in asked},
            poll_seconds=0.1,
        )
    assets.provide(machine.client("s3"), _TARGET.bucket("site"))
    keys.provide(machine.client("kms"), machine.client("s3"), _TARGET)
    # The emulator's CloudFormation leaves the lock out.
    machine.client("s3").put_object_lock_configuration(
        Bucket=f"sanwei-{STAGE}-trail-roots-{emulator.ACCOUNT}",
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": _ROOTS_LOCKED_DAYS}},
        },
    )
    return outputs


def _wire(machine: Emulator, outputs: stacks.Outputs) -> None:
    staging = stacks.Staging(machine.client("s3"), outputs["ConfigBucket"])
    definition = (PROJECT / "infra/recheck.asl.json").read_text(encoding="utf-8")
    streams = {name: value for name, value in outputs.items() if name.endswith("Stream")}
    stacks.apply(
        machine.client("cloudformation"),
        f"sanwei-{STAGE}-wiring",
        PROJECT / "infra/wiring.yaml",
        {
            "Stage": STAGE,
            "Width": "narrow",
            "RecheckDefinition": staging.keep(definition, ".asl.json"),
            **streams,
        },
        staging=staging,
        poll_seconds=0.1,
    )


def _serve(city: City, project: Path) -> None:
    command = [
        *(sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())"),
        *("--project-dir", str(project), "local", "--stage", STAGE, "--no-autoreload"),
        *("--host", HOST, "--port", str(city.api_port)),
    ]
    state = Path(city.state)
    environment = city.emulator.environment() | city.environment()
    processes.start(state, _API, command, environment, project)
    processes.wait_until_ready(state, _API, lambda: emulator.answers(city.url), _API_SECONDS)


def _fire(city: City, project: Path, app: Package) -> None:
    if not city.paced:
        return
    fired = {one.name: one.schedule for one in app.functions if one.schedule}
    command = [sys.executable, "-m", "infra.schedules", json.dumps(fired)]
    environment = city.emulator.environment() | city.environment()
    processes.start(Path(city.state), _SCHEDULES, command, environment, PROJECT)


def _city(
    state: Path,
    machine: Emulator,
    api_port: int,
    time: Time,
    before: City | None,
    outputs: Mapping[str, str],
) -> City:
    """The city from now on; its time never runs back, so after a fast life it stays ahead."""
    now = clock.now()
    left = datetime.fromisoformat(before.virtual) if before else now
    return City(
        state=str(state),
        port=machine.port,
        api_port=api_port,
        speed=time.speed,
        real=(now + timedelta(seconds=time.still)).isoformat(),
        virtual=max(now, left, time.start or now).isoformat(),
        outputs=outputs,
    )


def _port(before: City | None, wanted: int | None) -> int:
    """The emulator's port; its state names queues by it, so a city keeps the one that it has."""
    port = before.port if before else wanted or emulator.free_port()
    if emulator.taken(port):
        raise processes.NotStarted(f"port {port} is taken by another program")
    return port


def _read(state: Path) -> City | None:
    note = state / "city.json"
    return City(**json.loads(note.read_text(encoding="utf-8"))) if note.exists() else None


def _write(city: City) -> None:
    note = Path(city.state) / "city.json"
    fresh = note.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(city), indent=2), encoding="utf-8")
    fresh.replace(note)
