"""Prints notices as they are issued (B7).

What prints is imported when the first notice comes: the API loads this module too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from chalice import Blueprint

from functions.inspections.papers import Paper, read_places
from functions.inspections.prints import print_notice
from functions.inspections.wiring import desk
from functions.shared import ports
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.inspections import InspectionTold
from functions.shared.objects import S3Objects
from functions.shared.queue import each_event

bp = Blueprint(__name__)

FONT = "fonts/notice.otf"  # in the bucket `config`


@bp.lambda_function()
def inspections_print(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Queue `inspections-print`: a notice was issued, or is over already; print it once."""

    def one(told: CloudEvent) -> None:
        id = body_of(told, InspectionTold).id
        config = ports.objects("config")
        print_notice(
            id, desk(), ports.objects("evidence"), partial(_press, config), partial(_places, config)
        )

    return each_event(event, context, "inspections-print", one, ports.dead_letters())


def _press(config: S3Objects, paper: Paper) -> bytes:
    from functions.inspections.printing import printed

    return printed(paper, Path(_font(config).name))


@lru_cache(maxsize=1)
def _font(config: S3Objects) -> Any:
    """The font of notices, fetched once per process; the file goes with it."""
    file = NamedTemporaryFile(suffix=Path(FONT).suffix)  # noqa: SIM115 - open as long as we live
    file.write(config.read(FONT))
    file.flush()
    return file


@lru_cache(maxsize=1)
def _places(config: S3Objects) -> dict[str, str]:
    return read_places(config.read("divisions.csv").decode("utf-8-sig"))
