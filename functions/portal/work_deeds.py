"""Who takes on what, from the worklist's page: claim, release, hand over; several at once (D2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from functions.portal.calling import Fault, Refused
from functions.portal.page import Goto
from functions.portal.visiting import Visit
from functions.portal.wording import word


def claim(visit: Visit) -> Goto:
    """Take on the rows that were chosen."""
    return _each(visit, "claim")


def one(visit: Visit) -> Goto:
    """Take on, or let go of, the one row whose button was pressed, whatever is chosen besides."""
    verb, _, key = visit.form.get("only").partition(" ")
    if verb not in ("claim", "release"):
        raise _unchosen(visit)
    return _each(visit, verb, rows=[key])


def release(visit: Visit) -> Goto:
    """Let go of the rows that were chosen."""
    return _each(visit, "release")


def hand_over(visit: Visit) -> Goto:
    """Hand the rows that were chosen over to a colleague."""
    return _each(visit, "handover", visit.form.json("rows[]", "only"))


def _each(
    visit: Visit,
    verb: str,
    more: Mapping[str, str] = MappingProxyType({}),
    rows: Sequence[str] | None = None,
) -> Goto:
    """Raises Refused with what each row was refused for, and the others are done all the same; or
    with what is wrong with the form itself, and none is."""
    faults: list[Fault] = []
    chosen = _works(visit, visit.form.all("rows[]") if rows is None else rows)
    for work in chosen:
        try:
            visit.api.post(f"/v1/worklist/{verb}", body={**more, **work})
        except Refused as refused:
            if refused.status == 400 or refused.status >= 500:
                raise
            message = refused.faults[0].message if refused.faults else refused.title
            faults.append(Fault(work["subject"], verb, message))
    if faults:
        said = {"done": len(chosen) - len(faults), "refused": len(faults)}
        title = word("work.some_refused", visit.language, **said)
        raise Refused(409, title, tuple(faults), len(faults))
    kept = {name: value for name, value in visit.query.items() if name != "done"}
    return Goto("work", done=f"work_{verb}", query=kept)


def _works(visit: Visit, keys: Sequence[str]) -> list[dict[str, str]]:
    works = [key.split(" ", 2) for key in keys if key.count(" ") >= 2]
    if not works:
        raise _unchosen(visit)
    return [{"unit": unit, "kind": kind, "subject": subject} for unit, kind, subject in works]


def _unchosen(visit: Visit) -> Refused:
    fault = Fault("", "value_missing", word("work.none_chosen", visit.language))
    return Refused(400, word("refused", visit.language), (fault,), 1)
