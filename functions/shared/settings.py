"""The settings of one deployment, read once and validated; all names follow from the stage."""

from __future__ import annotations

import os
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class TimerMode(StrEnum):
    """What waits out the corrections (B7)."""

    MACHINE = "machine"  # an execution of the state machine for each
    SWEEP = "sweep"  # the index of what is due, asked every half hour


class Settings(BaseModel):
    """What a deployment is told; everything else is derived, so that no list of names can drift.

    `issuer` is the OpenID Connect issuer whose tokens are accepted, `keys_url` where its keys are;
    `audience` lists the client ids that it may have issued them to (empty: any of its clients).
    `sign_in_url` is where people sign in to the pages (`/oauth2/authorize`, `/oauth2/token` and
    `/logout` below it), `portal_client` the pages' client there.
    `private_webhooks` lets receivers stand at private addresses: for the local city alone. A system
    with which nothing else was agreed may call `calls_per_minute` and `calls_per_day` times (A21).
    `timers` says what waits for rechecks; it may change while some are open.
    """

    model_config = ConfigDict(frozen=True)

    stage: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,15}$")]
    account: Annotated[str, Field(pattern=r"^\d{12}$")] = "000000000000"
    region: str = "us-east-1"
    partition: Annotated[str, Field(pattern=r"^aws(-[a-z]+)*$")] = "aws"
    issuer: Annotated[str, Field(pattern=r"^(https?://[^\s/?#]+[^\s?#]*)?$")] = ""
    keys_url: str = ""
    audience: tuple[str, ...] = ()
    sign_in_url: Annotated[str, Field(pattern=r"^(https?://[^\s/?#]+)?$")] = ""
    portal_client: str = ""
    private_webhooks: bool = False
    calls_per_minute: Annotated[int, Field(ge=1)] = 600
    calls_per_day: Annotated[int, Field(ge=1)] = 100_000
    timers: TimerMode = TimerMode.MACHINE

    def resource(self, name: str) -> str:
        """The deployed name of a table, queue, topic or function: `sanwei-<stage>-<name>`."""
        return f"sanwei-{self.stage}-{name}"

    def bucket(self, name: str) -> str:
        """Bucket names are global, so they carry the account too."""
        return f"sanwei-{self.stage}-{name}-{self.account}"

    def topic_arn(self, name: str) -> str:
        """The ARN of a topic of this deployment."""
        return f"arn:{self.partition}:sns:{self.region}:{self.account}:{self.resource(name)}"

    @property
    def key_alias(self) -> str:
        """The alias of the key service's key of this deployment."""
        return f"alias/sanwei-{self.stage}"

    def machine_arn(self, name: str) -> str:
        """The ARN of a state machine of this deployment."""
        where = f"{self.region}:{self.account}"
        return f"arn:{self.partition}:states:{where}:stateMachine:{self.resource(name)}"


def read(environ: dict[str, str]) -> Settings:
    """Settings from environment variables; raises ValidationError naming the variable's field."""
    issuer = environ.get("SANWEI_ISSUER", "")
    return Settings(
        stage=environ.get("SANWEI_STAGE", ""),
        account=environ.get("SANWEI_ACCOUNT", "000000000000"),
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        partition=environ.get("SANWEI_PARTITION", "aws"),
        issuer=issuer,
        keys_url=environ.get("SANWEI_KEYS") or f"{issuer}/.well-known/jwks.json",
        audience=tuple(environ.get("SANWEI_AUDIENCE", "").split()),
        private_webhooks=environ.get("SANWEI_PRIVATE_WEBHOOKS", "") == "allow",
        **_given(
            environ,
            *("calls_per_minute", "calls_per_day", "timers", "sign_in_url", "portal_client"),
        ),
    )


def _given(environ: dict[str, str], *names: str) -> dict[str, Any]:
    """What is told of settings that have a default."""
    told = {name: environ.get(f"SANWEI_{name.upper()}") for name in names}
    return {name: value for name, value in told.items() if value}


@cache
def settings() -> Settings:
    """The settings of this process."""
    return read(dict(os.environ))
