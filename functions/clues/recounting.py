"""When the next calendar is loaded, provisional limits of clues are counted again (A14)."""

from __future__ import annotations

from collections.abc import Callable

from functions.clues.desk import Desk
from functions.clues.domain import SYSTEM, Clue, counted_again
from functions.shared.provisional import Portion, ProvisionalIndex, work_through


def recount(
    portion: Portion, index: ProvisionalIndex, desk: Desk, go_on: Callable[[], bool]
) -> Portion | None:
    """Count the limits of a shard's clues again, as far as `go_on` allows; what is left of it
    (None: nothing).

    Each clue is one write, with the step that tells old and new, and only where something changes:
    a repeat changes nothing, and a crash leaves to the repeat what was not done. Who acts on a clue
    meanwhile comes before or after.
    """
    time = desk.time(desk.rules.on(desk.now))

    def again(clue: Clue | None) -> Clue | None:
        return clue and counted_again(clue, desk.now, time)

    def change(id: str) -> None:
        desk.clues.change(id, again, by=SYSTEM, now=desk.now)

    return work_through(portion, index, change, go_on)
