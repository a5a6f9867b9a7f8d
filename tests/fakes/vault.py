"""A vault for tests: its key is no secret."""

from __future__ import annotations

from functions.shared.vault import KeyVault


def open_vault() -> KeyVault:
    """The same vault every time."""
    return KeyVault(bytes(32))
