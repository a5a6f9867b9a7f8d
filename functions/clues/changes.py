"""What the table of clues tells the others when a record changes."""

from __future__ import annotations

from collections.abc import Iterator

from functions.clues.domain import Clue, Share
from functions.clues.store import clue_in
from functions.shared.events import CloudEvent, event
from functions.shared.events.clues import CLUE_CHANGED, CLUE_REPORTED, ClueTold, ShareTold
from functions.shared.table import Record

_SHARED = ShareTold.model_fields.keys()
_SAME = ClueTold.model_fields.keys() - {"photos", "shares"}


def events_of(old: Record | None, new: Record) -> Iterator[CloudEvent]:
    """A clue that was reported, and every step of it; a town's switch is nobody's business."""
    if clue := clue_in(new):
        # Not by `old`: a change that is told by redrive has none.
        kind = CLUE_REPORTED if new["version"] == 1 else CLUE_CHANGED
        yield event(kind, clue.id, new["version"], told(clue), clue.changed_at)


def told(clue: Clue) -> ClueTold:
    """A clue as the others need it."""
    return ClueTold(
        photos=len(clue.photos),
        shares=tuple(map(_share, clue.shares)),
        **{name: getattr(clue, name) for name in _SAME},
    )


def _share(share: Share) -> ShareTold:
    return ShareTold(**{name: getattr(share, name) for name in _SHARED})
