"""Codes of entities: what is accepted, what is doubted, what is refused and why."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from functions.shared.codes import (
    CodeKind,
    is_citizen_id,
    organisation_check_digit,
    parse_code,
    registration_check_digit,
    uscc_check_digit,
)
from functions.shared.errors import Fault, Invalid
from tests.unit.registry.real_data import needs_real_rows, real_rows

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _uscc(first8: str = "91441900", body: str = "MA7XK2Q4") -> str:
    """A valid code of our own making."""
    first17 = first8 + body + organisation_check_digit(body)
    return first17 + uscc_check_digit(first17)


def _fault(text: str) -> Fault:
    with pytest.raises(Invalid) as refused:
        parse_code(text, row=7)
    (fault,) = refused.value.faults
    assert (fault.field, fault.row) == ("code", 7)
    return fault


def test_a_valid_unified_code_is_taken_without_doubt() -> None:
    code = parse_code(_uscc())
    assert (code.kind, code.warnings) == (CodeKind.USCC, ())


@pytest.mark.parametrize("authority", ["A1", "N2", "Y1", "12", "51", "92", "93"])
def test_the_rarer_registering_authorities_are_taken(authority: str) -> None:
    assert parse_code(_uscc(authority + "441900")).warnings == ()


def test_an_authority_outside_the_standard_is_doubted_but_taken() -> None:
    assert parse_code(_uscc("B1441900")).warnings == ("code_authority_unknown",)


def test_a_code_is_cleaned_of_width_case_and_spaces() -> None:
    code = _uscc()
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    for written in (code.lower(), wide, f" {code[:4]} {code[4:]}\u3000", f"\ufeff{code}\u200b"):
        assert parse_code(written).value == code


def test_every_single_wrong_character_is_found() -> None:
    code = _uscc()
    for place in range(18):
        for other in _ALPHABET:
            if other == code[place]:
                continue
            with pytest.raises(Invalid):
                parse_code(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("letter", ["I", "O", "S", "V", "Z"])
def test_letters_that_look_like_digits_are_named(letter: str) -> None:
    code = _uscc()
    fault = _fault(code[:10] + letter + code[11:])
    assert (fault.code, fault.params["characters"]) == ("code_alphabet", letter)


def test_a_division_must_be_digits() -> None:
    assert _fault(_uscc("9144190A")).code == "code_division"


def test_a_wrong_inner_organisation_code_is_a_warning_never_a_refusal() -> None:
    body = "MA7XK2Q4"
    wrong = "1" if organisation_check_digit(body) != "1" else "2"
    first17 = "91441900" + body + wrong
    code = parse_code(first17 + uscc_check_digit(first17))
    assert code.warnings == ("code_organisation_check",)


def test_the_check_digits_agree_with_worked_examples() -> None:
    # GS 15-2006 and GB 11714 give these as their own examples.
    assert registration_check_digit("11010800000001") == "6"
    assert organisation_check_digit("D2143569") == "X"


def test_fifteen_digits_are_checked_by_gs_15() -> None:
    good = "44190000123456"
    code = parse_code(good + registration_check_digit(good))
    assert (code.kind, code.warnings) == (CodeKind.REGISTRATION_15, ())
    wrong = str((int(registration_check_digit(good)) + 1) % 10)
    assert _fault(good + wrong).code == "code_check_digit"


def test_numbers_without_a_check_digit_are_taken_with_a_warning() -> None:
    old = parse_code("4419001234567")
    cooperative = parse_code("441900NA000123X")
    assert old.kind is CodeKind.REGISTRATION_13
    assert cooperative.kind is CodeKind.REGISTRATION_15
    assert old.warnings == cooperative.warnings == ("code_without_check_digit",)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "code_missing"),
        ("无", "code_missing"),
        ("N/A", "code_missing"),
        ("--", "code_missing"),
        ("914419001234", "code_length"),
        ("企独粤莞总字第000123号", "code_length"),
        ("D2143569-X", "code_organisation"),
        ("D2143569X", "code_organisation"),
        ("D2143569-3", "code_length"),
        ("44190A1234567", "code_alphabet"),
        ("44190A000012345", "code_alphabet"),
    ],
)
def test_each_way_of_being_wrong_has_its_own_word(written: str, code: str) -> None:
    assert _fault(written).code == code


def test_an_identity_number_in_place_of_a_code_is_named_and_never_repeated() -> None:
    first17 = "44190019900307123"
    number = next(first17 + x for x in "0123456789X" if is_citizen_id(first17 + x))
    fault = _fault(number)
    assert fault.code == "code_citizen_id"
    assert number not in repr(fault)


def test_c8_an_identity_number_that_has_the_check_digit_of_a_code_stays_somebodys() -> None:
    """One of 31 has."""
    firsts = (f"449900196001{n:05d}" for n in range(1_000, 12_000))
    numbers = (first + x for first in firsts for x in "0123456789X" if is_citizen_id(first + x))
    both = [one for one in numbers if uscc_check_digit(one[:17]) == one[17]]
    assert both
    assert {_fault(one).code for one in both} == {"code_citizen_id"}


def test_an_identity_number_needs_a_day_that_exists() -> None:
    assert is_citizen_id("11010519491231002X")  # the example of GB 11643
    assert not is_citizen_id("110105194912310021")
    assert not any(is_citizen_id("11010519490231002" + x) for x in "0123456789X")


def test_random_valid_codes_hold_and_their_neighbours_do_not() -> None:
    chance = random.Random(20)
    for _ in range(500):
        code = _uscc(body="".join(chance.choices(_ALPHABET, k=8)))
        assert parse_code(code).value == code
        place = chance.randrange(16)
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            with pytest.raises(Invalid):
                parse_code(swapped)


@needs_real_rows
def test_all_real_unified_codes_are_valid() -> None:
    kinds = Counter(
        parse_code(row["统一社会信用代码"]).kind for row in real_rows("registrations_dongguan.csv")
    )
    assert kinds == {CodeKind.USCC: 10_000}


@needs_real_rows
def test_every_class_of_real_bad_codes_is_told_apart() -> None:
    seen: dict[str, Counter[str]] = {}
    for row in real_rows("dirty_codes.csv"):
        try:
            code = parse_code(row["统一社会信用代码"])
            verdict = ",".join((code.kind, *code.warnings))
        except Invalid as refused:
            verdict = refused.faults[0].code
        seen.setdefault(row["problem"].removeprefix("Invalid"), Counter())[verdict] += 1
    assert set(seen["Length:len15"]) == {
        "registration_15",
        "registration_15,code_without_check_digit",
    }
    assert set(seen["Length:len13"]) == {"registration_13,code_without_check_digit"}
    assert set(seen["Checksum:len18"]) == {"code_check_digit"}
    assert set(seen["orgcode"]) == {"uscc,code_organisation_check"}
    assert set(seen["Length:len1"]) == {"code_missing"}
    assert set(seen["Length:len10"]) == {"code_organisation"}
    assert set(seen["Length:len11"]) == {"code_length"}
