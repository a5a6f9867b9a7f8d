"""A generated national-layout file with every kind of dirt goes through as its truth says (C4–C6).

The same with 100,000 rows: `python -m tests.simulation.credit 100000`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.credit.batches import Form
from infra.city.credit_samples import Layout
from infra.city.credit_truth import RETURNED
from tests.simulation.check_credit import wrong
from tests.simulation.credit import Played, play
from tests.simulation.credit_names import play_names


@pytest.fixture(scope="module")
def penalties() -> Played:
    return play(2000)


def test_c4_two_thousand_penalties_end_as_their_truth_says(penalties: Played) -> None:
    assert not wrong(penalties)


def test_c4_the_four_ends_sum_to_the_input(penalties: Played) -> None:
    counts = penalties.batch.counts
    ends = (counts.accepted, counts.duplicate, counts.returned, counts.held)
    assert all(ends)
    assert sum(ends) == penalties.batch.rows == 2000
    assert 0 < counts.corrected < counts.accepted


@pytest.mark.parametrize(
    ("layout", "form", "encoding"),
    [
        (Layout.LICENCE, Form.CSV, "utf-8"),
        (Layout.LICENCE, Form.XLSX, ""),
        (Layout.PENALTY, Form.XLSX, ""),
    ],
)
def test_c4_every_form_and_layout_gives_the_same_truth(
    layout: Layout, form: Form, encoding: str
) -> None:
    assert not wrong(play(600, 2, layout, form=form, encoding=encoding))


def test_c1_c4_rows_of_a_new_item_without_codes_are_matched_by_name_alone() -> None:
    """The item is data; whom a name alone does not tell, a person tells."""
    ends = play_names(
        {
            "unique": ("accepted", ""),
            "twins": ("held", "same_name"),
            "former": ("held", "former_name"),
            "like": ("held", "like_name"),
            "nobody": ("returned", "subject_unknown"),
        }
    )
    assert not ends


def test_a_row_that_ends_otherwise_is_found(penalties: Played) -> None:
    """What looks for faults finds them."""
    truths = list(penalties.file.truths)
    place = next(n for n, truth in enumerate(truths) if truth.taken == RETURNED)
    truths[place] = replace(truths[place], faults=frozenset())
    file = replace(penalties.file, truths=tuple(truths))
    [fault] = wrong(replace_file(penalties, file))
    assert fault.startswith(f"row {truths[place].row} ")


def replace_file(played: Played, file: object) -> Played:
    """The same end beside another truth."""
    other = Played(file, played.bureau, played.desk)  # type: ignore[arg-type]
    other.batch, other.verdicts, other.records = played.batch, played.verdicts, played.records
    return other
