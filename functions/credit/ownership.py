"""Whether a row is its source's to hand in: who is in the catalogue hands in its own (C1, C3).

Codes of organs that are not in the catalogue are nobody's here, and are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from functions.credit.batches import Checked
from functions.credit.catalogue import Catalogue, Entry
from functions.shared.errors import Fault

Names = Mapping[str, str]  # of sources, by their codes
_SWAPPED = "columns_swapped"


def others_of(catalogue: Catalogue, unit: str) -> Names:
    """The names of all sources but one, by their codes."""
    own = catalogue.source(unit)
    return {
        one.code: one.name
        for one in catalogue.sources
        if one.unit != unit and (own is None or one.code != own.code)
    }


def owned(checked: Checked, entry: Entry, others: Names) -> Checked:
    """A row with a fault for each code in it that says that it comes from one of the `others`
    (`source_code_other`), or that one of them decided (`organ_other`).

    A row whose columns are swapped stays as it is: its codes stand anywhere.
    """
    found = tuple(_foreign(checked, entry, others))
    if not found or any(one.code == _SWAPPED for one in checked.faults):
        return checked
    places = {one.name: place for place, one in enumerate(entry.fields)}
    faults = sorted((*checked.faults, *found), key=lambda one: places.get(one.field, -1))
    return checked.model_copy(update={"faults": tuple(faults)})


def _foreign(checked: Checked, entry: Entry, others: Names) -> Iterator[Fault]:
    roles, row, values = entry.roles, checked.row, checked.values
    if name := others.get(values.get(roles.source, "")):
        yield Fault("source_code_other", roles.source, row, {"name": name})
    if name := others.get(values.get(roles.organ, "")):
        yield Fault("organ_other", roles.organ, row, {"name": name})
