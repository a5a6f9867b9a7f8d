"""Nothing is delivered into a network that is not the public one (A21)."""

from ipaddress import ip_address

import pytest

from functions.interfaces.addresses import checked, is_public
from functions.shared.errors import Invalid

PUBLIC = "203.0.114.7"


def refusal(url: str, *addresses: str, private: bool = False) -> str:
    with pytest.raises(Invalid) as caught:
        checked(url, private=private, resolve=lambda host, port: list(addresses))
    return caught.value.faults[0].code


def test_a21_a_public_address_is_taken_with_port_path_and_query() -> None:
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [PUBLIC]

    address = checked("https://Hooks.example/a b?c=d e".replace(" ", "%20"), private=False,
                      resolve=resolve)  # fmt: skip
    assert asked == [("hooks.example", 443)]
    assert (address.ip, address.port, address.secure) == (PUBLIC, 443, True)
    assert (address.target, address.authority) == ("/a%20b?c=d%20e", "hooks.example")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # instance metadata
        "100.100.100.200",  # metadata of another cloud, in the carriers' range
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:10.0.0.1",  # a private address inside each kind of IPv6 wrapper
        "2002:0a00:0001::1",
        "64:ff9b::a00:1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)
def test_a21_private_loopback_and_link_local_addresses_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    assert refusal("https://inside.example/", address) == "url_private"


def test_a21_public_addresses_are_public_in_both_families() -> None:
    for address in (PUBLIC, "2400:3200::1", "64:ff9b::cb00:7207", "::ffff:203.0.114.7"):
        assert is_public(ip_address(address)), address


def test_a21_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    assert refusal("https://both.example/", PUBLIC, "10.0.0.1") == "url_private"


def test_a21_the_local_city_may_deliver_to_itself_without_encryption() -> None:
    address = checked(
        "http://localhost:9000/hook", private=True, resolve=lambda host, port: ["::1", "127.0.0.1"]
    )
    assert (address.ip, address.port, address.secure) == ("127.0.0.1", 9000, False)
    assert address.authority == "localhost:9000"
    assert refusal("http://hooks.example/", PUBLIC) == "url_https"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.example/",
        "hooks.example/a",
        "https:///a",
        "https://user:word@hooks.example/",
        "https://@hooks.example/",
        "https://hooks.example/#part",
        "https://hooks.example/a b",
        "https://hooks.example/a\r\nX-More: 1",
        "https://hooks.example:99999/",
        "https://hooks.example:word/",
        "https://[::1/",
        "https://a..example/",
        "https://" + "a" * 64 + ".example/",
    ],
)
def test_d4_what_is_no_address_of_a_webhook_is_refused_by_name(url: str) -> None:
    assert refusal(url, PUBLIC) == "url_form"


def test_d5_a_chinese_name_is_asked_for_as_the_network_spells_it() -> None:
    address = checked(
        "https://东莞.example/推送?类=一", private=False, resolve=lambda host, port: [PUBLIC]
    )
    assert address.host == "xn--xhq771k.example"
    assert address.target == "/%E6%8E%A8%E9%80%81?%E7%B1%BB=%E4%B8%80"


def test_d4_a_name_that_leads_nowhere_is_told_so() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(Invalid) as caught:
        checked("https://none.example/", private=False, resolve=nowhere)
    assert caught.value.faults[0].code == "url_unresolved"
    assert refusal("https://none.example/") == "url_unresolved"
