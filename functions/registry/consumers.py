"""What reaches the registry from schedules, queues and its own stream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import unquote_plus

from chalice import Blueprint, Rate

from functions.registry import intake, usecases
from functions.registry.changes import events_of
from functions.registry.config import divisions
from functions.registry.store import Store
from functions.registry.sweeps import release_shard, shards_to_release
from functions.shared import clock, ports
from functions.shared.queue import each
from functions.shared.stream import changes, republish, tell

bp = Blueprint(__name__)
_STOP_BEFORE_MS = 30_000  # of the function's time: enough to hand the rest on


def _store() -> Store:
    return Store(ports.table("registry"))


@bp.schedule(Rate(30, unit=Rate.MINUTES))
def registry_sweep(event: Any) -> None:
    """Every 30 minutes: release everything that has arrived (A2)."""
    ports.send_all("registry-release", shards_to_release(clock.now()))


@bp.lambda_function()
def registry_release(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `registry-release`: release one shard, page by page; what time leaves is sent on."""

    def release(message: dict[str, Any]) -> None:
        store = _store()
        done = release_shard(
            int(message["shard"]),
            datetime.fromisoformat(message["until"]),
            entities=store.entities,
            index=store,
            go_on=lambda: context.get_remaining_time_in_millis() > _STOP_BEFORE_MS,
        )
        if not done:
            ports.send("registry-release", json.dumps(message))

    return each(event, context, "registry-release", release, ports.dead_letters())


@bp.lambda_function()
def registry_files(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `registry-files`: cut the files that arrived in the exchange's bucket."""

    def split(message: dict[str, Any]) -> None:
        for record in message.get("Records", ()):
            intake.split_file(
                unquote_plus(record["s3"]["object"]["key"]),
                datetime.fromisoformat(record["eventTime"]),
                record["s3"]["object"].get("eTag", ""),
                bucket=ports.objects("exchange"),
                uploads=_store(),
                send=partial(ports.send, "registry-rows"),
            )

    return each(event, context, "registry-files", split, ports.dead_letters())


@bp.lambda_function()
def registry_rows(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `registry-rows`: take the rows of one chunk."""

    def take(message: dict[str, Any]) -> None:
        store = _store()
        intake.take_chunk(
            message,
            bucket=ports.objects("exchange"),
            uploads=store,
            take=partial(usecases.take_rows, divisions=divisions(), entities=store.entities),
        )

    return each(event, context, "registry-rows", take, ports.dead_letters())


@bp.lambda_function()
def registry_publish(event: Mapping[str, Any], context: Any) -> None:
    """The registry's stream: tell the city what changed."""
    tell(changes(event), events_of, ports.city_events(), ports.parking("registry"))


@bp.lambda_function()
def registry_redrive(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `registry-redrive`: tell the present state of records that had been parked."""

    def again(message: dict[str, Any]) -> None:
        republish(message["key"], ports.table("registry"), events_of, ports.city_events())

    return each(event, context, "registry-redrive", again, ports.dead_letters())
