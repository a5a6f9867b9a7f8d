"""An instant that others tell us, as we keep it: aware, in UTC, however it was written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("no instant of our time") from None


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
