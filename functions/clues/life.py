"""A clue with its whole life, as those see it who may (A17)."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from functions.clues.changes import told
from functions.clues.domain import Clue, ClueStep, Proposal
from functions.clues.reporting import PositionIn
from functions.shared.clocks import Light, light
from functions.shared.events.clues import ClueTold
from functions.shared.objects import Photos
from functions.shared.photos import SENT_WITHIN


class PhotoTold(BaseModel):
    """A photo, and where it may be looked at for `expires_in` seconds."""

    key: str
    url: str
    expires_in: int


class ClueLife(ClueTold):
    """A clue with all that was said and done: who is proposed and why, every step, the photos.
    `light` is that of all its clocks, today."""

    position: PositionIn | None = None
    kinds: tuple[str, ...] = ()
    item_set: str = ""
    proposals: tuple[Proposal, ...] = ()
    climbed: bool = False
    steps: tuple[ClueStep, ...] = ()
    pictures: tuple[PhotoTold, ...] = ()
    light: Light


def life_of(clue: Clue, photos: Photos, today: date) -> ClueLife:
    """All of `clue`, with fresh links to its photos."""
    position = clue.position
    return ClueLife(
        **dict(told(clue)),
        position=PositionIn(lat=float(position.lat), lon=float(position.lon)) if position else None,
        kinds=clue.kinds,
        item_set=clue.item_set,
        proposals=clue.proposals,
        climbed=clue.climbed,
        steps=clue.steps,
        pictures=tuple(
            PhotoTold(key=key, url=photos.link(key, seconds=SENT_WITHIN), expires_in=SENT_WITHIN)
            for key in clue.photos
        ),
        light=light(clue.running, today),
    )
