"""A clue with its whole life, as those see it who may (A17)."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from functions.clues.answering import verbs_of
from functions.clues.changes import told
from functions.clues.domain import Clue, ClueStep, ClueVerb, Proposal
from functions.clues.reporting import PositionIn
from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.clocks import Light, light
from functions.shared.directory import town_of
from functions.shared.events.clues import ClueState, ClueTold, ShareState
from functions.shared.objects import Photos
from functions.shared.photos import SENT_WITHIN


class PhotoTold(BaseModel):
    """A photo, and where it may be looked at for `expires_in` seconds."""

    key: str
    url: str
    expires_in: int


class ClueLife(ClueTold):
    """A clue with all that was said and done: who is proposed and why, every step, the photos.
    `light` is that of all its clocks, today, `lights` by whom they run for. What the caller may do
    now: `may` (to `assign` it, or take it back from `relievable`), and `answers`, the verbs with
    which he may feed back, by unit."""

    position: PositionIn | None = None
    kinds: tuple[str, ...] = ()
    item_set: str = ""
    proposals: tuple[Proposal, ...] = ()
    climbed: bool = False
    steps: tuple[ClueStep, ...] = ()
    pictures: tuple[PhotoTold, ...] = ()
    light: Light
    lights: dict[str, Light] = Field(default_factory=dict)
    may: tuple[ClueVerb, ...] = ()
    relievable: tuple[str, ...] = ()
    answers: dict[str, tuple[ClueVerb, ...]] = Field(default_factory=dict)


def life_of(clue: Clue, caller: Caller, photos: Photos, today: date) -> ClueLife:
    """All of `clue`, with fresh links to its photos, and what the caller may do now."""
    position = clue.position
    assigns = _assigns(clue, caller)
    left = (ShareState.RELIEVED, ShareState.CLOSED)
    running = {clue.office: clue.clocks, **{one.unit: one.clocks for one in clue.shares}}
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
        lights={unit: light(clocks, today) for unit, clocks in running.items() if clocks},
        may=(ClueVerb.ASSIGN,) if assigns else (),
        relievable=tuple(one.unit for one in clue.shares if assigns and one.state not in left),
        answers=_answers(clue, caller),
    )


def _assigns(clue: Clue, caller: Caller) -> bool:
    """Whether the caller decides for the office that has it, and anything is left to decide."""
    over = clue.state is ClueState.CLOSED
    return not over and allows(caller, Action.CLUE_ASSIGN, Owner(clue.office))


def _answers(clue: Clue, caller: Caller) -> dict[str, tuple[ClueVerb, ...]]:
    """What the caller may say on the shares of his units."""
    return {
        share.unit: verbs
        for share in clue.shares
        if (verbs := verbs_of(share))
        and allows(caller, Action.CLUE_FEED_BACK, Owner(share.unit, town_of(share.unit)))
    }
