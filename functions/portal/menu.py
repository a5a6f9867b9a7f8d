"""What the navigation offers: the pages that a reader may do something on."""

from __future__ import annotations

from collections.abc import Callable

from functions.shared.authorization import Action

Entry = tuple[str, str]
"""The word's key and the place."""

_ENTRIES: tuple[tuple[str, str, Action | None], ...] = (
    ("menu.work", "work", Action.WORKLIST_READ),
    ("menu.dispatch", "dispatch", Action.INSPECTION_ASSIGN),
    ("menu.phone", "phone", Action.INSPECTION_VISIT),
    ("menu.clues", "clues", Action.CLUE_REPORT),
    ("menu.manual", "manual", Action.MANUAL_READ),
    ("menu.counter", "counter", Action.COUNTER_CHECK),
    ("menu.sanctions", "sanctions", Action.SANCTION_READ),
    ("menu.disputes", "disputes", Action.DISPUTE_READ),
    ("menu.oversight", "oversight", Action.FIGURES_READ),
    ("menu.bulletins", "bulletins", Action.BULLETIN_READ),
    ("menu.rules", "rules", Action.ITEMS_READ),
    ("menu.console", "console", Action.SYSTEM_JOIN),
    ("menu.credit", "credit", None),
)


def entries(may: Callable[[Action], bool], *, signed_in: bool) -> list[Entry]:
    """The entries for a reader, in their order; to everybody the public ones."""
    return [
        (word, place)
        for word, place, action in _ENTRIES
        if action is None or (signed_in and may(action))
    ]
