"""What alerts tell: who must look at something late, or nearly late, and when that is over."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from functions.shared.events import Body

ALERT_RAISED = "alert.raised"
ALERT_ENDED = "alert.ended"


class Watched(StrEnum):
    """What has limits that are watched."""

    TASK = "task"
    CLUE = "clue"
    INSPECTION = "inspection"
    DISPUTE = "dispute"
    SANCTION = "sanction"  # waits for the credit office's approval
    CONSTRAINT = "constraint"  # one participant's part of a sanction


class AlertTold(Body):
    """All that stands open for one receiver about what one unit has to do with a subject; its
    event's subject is `<subject>@<unit>`, with `@<about_unit>` behind where that is another, its
    `sequence` the version of the watch.

    `unit` is the receiver on the ladder, `person` the officer in charge where one is, `about_unit`
    who should act. `rung` is the highest that was reached here, `stage` and `due` the limit that it
    is about, the earliest of them. `unassigned`: nobody in `about_unit` has taken it on (A15).
    """

    subject: str
    kind: Watched
    unit: str
    person: str | None = None
    about_unit: str
    unassigned: bool = False
    town: str | None = None
    title: str
    rung: str
    stage: str
    due: date
    provisional: bool = False
    raised_at: AwareDatetime
    ended: bool = False
