"""Invents files of licences and penalties with every kind of dirt in them, and knows the truth.

One seed makes one file. A row that repeats, contradicts or robs another stands behind it in the
same portion of `PORTION` rows, since portions are worked on in any order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from functions.shared.workbooks import new_workbook
from infra.city.credit_dirt import TAKEN
from infra.city.credit_samples import (
    Cells,
    Company,
    Layout,
    Organ,
    companies,
    licence,
    penalty,
    strangers,
)
from infra.city.credit_truth import ACCEPTED, NOTES, Dirt, Draft, Mess, Truth
from infra.city.credit_wrongs import GIVEN_BACK, LOOKED_AT

KINDS = (*TAKEN, *GIVEN_BACK, *LOOKED_AT)
SHARE = 0.03  # of all rows, for each kind of dirt
PORTION = 500
_MAKE = {Layout.LICENCE: licence, Layout.PENALTY: penalty}
_LATE_SHARE = 0.05
_LATE = timedelta(days=60)  # after the decision: beyond every limit, whatever is a holiday
_ROWS_EACH = 20  # of a company, about
_NOT_AGAIN = frozenset({"not registered", "undecodable"})


@dataclass(frozen=True, slots=True)
class File:
    """Rows, the truth about each, and the companies that the registry must know beforehand."""

    layout: Layout
    rows: tuple[Cells, ...]
    truths: tuple[Truth, ...]
    companies: tuple[Company, ...]

    def counts(self) -> dict[str, int]:
        """How many rows must end in which way, and how many of the accepted are corrected: what is
        only noted beside a row is no correction."""
        told = dict.fromkeys(("accepted", "duplicate", "returned", "held", "corrected"), 0)
        for truth in self.truths:
            told[truth.taken] += 1
            told["corrected"] += any(rule not in NOTES for _, rule in truth.mended)
        return told


def file(
    layout: Layout,
    count: int,
    seed: int,
    *,
    organ: Organ,
    today: date,
    share: float = SHARE,
    raw: bool = True,
    known: Sequence[Company] = (),
) -> File:
    """A file of `count` rows handed in `today`, `share` of them spoilt in each way there is; not
    `raw`: without what only a file of bytes can hold. It is about `known` companies, or else about
    some that it invents.

    Raises ValueError where the kinds of dirt would be more than the rows.
    """
    chance = Random(f"{layout} {seed}")
    known = list(known) or companies(max(40, count // _ROWS_EACH), seed)
    renamed = any(one.former for one in known)
    kinds = [one for one in KINDS if layout in one.layouts and (raw or not one.raw)]
    kinds = [one for one in kinds if renamed or not one.renamed]
    mess = _mess(layout, known, list(_strangers(known, count, seed)), today, chance)
    drafts = list(_drafts(mess, _plan(kinds, count, share, chance), organ))
    return File(
        layout,
        tuple(draft.cells for draft in drafts),
        tuple(draft.truth for draft in drafts),
        tuple(known),
    )


def to_csv(rows: Sequence[Cells], encoding: str = "utf-8") -> bytes:
    """As a source's export; undecodable characters become the bytes that they stand for."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding, "surrogateescape")


def to_xlsx(rows: Sequence[Cells]) -> bytes:
    """As a workbook, all cells as text. It cannot hold undecodable characters."""
    body = io.BytesIO()
    workbook = new_workbook(body)
    sheet = workbook.add_worksheet()
    for place, heading in enumerate(rows[0]):
        sheet.write_string(0, place, heading)
    for line, cells in enumerate(rows, 1):
        for place, cell in enumerate(cells.values()):
            if cell:
                sheet.write_string(line, place, cell)
    workbook.close()
    return body.getvalue()


def _mess(
    layout: Layout, known: list[Company], unknown: list[Company], today: date, chance: Random
) -> Mess:
    renamed = [one for one in known if one.former]
    return Mess(chance, layout, today, known, renamed, unknown)


def _strangers(known: list[Company], count: int, seed: int) -> Iterator[Company]:
    codes = {one.code for one in known}
    kinds = 4  # of dirt that each want a stranger for a row
    yield from (one for one in strangers(count * kinds // 30 + 20, seed) if one.code not in codes)


def _plan(kinds: list[Dirt], count: int, share: float, chance: Random) -> list[Dirt | None]:
    """Which row is spoilt how: what needs an earlier row comes last in its portion."""
    plan: list[Dirt | None] = [one for one in kinds for _ in range(round(count * share))]
    if len(plan) > count:
        raise ValueError(f"{len(kinds)} kinds of dirt are too many for a share of {share}")
    plan += [None] * (count - len(plan))
    chance.shuffle(plan)
    portions = (plan[at : at + PORTION] for at in range(0, count, PORTION))
    return [one for rows in portions for one in sorted(rows, key=_needs_earlier)]


def _needs_earlier(dirt: Dirt | None) -> bool:
    return dirt is not None and dirt.after


def _drafts(mess: Mess, plan: list[Dirt | None], organ: Organ) -> Iterator[Draft]:
    for index, dirt in enumerate(plan):
        if index % PORTION == 0:
            mess.earlier.clear()
        draft = _flawless(index + 1, mess, organ)
        if dirt and (mess.earlier or not dirt.after):
            draft = dirt.spoil(draft.told(kind=dirt.name), mess)
        if _may_be_used(draft.truth):
            mess.earlier.append(draft)
        yield draft


def _flawless(row: int, mess: Mess, organ: Organ) -> Draft:
    company = mess.chance.choice(mess.companies)
    late = mess.chance.random() < _LATE_SHARE
    decided = mess.today - (_LATE if late else timedelta(days=mess.chance.randint(0, 6)))
    cells = _MAKE[mess.layout](row, company, organ, decided, mess.chance)
    return Draft(cells, Truth(row, "", subject=company.code, late=late))


def _may_be_used(truth: Truth) -> bool:
    return truth.taken == ACCEPTED and not truth.of and truth.kind not in _NOT_AGAIN
