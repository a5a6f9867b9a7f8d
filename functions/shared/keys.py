"""The data keys of this deployment: one for each purpose, wrapped by the key service's key (C8).

Unwrapping names the purpose: a policy that lets a function open one key does not let it open
another, whatever it reads from the bucket.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from functions.shared.objects import Objects
from functions.shared.vault import KeyVault


class Purpose(StrEnum):
    """What a data key is for."""

    IDENTITY = "identity"  # numbers of key persons
    SYSTEMS = "systems"  # the secrets that we share with other systems


def place_of(purpose: Purpose) -> str:
    """Where the wrapped key stands in the configuration bucket."""
    return f"keys/{purpose}.key"


def context_of(purpose: Purpose) -> dict[str, str]:
    """With what the key service wrapped it, and what policies ask for."""
    return {"purpose": purpose.value}


def unwrapped(kms: Any, config: Objects, purpose: Purpose) -> KeyVault:
    """The vault of a purpose. Raises NotFound where no key was made, or what the key service says
    to a function that may not open it."""
    wrapped = config.read(place_of(purpose))
    opened = kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=context_of(purpose))
    return KeyVault(opened["Plaintext"])
