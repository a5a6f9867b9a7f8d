"""Rebuilds over HTTPS: are the figures those of the tasks behind them? (A20)"""

from __future__ import annotations

import json
from typing import Any

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict

from functions.reports import rebuilding
from functions.reports.rebuilding import Yard
from functions.reports.runs import Run
from functions.reports.store import Runs, Store
from functions.shared import clock, ports
from functions.shared.access import signed_in
from functions.shared.authorization import Action, Caller
from functions.shared.http import Operation, operation

bp = Blueprint(__name__)


class RebuildIn(BaseModel):
    """With `check` the figures are only compared; without it, what differs is put right."""

    model_config = ConfigDict(extra="forbid")

    check: bool = True


class RebuildTold(Run):
    """A rebuild; `equal` says, once it is done, whether the figures are those of the tasks."""

    equal: bool | None = None


@bp.route("/v1/reports/rebuild", methods=["POST"], authorizer=signed_in)
@operation(
    bp,
    Operation(
        "Compare the figures with the tasks",
        Action.FIGURES_REBUILD,
        RebuildIn,
        reply=RebuildTold,
        status=202,
    ),
)
def post_rebuild(caller: Caller, body: RebuildIn) -> RebuildTold:
    return _told(rebuilding.ask(body.check, caller, _yard(), _send))


@bp.route("/v1/reports/rebuild/{id}", methods=["GET"], authorizer=signed_in)
@operation(bp, Operation("Read a rebuild", Action.FIGURES_REBUILD, reply=RebuildTold))
def get_rebuild(id: str, caller: Caller) -> RebuildTold:
    return _told(rebuilding.read_run(id, caller, _yard()))


def _yard() -> Yard:
    table = ports.table("reports")
    return Yard(Runs(table), Store(table), ports.objects("reports"), clock.now())


def _send(message: dict[str, Any]) -> None:
    ports.send("reports-rebuild", json.dumps(message))


def _told(run: Run) -> RebuildTold:
    shown = {name: getattr(run, name) for name in Run.model_fields}
    return RebuildTold(**shown, equal=run.result.equal if run.result else None)
