"""What everybody may read of the rules of objection and repair."""

from __future__ import annotations

from functions.credit.published import repair_rules
from functions.shared.events.credit import Category
from tests.unit.credit.bureau import Bureau


def test_c11_the_published_rules_say_who_has_how_long_and_what_may_be_repaired() -> None:
    bureau = Bureau()
    told = repair_rules(bureau.desk)
    book = bureau.desk.books.repair.on(bureau.now.date())
    assert [(one.kind, one.stage, one.days) for one in told.limits] == [
        (one.kind, one.stage, one.n) for one in book.limits
    ]
    assert (told.law, told.extension) == (book.law, book.extension)
    months = {category: one.months for one in told.repairs for category in one.categories}
    assert (months[Category.SERIOUS], months[Category.PENALTY]) == (12, None)


def test_c11_a_record_that_may_never_be_repaired_goes_by_its_title_and_says_why() -> None:
    [never] = [one for one in repair_rules(Bureau().desk).repairs if one.never]
    assert never.titles and all("_" not in title for title in never.titles)
    assert "执行法院" in never.never
