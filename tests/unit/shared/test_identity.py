"""Tokens: whose they are, and which are refused."""

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from functions.shared.authorization import Grant, Role
from functions.shared.errors import NotSignedIn
from functions.shared.identity import caller_of

ISSUER = "https://issuer.example/pool"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class OneKey:
    """The issuer's keys: one."""

    def get_signing_key_from_jwt(self, token: str) -> Any:
        return jwt.PyJWK.from_json(
            json.dumps({**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))}),
            algorithm="RS256",
        )


def token(*, key: rsa.RSAPrivateKey = KEY, **claims: Any) -> str:
    body = {"iss": ISSUER, "sub": "s-1", "exp": int(time.time()) + 600, "client_id": "app"}
    return jwt.encode({**body, **claims}, key, algorithm="RS256")


def read(text: str, audience: tuple[str, ...] = ("app",)) -> Any:
    return caller_of(text, issuer=ISSUER, audience=audience, keys=OneKey())


def test_a_persons_groups_are_grants() -> None:
    caller = read(token(groups=["scjg:officer", "friends"], username="li"))
    assert (caller.id, caller.client) == ("li", "")
    assert caller.grants == {Grant("scjg", Role.OFFICER)}


def test_cognitos_groups_are_grants() -> None:
    claims: dict[str, Any] = {"cognito:groups": ["yjgl.441900106000:lead"]}
    assert read(token(**claims)).grants == {Grant("yjgl.441900106000", Role.LEAD)}


def test_a_machines_scopes_are_grants_and_foreign_scopes_are_not() -> None:
    caller = read(token(scope="sanwei/exchange:registrar openid other/city:operator"))
    assert caller.grants == {Grant("exchange", Role.REGISTRAR)}
    assert (caller.id, caller.client) == ("s-1", "app")


def test_a21_a_machine_is_read_whatever_its_client_for_its_registration_lets_it_in() -> None:
    assert read(token(client_id="joined later")).client == "joined later"
    with pytest.raises(NotSignedIn):
        read(token(client_id="joined later", username="li"))


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(token(key=OTHER_KEY), id="another key"),
        pytest.param(token(iss="https://elsewhere.example"), id="another issuer"),
        pytest.param(token(exp=int(time.time()) - 120), id="expired"),
        pytest.param(token(client_id="other", username="li"), id="another client"),
        pytest.param(token() + "x", id="signature cut or grown"),
        pytest.param("not.a.token", id="no token"),
        pytest.param(jwt.encode({"iss": ISSUER}, "", algorithm="none"), id="unsigned"),
    ],
)
def test_a_token_that_does_not_hold_is_refused(bad: str) -> None:
    with pytest.raises(NotSignedIn):
        read(bad)


def test_any_client_of_the_issuer_where_no_audience_is_set() -> None:
    assert read(token(client_id="other"), audience=()).id == "s-1"
