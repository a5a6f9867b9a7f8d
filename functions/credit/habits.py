"""What a source usually sends, and which batch is far from it (C6)."""

from __future__ import annotations

from functions.credit.batches import Batch, Counts, Habits
from functions.credit.catalogue import Habit
from functions.credit.desk import SYSTEM, Desk

FAR_ROWS, FAR_ERRORS, FIRST_ERRORS = "batch_far_rows", "batch_far_errors", "batch_first_errors"
_REMEMBERED = 50  # batches by name: a repeat comes soon after


def habits_of(batch: Batch, desk: Desk) -> Habits:
    """The habits of a batch's source with its item; empty before the first batch."""
    found = desk.cabinet.habits.get(f"{batch.source}/{batch.item}")
    return found.value if found else Habits(source=batch.source, item=batch.item)


def far_reasons(habit: Habit, habits: Habits, counts: Counts) -> tuple[str, ...]:
    """Why a batch with these sums waits for a person; () where it does not. Small ones never do."""
    if counts.rows < habit.few:
        return ()
    if habits.batches < habit.known:
        return (FIRST_ERRORS,) if counts.returned_share > habit.first else ()
    reasons = []
    if counts.rows > habit.times * habits.usual_rows:
        reasons.append(FAR_ROWS)
    if counts.returned_share > habits.usual_share + habit.errors:
        reasons.append(FAR_ERRORS)
    return tuple(reasons)


def remember(batch: Batch, counts: Counts, desk: Desk) -> None:
    """Count a finished batch among its source's habits, once."""

    def counted(old: Habits | None) -> Habits:
        old = old or Habits(source=batch.source, item=batch.item)
        if batch.id in old.counted:
            return old
        return old.model_copy(
            update={
                "batches": old.batches + 1,
                "rows": old.rows + counts.rows,
                "returned": old.returned + counts.returned,
                "counted": (*old.counted, batch.id)[-_REMEMBERED:],
            }
        )

    id = f"{batch.source}/{batch.item}"
    desk.cabinet.habits.change(id, counted, by=SYSTEM, now=desk.now)
