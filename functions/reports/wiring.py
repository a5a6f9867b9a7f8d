"""What the doors of reports hand to its use cases: this deployment's tables, names and clock."""

from __future__ import annotations

from functions.reports.publishing import Press
from functions.reports.reading import Desk
from functions.reports.store import Register, Store
from functions.shared import clock, ports
from functions.shared.calendar import shanghai_day
from functions.shared.names import read_names
from functions.shared.watches import Watches


def desk() -> Desk:
    """What reading figures needs, now."""
    store = Store(ports.table("reports"))
    names = read_names(ports.objects("config"), store.list_items())
    return Desk(store, Watches(ports.table("alerts")), names, shanghai_day(clock.now()))


def press() -> Press:
    """What bulletins need, now."""
    register = Register(ports.table("reports"))
    return Press(register, ports.objects("reports"), desk, clock.now())
