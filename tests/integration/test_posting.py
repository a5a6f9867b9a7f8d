"""A POST goes to the checked address and no other, and nothing that a receiver does breaks it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from functions.interfaces.domain import Answer, Problem
from functions.interfaces.posting import Poster
from tests.integration.receiver import Receiver, receiving, trickling

HEADERS = {"Content-Type": "application/json", "webhook-id": "m1"}
BODY = '{"名": "値"}'.encode()
NAME = "hooks.example"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def test_a21_a_post_arrives_with_its_headers_body_and_query(receiver: Receiver) -> None:
    assert Poster(private=True)(receiver.url, HEADERS, BODY) == Answer(status=204)
    [(path, headers, body)] = receiver.calls
    assert (path, body) == ("/hooks?from=sanwei", BODY)
    assert headers["webhook-id"] == "m1"
    assert headers["host"] == f"localhost:{receiver.port}"


def test_a21_the_name_is_looked_up_once_and_the_checked_address_is_connected(
    receiver: Receiver,
) -> None:
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    url = f"http://{NAME}:{receiver.port}/"  # a name that leads nowhere by itself
    assert Poster(private=True, resolve=rebinding)(url, HEADERS, BODY).status == 204
    assert asked == [NAME]


def test_a21_a_name_that_leads_to_a_private_address_by_now_is_not_called(
    receiver: Receiver,
) -> None:
    url = f"https://{NAME}:{receiver.port}/"
    assert Poster(resolve=here)(url, HEADERS, BODY) == Answer(problem=Problem.ADDRESS)
    assert not receiver.calls


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a21_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.status = status
    receiver.headers = {"Location": f"http://localhost:{receiver.port}/inside"}
    assert Poster(private=True)(receiver.url, HEADERS, BODY).status == status
    assert len(receiver.calls) == 1


def test_a21_retry_after_is_read(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "120"}
    answer = Poster(private=True)(receiver.url, HEADERS, BODY)
    assert answer == Answer(status=429, retry_after="120")


def test_a8_a_receiver_that_is_not_there_is_a_problem_of_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post = Poster(private=True, seconds=2)
    assert post(f"http://localhost:{port}/", HEADERS, BODY) == Answer(problem=Problem.NETWORK)
    assert post("http://no.such.invalid/", HEADERS, BODY) == Answer(problem=Problem.NETWORK)


@pytest.mark.parametrize(
    ("first", "again", "status"),
    [
        (b"", b"H", None),  # a status line that never ends
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", None),
        (b"nonsense\r\n\r\n", b"", None),
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n", 200),  # it did say so, before it was cut
    ],
)
def test_a8_whatever_a_receiver_trickles_the_attempt_ends_in_time(
    first: bytes, again: bytes, status: int | None
) -> None:
    with trickling(first, again) as port:
        started = monotonic()
        answer = Poster(private=True, seconds=0.5)(f"http://localhost:{port}/", HEADERS, BODY)
        assert answer == (Answer(status) if status else Answer(problem=Problem.NETWORK))
        assert monotonic() - started < 5


def test_a8_a_handshake_that_never_ends_is_cut_too() -> None:
    half = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"  # a server's greeting of 16 KB
    with trickling(half, b"\x00") as port:
        started = monotonic()
        post = Poster(private=True, seconds=0.5)
        assert post(f"https://localhost:{port}/", HEADERS, BODY) == Answer(problem=Problem.NETWORK)
        assert monotonic() - started < 5


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `hooks.example`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "pair.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def secure(serving: ssl.SSLContext) -> Iterator[Receiver]:
    with receiving(serving) as receiver:
        yield receiver


def test_a8_what_is_trickled_over_tls_is_cut_as_well(
    serving: ssl.SSLContext, certificate: Path
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with trickling(b"", b"H", serving) as port:
        started = monotonic()
        post = Poster(private=True, seconds=0.5, resolve=here, tls=trusting)
        assert post(f"https://{NAME}:{port}/", HEADERS, BODY) == Answer(problem=Problem.NETWORK)
        assert monotonic() - started < 5


def test_a21_over_tls_the_certificate_must_be_the_names_though_the_address_is_connected(
    secure: Receiver, certificate: Path
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    post = Poster(private=True, resolve=here, tls=trusting)
    assert post(f"https://{NAME}:{secure.port}/a", HEADERS, BODY) == Answer(status=204)
    [(path, headers, body)] = secure.calls
    assert (path, headers["host"], body) == ("/a", f"{NAME}:{secure.port}", BODY)

    other = post(f"https://other.example:{secure.port}/a", HEADERS, BODY)
    assert other == Answer(problem=Problem.NETWORK)
    assert len(secure.calls) == 1


def test_a21_a_certificate_that_nobody_vouches_for_is_not_trusted(secure: Receiver) -> None:
    post = Poster(private=True, resolve=here)
    assert post(f"https://{NAME}:{secure.port}/", HEADERS, BODY) == Answer(problem=Problem.NETWORK)
    assert not secure.calls
