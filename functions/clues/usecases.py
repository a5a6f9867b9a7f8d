"""What happens with clues: report, assign, feed back, read, switch a town over (A17, A18).

Each is one write of one record under a condition on its version, and the table's stream tells the
others: a crash before it has changed nothing, one after it lost only the answer, and the repeat
finds what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from functions.clues import answering, assigning
from functions.clues.answering import ClueFeedback
from functions.clues.assigning import Decision, self_assigned
from functions.clues.desk import AutoAssign, Desk
from functions.clues.domain import Clue
from functions.clues.proposals import proposals_for
from functions.clues.reporting import Report, clue_id, drafted, reported, same_report
from functions.shared.authorization import Action, Caller, Owner, Role, allows, require
from functions.shared.calendar import shanghai_day
from functions.shared.directory import Directory, is_village, office, town_of
from functions.shared.errors import Fault, Invalid, NotFound
from functions.shared.photos import check_photos
from functions.shared.rules_in_force import Rules
from functions.shared.table import Stale

_TRIES = 8  # of a write that others keep overtaking


def report_clue(report: Report, caller: Caller, desk: Desk) -> Clue:
    """Take a clue and propose who is competent; in a town that has switched it on, assign at once
    what is clear (A18), in the same write: there is no moment at which it is half done.

    Raises Invalid where the town is missing or a photo has not arrived, Conflict where the `ref`
    was another report's, NotFound for a unit that is not the caller's.
    """
    unit = reporting_unit(report.unit, caller)
    rules = desk.rules.on(desk.now)
    draft = drafted(report, unit, rules.directory)
    id = clue_id(report, draft, caller.id, shanghai_day(desk.now))
    for _ in range(_TRIES):
        if found := desk.clues.get(id):
            return same_report(found.value, draft, report.ref)
        check_photos(draft.photos, unit, desk.photos)
        proposals = proposals_for(draft.seen, draft.name, draft.town, rules)
        time = desk.time(rules)
        clue = reported(
            id, draft, proposals, rules.items.version, by=caller.id, now=desk.now, time=time
        )
        if read_switch(draft.town, desk).automatic:
            clue = self_assigned(clue, desk.now, time)
        try:
            return desk.clues.save(clue, before=None, by=caller.id, now=desk.now).value
        except Stale:
            continue
    raise Stale(id)


def assign_clue(id: str, decision: Decision, caller: Caller, desk: Desk) -> Clue:
    """The office that has the clue gives it to one or several units, or takes it back."""

    def step(clue: Clue, rules: Rules) -> Clue:
        made = assigning.made(clue, decision, caller.id)
        # Sent again after the clue has climbed, it is still the sender's, and still counts once.
        require(caller, Action.CLUE_ASSIGN, Owner(made.unit if made else clue.office), "clue")
        _check_units(decision.units, "units", rules.directory)
        return assigning.assigned(clue, decision, by=caller.id, now=desk.now, time=desk.time(rules))

    return _change(id, step, caller, desk)


def feed_back(id: str, feedback: ClueFeedback, caller: Caller, desk: Desk) -> Clue:
    """A receiver reports on its share: received, handled, disputed, closed."""

    def step(clue: Clue, rules: Rules) -> Clue:
        unit = _share_unit(clue, feedback.unit, caller)
        if feedback.responsible:
            _check_unit(feedback.responsible, "responsible", rules.directory)
        return answering.answered(
            clue, unit, feedback, by=caller.id, now=desk.now, time=desk.time(rules)
        )

    return _change(id, step, caller, desk)


def read_clue(id: str, caller: Caller, desk: Desk) -> Clue:
    """The clue with its whole life; NotFound for all but its reporter, its receivers, the offices
    that have or had it, those of their towns, and oversight."""
    found = desk.clues.get(id)
    if found is None or not _sees(caller, found.value):
        raise NotFound("clue")
    return found.value


def read_switch(town: str, desk: Desk) -> AutoAssign:
    """Whether the system assigns in a town by itself; it does not where nobody said so."""
    found = desk.switches.get(town)
    return found.value if found else AutoAssign(town=town)


def change_switch(town: str, automatic: bool, caller: Caller, desk: Desk) -> AutoAssign:
    """Switch a town over, as its office wants it."""
    require(caller, Action.CLUE_SETTINGS, Owner(office(town)), "town")
    wanted = AutoAssign(town=town, automatic=automatic)
    desk.switches.change(town, lambda _: wanted, by=caller.id, now=desk.now)
    return wanted


def reporting_unit(asked: str | None, caller: Caller) -> str:
    """For which unit the caller reports: the one that is asked for, else its only one."""
    unit = asked or _only(caller.units(Action.CLUE_REPORT), "clue")
    require(caller, Action.CLUE_REPORT, Owner(unit), "clue")
    if not (unit in caller.units(Action.CLUE_REPORT) or is_village(unit)):
        raise NotFound("clue")  # the grid platform speaks for itself and for villages
    return unit


def _share_unit(clue: Clue, asked: str | None, caller: Caller) -> str:
    own = [
        share.unit
        for share in clue.shares
        if asked in (None, share.unit)
        and allows(caller, Action.CLUE_FEED_BACK, Owner(share.unit, town_of(share.unit)))
    ]
    return _only(own, "clue")


def _only(units: Iterable[str], what: str) -> str:
    found = sorted(units)
    if not found:
        raise NotFound(what)
    if len(found) > 1:
        raise Invalid.of("unit_needed", "unit", units=", ".join(found))
    return found[0]


def _sees(caller: Caller, clue: Clue) -> bool:
    owners = [Owner(clue.reporter, clue.town)]
    owners += [Owner(unit, town_of(unit)) for unit in clue.offices]
    owners += [Owner(share.unit, town_of(share.unit)) for share in clue.shares]
    owners.append(Owner(clue.reporter, town_of(clue.reporter)))
    return any(allows(_reader(caller, clue), Action.CLUE_READ, owner) for owner in owners)


def _reader(caller: Caller, clue: Clue) -> Caller:
    """The caller, as far as he may look: an inspector at what he has reported himself (D3)."""
    return caller if clue.steps[0].by == caller.id else caller.without(Role.INSPECTOR)


def _change(id: str, step: Callable[[Clue, Rules], Clue], caller: Caller, desk: Desk) -> Clue:
    rules = desk.rules.on(desk.now)

    def stepped(clue: Clue | None) -> Clue:
        if clue is None:
            raise NotFound("clue")
        return step(clue, rules)

    changed = desk.clues.change(id, stepped, by=caller.id, now=desk.now)
    assert changed  # else `stepped` has raised
    return changed


def _check_units(units: Iterable[str], field: str, directory: Directory) -> None:
    unknown = [
        Fault("unit_unknown", f"{field}.{number}", params={"unit": unit})
        for number, unit in enumerate(units)
        if not directory.knows(unit)
    ]
    if unknown:
        raise Invalid.all(unknown)


def _check_unit(unit: str, field: str, directory: Directory) -> None:
    if not directory.knows(unit):
        raise Invalid.of("unit_unknown", field, unit=unit)
