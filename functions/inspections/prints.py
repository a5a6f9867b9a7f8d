"""Printed notices: which are to be printed, where they are kept, and who may fetch one (B7).

A print is one object under a name that follows from its inspection. One that is there is left as it
is: what was handed to somebody does not change, whatever has been renamed since. So a repeat, or a
crash at any point, ends in the same print.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

from pydantic import BaseModel

from functions.inspections.desk import Desk
from functions.inspections.domain import Inspection, Notice
from functions.inspections.papers import Paper, paper_of
from functions.shared.errors import Conflict, NotFound
from functions.shared.photos import SENT_WITHIN

MEDIA_TYPE = "application/pdf"
Press = Callable[[Paper], bytes]


class Prints(Protocol):
    """Where prints are kept: the bucket `evidence`."""

    def size(self, key: str) -> int | None: ...

    def write(self, key: str, body: bytes) -> None: ...


class PrintedNotice(BaseModel):
    """Where a printed notice can be fetched within `expires_in` seconds, and where it is kept."""

    number: str
    key: str
    url: str
    expires_in: int
    media_type: str


def print_notice(
    id: str, desk: Desk, prints: Prints, press: Press, places: Callable[[], Mapping[str, str]]
) -> str | None:
    """Print the notice of an inspection unless that is done; returns its key, None where it has no
    notice. Raises NotFound where there is no such inspection."""
    stored = desk.cabinet.inspections.get(id)
    if stored is None:
        raise NotFound("inspection")
    inspection = stored.value
    if inspection.notice is None:
        return None
    key = key_of(inspection, inspection.notice)
    if prints.size(key) is None:
        paper = paper_of(
            inspection,
            inspection.notice,
            book=desk.book,
            places=places(),
            inspectors=_inspectors(inspection, desk),
        )
        prints.write(key, press(paper))
    return key


def fetched(inspection: Inspection, desk: Desk) -> PrintedNotice:
    """The way to an inspection's printed notice; raises NotFound where it has none, Conflict while
    it is being printed."""
    notice = inspection.notice
    if notice is None:
        raise NotFound("notice")
    key = key_of(inspection, notice)
    if not desk.photos.size(key):
        raise Conflict.of("notice_not_printed", "notice", number=notice.number)
    return PrintedNotice(
        number=notice.number,
        key=key,
        url=desk.photos.link(key, seconds=SENT_WITHIN),
        expires_in=SENT_WITHIN,
        media_type=MEDIA_TYPE,
    )


def key_of(inspection: Inspection, notice: Notice) -> str:
    """Where the printed notice stands: by the figures and Latin letters of its number."""
    number = "-".join(re.findall(r"[0-9A-Za-z]+", notice.number)) or "notice"
    return f"notices/{inspection.id}/{number}.pdf"


def _inspectors(inspection: Inspection, desk: Desk) -> dict[str, str]:
    """The names of the village's inspectors, by their ids."""
    roster = desk.cabinet.rosters.get(inspection.home)
    return {one.id: one.name for one in roster.value.inspectors} if roster else {}
