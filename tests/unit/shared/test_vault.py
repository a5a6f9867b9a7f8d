"""Sealed fields: opened only where they stand; tags tell nothing and find the same (C8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.shared.vault import KeyVault, Unsealable

_VAULT = KeyVault(bytes(range(32)))
_NUMBER = "11010119900307123X"


@given(st.text(max_size=64), st.text(max_size=40))
def test_c8_what_was_sealed_opens_to_the_same(text: str, about: str) -> None:
    try:
        text.encode(), about.encode()
    except UnicodeEncodeError:  # lone surrogates never come this far
        return
    assert _VAULT.open(_VAULT.seal(text, about), about) == text


def test_c8_a_sealed_field_opens_nowhere_else() -> None:
    sealed = _VAULT.seal(_NUMBER, "record1/XDR_ZJHM")
    with pytest.raises(Unsealable):
        _VAULT.open(sealed, "record2/XDR_ZJHM")


def test_c8_another_key_opens_nothing() -> None:
    sealed = _VAULT.seal(_NUMBER, "a")
    with pytest.raises(Unsealable):
        KeyVault(bytes(32)).open(sealed, "a")


@pytest.mark.parametrize("text", ["", "v1.", "v1.????", "v1.AAAA", "11010119900307123X"])
def test_c8_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(Unsealable):
        _VAULT.open(text, "a")


def test_c8_the_same_text_seals_differently_each_time() -> None:
    assert _VAULT.seal(_NUMBER, "a") != _VAULT.seal(_NUMBER, "a")


def test_c8_a_tag_is_the_same_for_the_same_and_holds_nothing_of_it() -> None:
    tag = _VAULT.tag(_NUMBER)
    assert tag == _VAULT.tag(_NUMBER)
    assert len(tag) == 26
    assert tag != KeyVault(bytes(32)).tag(_NUMBER)
    assert tag != _VAULT.tag("110101199003071230")


def test_c8_a_vault_does_not_show_its_key() -> None:
    assert "01" not in repr(KeyVault(b"01" * 16))
