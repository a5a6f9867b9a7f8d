"""The generated files of credit hold every kind of dirt, and say what each row must come to."""

from collections import Counter
from datetime import date
from io import BytesIO

import pytest

from functions.shared.codes import is_citizen_id, parse_code
from functions.shared.encodings import decoded_lines
from infra.city.credit_rows import KINDS, PORTION, File, file, to_csv, to_xlsx
from infra.city.credit_samples import Layout, Organ, companies, identity, in_words, ten_thousands
from infra.city.credit_truth import ACCEPTED, DUPLICATE, RETURNED

TODAY = date(2026, 4, 7)
ORGAN = Organ("市场监督管理局", companies(1, 99)[0].code)


def made(
    layout: Layout = Layout.PENALTY, count: int = 1000, seed: int = 1, *, raw: bool = True
) -> File:
    return file(layout, count, seed, organ=ORGAN, today=TODAY, raw=raw)


@pytest.mark.parametrize("layout", Layout)
def test_c4_every_kind_of_dirt_has_its_share(layout: Layout) -> None:
    kinds = Counter(truth.kind for truth in made(layout).truths)
    expected = {one.name for one in KINDS if layout in one.layouts}
    assert {name: kinds[name] for name in expected} == dict.fromkeys(expected, 30)
    assert kinds.keys() - expected == {""}


def test_c4_a_seed_makes_one_file_and_another_seed_another() -> None:
    assert made() == made()
    assert made().rows != made(seed=2).rows


def test_c4_the_sums_of_the_truth_are_the_rows() -> None:
    counts = made().counts()
    assert sum(counts.values()) - counts["corrected"] == 1000


def test_c4_what_goes_back_says_why_and_nothing_else_does() -> None:
    for truth in made().truths:
        assert bool(truth.faults) == (truth.taken == RETURNED), truth
        assert not (truth.mended and truth.taken != ACCEPTED), truth


def test_c4_what_needs_an_earlier_row_has_it_in_its_portion() -> None:
    told = made(count=1200)
    used = [truth for truth in told.truths if truth.of]
    assert {truth.taken for truth in used} == {DUPLICATE, RETURNED}
    for truth in used:
        assert truth.of < truth.row
        assert (truth.of - 1) // PORTION == (truth.row - 1) // PORTION
        assert told.truths[truth.of - 1].taken == ACCEPTED
    assert len({truth.of for truth in used}) == len(used)


def test_c4_too_many_kinds_for_the_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        file(Layout.PENALTY, 100, 1, organ=ORGAN, today=TODAY, share=0.04)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_d5_a_file_of_bytes_reads_back_as_it_was_made(encoding: str) -> None:
    told = made(count=300)
    lines = list(decoded_lines(BytesIO(to_csv(told.rows, encoding))))
    assert len(lines) == 301
    broken = [
        n for n, line in enumerate(lines) if any("\ud800" <= char <= "\udfff" for char in line)
    ]
    assert broken == [truth.row for truth in told.truths if truth.kind == "undecodable"]


def test_d5_a_workbook_holds_what_is_text() -> None:
    told = made(count=100, raw=False)
    assert not any(truth.kind == "undecodable" for truth in told.truths)
    assert to_xlsx(told.rows).startswith(b"PK")


def test_c4_companies_are_right_in_form_and_their_names_their_own() -> None:
    found = companies(300, 7)
    assert len(found) == 300
    assert all(not parse_code(one.code).warnings for one in found)
    names = [name for one in found for name in (one.name, one.former) if name]
    assert len(set(names)) == len(names)
    assert any(one.former for one in found)


def test_c8_identity_numbers_are_right_in_form_and_nobodys() -> None:
    numbers = [identity(n) for n in range(0, 200_000, 977)]
    assert all(is_citizen_id(one) and one.startswith("449900") for one in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("yuan", "words", "amount"),
    [
        (20, "贰拾", "0.002"),
        (14_220, "壹万肆仟贰佰贰拾", "1.422"),
        (10_020, "壹万零贰拾", "1.002"),
        (50_300, "伍万零叁佰", "5.03"),
        (20_000, "贰万", "2"),
        (300_000, "叁拾万", "30"),
        (1_203_400, "壹佰贰拾万叁仟肆佰", "120.34"),
    ],
)
def test_c4_amounts_are_written_in_both_numerals(yuan: int, words: str, amount: str) -> None:
    assert (in_words(yuan), ten_thousands(yuan)) == (words, amount)
