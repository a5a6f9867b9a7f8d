"""The constraint list and the instruments as data (C13)."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import pytest

from functions.credit.catalogue import parse_catalogue
from functions.discipline.books import publish
from functions.discipline.instruments import (
    InstrumentKind,
    measures_of,
    misfits,
    parse_constraints,
    parse_instruments,
)
from functions.shared.errors import Conflict, Invalid, NotFound
from functions.shared.handbooks import Edition
from tests.unit.discipline.chamber import CITY, DIRECTORY, NOW, TODAY, Chamber

LISTED = (CITY / "constraints.toml").read_text(encoding="utf-8")
GIVEN = (CITY / "instruments.toml").read_text(encoding="utf-8")


def put(chamber: Chamber, name: str, text: str, since: date | None = None) -> Edition:
    more = {"note": "", "by": "credit"}
    return publish(chamber.books, name, text, since, **more, directory=DIRECTORY, now=NOW)


def test_c13_the_city_has_a_constraint_list_and_both_kinds_of_instruments_that_fit_it() -> None:
    listed, given = parse_constraints(LISTED), parse_instruments(GIVEN)
    assert len(listed.measures) >= 15
    assert {one.kind for one in given.instruments} == set(InstrumentKind)
    assert misfits(given, listed, DIRECTORY) == ()


def test_c13_the_citys_instruments_name_items_that_the_catalogue_has() -> None:
    catalogue = parse_catalogue((CITY / "catalogue.toml").read_text(encoding="utf-8"))
    known = {entry.id for entry in catalogue.entries}
    for one in parse_instruments(GIVEN).instruments:
        assert set(one.grounds.items) <= known, one.id
        assert any(one.grounds.cover(entry.id, entry.category) for entry in catalogue.entries), (
            one.id
        )


def test_c13_every_measure_is_told_with_its_law_the_participants_own_where_it_has_one() -> None:
    listed, given = parse_constraints(LISTED), parse_instruments(GIVEN)
    debtors = next(one for one in given.instruments if one.id == "dishonest_debtors")
    laws = {
        participant.unit: [one.law for one in measures_of(participant, listed)]
        for participant in debtors.participants
    }
    assert laws["jrgz"] == ["《征信业管理条例》"]
    assert laws["rmyh"] == ["《征信业管理条例》第十三条至第十八条"]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('measures = ["M03"]', 'measures = ["M18"]', "does not draw M18"),
        ('"M12", "M17"]\nfeedback', '"M12", "M17", "M18"]\nfeedback', "nobody carries out M18"),
        ('unit = "zrzy"', 'unit = "czj"', "czj stands there twice"),
        ('grounds = { items = ["court_defaulter"] }', "grounds = {}", "needs grounds"),
        ('id = "serious_market"', 'id = "dishonest_debtors"', "stands there twice"),
        ("approve = 5", "approve = 0", "approve"),
    ],
)
def test_c13_instruments_that_cannot_be_are_refused_with_what_is_wrong(
    was: str, becomes: str, said: str
) -> None:
    assert was in GIVEN
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_instruments(GIVEN.replace(was, becomes, 1))


def test_c13_two_versions_of_an_instrument_never_hold_on_the_same_day() -> None:
    second = GIVEN[GIVEN.index("[[instruments]]") :].split("\n[[instruments]]")[0]
    second = second.replace("version = 1", "version = 2", 1)
    with pytest.raises(ValueError, match="hold on the same day"):
        parse_instruments(f"{GIVEN}\n{second}")
    ended = GIVEN.replace(
        "holds_from = 2016-01-20", "holds_from = 2016-01-20\nholds_until = 2026-04-06"
    )
    begun = second.replace("2016-01-20", "2026-04-07")
    both = parse_instruments(f"{ended}\n{begun}")
    found = both.instrument("dishonest_debtors", TODAY)
    assert found and found.version == 2


def test_c13_what_list_and_directory_do_not_know_is_named() -> None:
    strange = GIVEN.replace('unit = "zrzy"', 'unit = "nobody"', 1)
    strange = strange.replace('initiators = ["swsj"]', 'initiators = ["swsj", "elsewhere"]')
    listed = parse_constraints(LISTED.replace('code = "M17"', 'code = "M99"'))
    assert set(misfits(parse_instruments(strange), listed, DIRECTORY)) == {
        "dishonest_debtors: M17 is not on the constraint list",
        "dishonest_debtors: nobody is no department",
        "tax_violations: elsewhere is no department",
    }


def test_c13_a_version_of_a_book_is_published_where_it_fits_and_holds_from_its_day() -> None:
    chamber = Chamber()
    later = GIVEN.replace('version = "2026.1"', 'version = "2026.2"').replace(
        "approve = 5", "approve = 3"
    )
    edition = put(chamber, "instruments", later, TODAY.replace(day=9))
    assert edition.version == "2026.2"
    assert chamber.books.instruments.on(TODAY).approve == 5
    assert chamber.books.instruments.on(TODAY.replace(day=9)).approve == 3


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("instruments", "version = ", "book_broken"),
        ("instruments", GIVEN.replace('unit = "zrzy"', 'unit = "nobody"'), "book_misfit"),
        ("constraints", LISTED.replace('code = "M17"', 'code = "M99"'), "book_misfit"),
    ],
)
def test_d4_a_book_that_does_not_fit_is_refused_and_changes_nothing(
    name: str, text: str, code: str
) -> None:
    chamber = Chamber()
    text = text.replace('version = "2026.1"', 'version = "2026.2"')
    with pytest.raises(Invalid) as raised:
        put(chamber, name, text)
    assert {fault.code for fault in raised.value.faults} == {code}
    assert len(chamber.books.named(name).list_editions()) == 1


def test_d4_a_book_holds_from_no_past_day_and_a_version_stands_for_one_text() -> None:
    chamber = Chamber()
    with pytest.raises(Invalid, match="book_since_past"):
        put(chamber, "constraints", LISTED, TODAY.replace(day=6))
    other = LISTED.replace("从严审核", "审慎审核")
    with pytest.raises(Conflict, match="version_exists"):
        put(chamber, "constraints", other)
    with pytest.raises(NotFound):
        put(chamber, "catalogue", LISTED)


def test_c13_the_shipped_list_is_plain_toml() -> None:
    kinds = {one["kind"] for one in tomllib.loads(LISTED)["measures"]}
    assert kinds == {"ban", "restrict", "supervise", "deny_honour", "deny_favour", "publish"}
