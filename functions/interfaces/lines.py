"""When an endpoint that does not answer rests, so that it occupies nobody (A8, A21).

After five different deliveries failed in a row nothing is posted there until the rest is over; then
one goes first, and what becomes of it decides for all. So a dead endpoint costs one attempt a rest,
however much waits for it. What has waited for three days is parked, like what failed for as long.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from functions.interfaces.domain import Answer

MOST_FAILING = 5  # different deliveries: a single one may be what the receiver cannot digest
RESTS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
PROBE = timedelta(minutes=1)  # the one that goes first has this long to come back


class Line(BaseModel):
    """How the endpoint of a unit's system (`url`) has answered lately; there is none of one that
    always did.

    `failing` are the deliveries that failed since it last answered;
    `rests` is how often it has rested since, `probe` the delivery that goes first.
    """

    model_config = ConfigDict(frozen=True)

    unit: str
    url: str
    failing: tuple[str, ...] = ()
    rests: int = 0
    rests_until: AwareDatetime | None = None
    probe: str = ""

    @property
    def down(self) -> bool:
        """Whether so many failed that the next must wait or go first."""
        return len(self.failing) >= MOST_FAILING

    def resting(self, now: datetime) -> bool:
        """Whether nothing is posted at `now`."""
        return self.rests_until is not None and now < self.rests_until

    def probed(self, delivery: str, now: datetime) -> Line:
        """`delivery` goes first; the others wait for what becomes of it."""
        return self.model_copy(update={"probe": delivery, "rests_until": now + PROBE})

    def well(self) -> Line:
        """It answers, or somebody says so: whatever it did before is forgotten."""
        return self.model_copy(update={"failing": (), "rests": 0, "rests_until": None, "probe": ""})

    def after(self, answer: Answer, delivery: str, now: datetime) -> Line:
        """What an answer to `delivery` makes of it."""
        if not answer.unreachable:
            return self.well()
        if self.resting(now) and delivery != self.probe:
            return self  # it was on its way before the rest began
        failing = tuple(dict.fromkeys((*self.failing, delivery)))[-MOST_FAILING:]
        failed = self.model_copy(update={"failing": failing, "probe": ""})
        if not failed.down:
            return failed
        rest = RESTS[min(self.rests, len(RESTS) - 1)]
        return failed.model_copy(update={"rests": self.rests + 1, "rests_until": now + rest})
