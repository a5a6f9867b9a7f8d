"""What interfaces tells a unit's own system by itself: that a test has reached it (A21)."""

from __future__ import annotations

from functions.shared.events import Body

SYSTEM_TEST = "system.test"


class SystemTested(Body):
    """A person of `unit` tried the way to its system; nothing is to be done about it."""

    unit: str
    by: str
