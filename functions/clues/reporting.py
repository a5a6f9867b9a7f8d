"""What is reported as a clue, with or without a code, and the clue that it makes (A17)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from functions.clues.domain import (
    Clue,
    ClueStep,
    ClueVerb,
    Draft,
    Frozen,
    Position,
    Proposal,
    Unit,
)
from functions.clues.limits import Event, Timekeeper
from functions.shared.directory import Directory, is_village, office, town_of
from functions.shared.errors import Conflict, Invalid
from functions.shared.trail import fingerprint

_MOST_PHOTOS = 9
_MOST_KINDS = 10
_TOWN_DIGITS = 9  # a village's code begins with those of its town
_IDENTITY = re.compile(r"[1-8]\d{5}((?:19|20)\d{6})\d{3}[\dX]")


def _written(value: object) -> object:
    """A code in its one form: half width, capitals, no spaces."""
    if not isinstance(value, str):
        return value
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


# Only the form: whether the check digit holds is for the registry to say, and a code that somebody
# copied wrongly from a wall must not keep a clue from being reported.
Code = Annotated[
    str,
    BeforeValidator(_written),
    StringConstraints(pattern=r"^(?:[0-9A-HJ-NPQRTUWXY]{18}|[0-9]{15})$"),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Place = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]


class PositionIn(Frozen):
    """Where it was seen, in degrees (WGS 84)."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Report(Frozen):
    """A suspicion: `place` is the address as seen, `seen` what was seen there; `code` and `name`
    only where the subject has them (an unlicensed shop has no code).

    `unit` is the reporter's, where the caller has several; `town` is needed from a unit of the
    city, and a village that reports means itself, where it names no other `village`. `photos` are
    keys from `POST /v1/photos`. `ref` is the sender's own id of this report: sent twice, it is one
    clue. Without one, the same content from the same sender on the same day is the same clue.
    """

    unit: Unit | None = None
    town: Place | None = None
    village: Place | None = None
    code: Code | None = None
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    place: Text
    position: PositionIn | None = None
    seen: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    kinds: Annotated[tuple[Label, ...], Field(max_length=_MOST_KINDS)] = ()
    photos: Annotated[tuple[Text, ...], Field(max_length=_MOST_PHOTOS)] = ()
    ref: Annotated[str, StringConstraints(max_length=64)] = ""


def drafted(report: Report, unit: str, directory: Directory) -> Draft:
    """What `unit` reports, with its town; raises Invalid where that is not given or not known, or
    somebody's identity number stands for a code."""
    if report.code and _is_identity(report.code):
        raise Invalid.of("code_citizen_id", "code")
    town = report.town or town_of(unit)
    if town is None:
        raise Invalid.of("town_needed", "town")
    if town not in directory.towns:
        raise Invalid.of("town_not_ours", "town", town=town)
    village = report.village or (unit if is_village(unit) else None)
    if village and (village == town or village[:_TOWN_DIGITS] != town[:_TOWN_DIGITS]):
        raise Invalid.of("village_not_in_town", "village", village=village, town=town)
    position = report.position
    return Draft(
        code=report.code,
        name=report.name,
        place=report.place,
        town=town,
        village=village,
        position=Position(lat=_degrees(position.lat), lon=_degrees(position.lon))
        if position
        else None,
        seen=report.seen,
        kinds=tuple(dict.fromkeys(report.kinds)),
        photos=tuple(dict.fromkeys(report.photos)),
        reporter=unit,
    )


def clue_id(report: Report, draft: Draft, by: str, day: date) -> str:
    """The id of the clue that this very report makes; the same for a repeat. Whoever sees the same
    again some day may say it in the same words."""
    unnamed = [day.isoformat(), draft.model_dump(mode="json")]
    content = [by, draft.reporter, report.ref or unnamed]
    return "L" + fingerprint(content)[:20].replace("-", "0").replace("_", "1")


def same_report(clue: Clue, draft: Draft, ref: str) -> Clue:
    """`clue`, which `draft` made before; raises Conflict where the `ref` was another report's. Who
    sends a report again announces its photos again, under other keys: only their number tells."""
    said = Draft.model_fields.keys() - {"photos"}
    same = all(getattr(clue, name) == getattr(draft, name) for name in said)
    if not same or len(clue.photos) != len(draft.photos):
        raise Conflict.of("ref_reused", "ref", ref=ref)
    return clue


def reported(
    id: str,
    draft: Draft,
    proposals: tuple[Proposal, ...],
    item_set: str,
    *,
    by: str,
    now: AwareDatetime,
    time: Timekeeper,
) -> Clue:
    """The clue that `draft` makes: it waits for the office of its town."""
    step = ClueStep(verb=ClueVerb.REPORT, at=now, by=by, unit=draft.reporter, ref=id)
    to = office(draft.town)
    return Clue(
        **dict(draft),
        id=id,
        proposals=proposals,
        item_set=item_set,
        office=to,
        offices=(to,),
        clocks=time.started(Event.WAITING, now),
        steps=(step,),
        reported_at=now,
        changed_at=now,
    )


def _is_identity(code: str) -> bool:
    """Whether this looks like a citizen's identity number, with its date of birth (GB 11643)."""
    found = _IDENTITY.fullmatch(code)
    try:
        return bool(found and datetime.strptime(f"{found[1]}Z", "%Y%m%d%z"))
    except ValueError:
        return False


def _degrees(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")
