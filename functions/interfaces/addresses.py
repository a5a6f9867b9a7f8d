"""Where a webhook may lead: checked when a system joins, and again at each delivery."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, quote, urlsplit

from functions.shared.errors import Invalid

Resolve = Callable[[str, int], list[str]]
_PORTS = {"https": 443, "http": 80}
_UNSEEN = re.compile(r"[\x00-\x20\x7f]")
_NAT64 = IPv6Network("64:ff9b::/96")
_KEPT = "/%:@!$&'()*+,;=~-._?"  # of a path and its query; everything else is escaped


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect (`ip`, `port`), and what to ask for there (`host`, `target`)."""

    secure: bool
    host: str
    port: int
    ip: str
    target: str

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _PORTS["https" if self.secure else "http"]
        return host if self.port == usual else f"{host}:{self.port}"


class Unresolved(Invalid):
    """The name leads nowhere, at least now."""


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name; raises OSError or UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def checked(url: str, *, private: bool, resolve: Resolve = resolved) -> Address:
    """The address that `url` leads to now; connect to no other, or the check was for nothing.

    Only https to public addresses, unless `private`: then http and all addresses. Raises Invalid
    (`url_form`, `url_https`, `url_private`) or Unresolved (`url_unresolved`).
    """
    parts, host, port = _parsed(url)
    if parts.scheme != "https" and not private:
        raise Invalid.of("url_https", "url")
    try:
        addresses = [ip_address(one) for one in resolve(host, port)]
    except (OSError, UnicodeError):
        raise Unresolved.of("url_unresolved", "url", host=host) from None
    if not addresses:
        raise Unresolved.of("url_unresolved", "url", host=host)
    # One private address among them is enough: which one is taken is the resolver's whim.
    if not private and not all(map(is_public, addresses)):
        raise Invalid.of("url_private", "url", host=host)
    first = min(addresses, key=lambda one: one.version)  # Lambda has IPv4 everywhere
    target = quote(parts.path or "/", _KEPT) + (f"?{quote(parts.query, _KEPT)}" * bool(parts.query))
    return Address(parts.scheme == "https", host, port, str(first), target)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address lies in the public internet, also the one inside an IPv6 wrapper."""
    inner = _embedded(address)
    if inner is not None:
        return is_public(inner)
    apart = (address.is_multicast, address.is_reserved, address.is_unspecified)
    return address.is_global and not any(apart)


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _parsed(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):  # UnicodeError is a ValueError
        raise Invalid.of("url_form", "url") from None
    strange = (not host, _UNSEEN.search(url), "@" in parts.netloc, parts.fragment)
    if any(strange):
        raise Invalid.of("url_form", "url")
    return parts, host, port
