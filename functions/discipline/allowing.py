"""What somebody may do about a sanction or a participant's part now, by its state and the table of
rights (C13).

Each verb asks what its own use case asks, which decides again: this only spares people forms that
lead nowhere.
"""

from __future__ import annotations

from functions.discipline import life
from functions.discipline.domain import OFFICE, Part, Sanction, SanctionVerb
from functions.shared.authorization import Action, Caller, Owner, allows
from functions.shared.events.discipline import SanctionState

_LIFTABLE = (SanctionState.PROPOSED, SanctionState.ACTIVE)


def may_decide(sanction: Sanction, caller: Caller) -> tuple[SanctionVerb, ...]:
    """The verbs that the caller may say of a whole sanction now."""
    office = allows(caller, Action.SANCTION_APPROVE, Owner(OFFICE))
    initiator = allows(caller, Action.SANCTION_INITIATE, Owner(sanction.unit))
    verbs: list[SanctionVerb] = []
    if office and sanction.state is SanctionState.PROPOSED:
        verbs += [SanctionVerb.APPROVE, SanctionVerb.REFUSE]
    if (office or initiator) and sanction.state in _LIFTABLE:
        verbs.append(SanctionVerb.LIFT)
    return tuple(verbs)


def may_answer(part: Part, caller: Caller) -> tuple[SanctionVerb, ...]:
    """The verbs that the caller may say of a participant's part now."""
    if not allows(caller, Action.CONSTRAINT_EXECUTE, Owner(part.unit)):
        return ()
    return life.verbs_from(part.state)
