"""What somebody may do about a dispute now, by where it stands and the table of rights (C11).

Each verb asks what its own use case asks, which decides again: this only spares people forms that
lead nowhere.
"""

from __future__ import annotations

from datetime import date

from functions.credit.desk import OFFICE
from functions.credit.disputing import Dispute, DisputeVerb, verbs_now
from functions.shared.authorization import Action, Caller, Owner, allows

_OFFICE = {DisputeVerb.ASK, DisputeVerb.UPHOLD, DisputeVerb.REFUSE}
_SOURCE = {DisputeVerb.ANSWER, DisputeVerb.EXTEND}


def may_now(dispute: Dispute, caller: Caller, today: date) -> tuple[DisputeVerb, ...]:
    """The verbs that the caller may say of `dispute` today."""
    return tuple(verb for verb in verbs_now(dispute, today) if _allowed(verb, dispute, caller))


def _allowed(verb: DisputeVerb, dispute: Dispute, caller: Caller) -> bool:
    if verb in _OFFICE:
        return allows(caller, Action.DISPUTE_DECIDE, Owner(OFFICE))
    if verb in _SOURCE:
        return allows(caller, Action.DISPUTE_ANSWER, Owner(dispute.source))
    return allows(caller, Action.DISPUTE_FILE, Owner(dispute.subject))
