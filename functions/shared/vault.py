"""Encrypts single fields, and gives what must be found again a name that says nothing (C8).

The 32 bytes of a purpose stand in the configuration bucket, wrapped by the key service's key; only
functions whose policy names the purpose can unwrap them. So encrypting costs no call per field.
"""

from __future__ import annotations

import os
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import digest
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes, as GCM wants them
_FORM = "v1."


class Unsealable(ValueError):
    """What is to be opened was not sealed with this key for this purpose."""


def is_sealed(text: str) -> bool:
    """Whether a text looks like one that was sealed."""
    return text.startswith(_FORM)


class Vault(Protocol):
    """What a use case needs to keep secrets."""

    def seal(self, text: str, about: str) -> str:
        """`text` encrypted; only together with `about` (where it stands) can it be opened."""
        ...

    def open(self, sealed: str, about: str) -> str:
        """What was sealed. Raises Unsealable."""
        ...

    def tag(self, text: str) -> str:
        """26 letters and digits that are the same for the same `text`, and tell nothing of it."""
        ...


@dataclass(frozen=True, slots=True)
class KeyVault:
    """`Vault` with a key of 32 bytes: AES-256-GCM for what is sealed, HMAC-SHA-256 for names."""

    key: bytes = field(repr=False)

    def seal(self, text: str, about: str) -> str:
        nonce = os.urandom(_NONCE)
        body = AESGCM(self._derived(b"seal")).encrypt(nonce, text.encode(), about.encode())
        return _FORM + urlsafe_b64encode(nonce + body).decode().rstrip("=")

    def open(self, sealed: str, about: str) -> str:
        if not is_sealed(sealed):
            raise Unsealable("not a sealed text")
        text = sealed.removeprefix(_FORM)
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            opened = AESGCM(self._derived(b"seal")).decrypt(
                raw[:_NONCE], raw[_NONCE:], about.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise Unsealable("sealed with another key, or about something else") from error
        return opened.decode()

    def tag(self, text: str) -> str:
        return b32encode(digest(self._derived(b"tag"), text.encode(), "sha256")).decode()[:26]

    def _derived(self, use: bytes) -> bytes:
        return digest(self.key, use, sha256)
