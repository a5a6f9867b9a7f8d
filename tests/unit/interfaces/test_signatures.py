"""Messages between systems are signed by Standard Webhooks, and nothing else is taken (A21)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.shared import joined
from functions.shared.admission import Door
from functions.shared.errors import NotSignedIn
from functions.shared.joined import Quota, Secret, System, SystemState
from functions.shared.signatures import headers, new_secret, sign, verify
from functions.shared.systems import verified
from tests.fakes.table import FakeTable
from tests.fakes.vault import open_vault

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = new_secret()
BODY = b'{"feedback":[]}'


def refusal(given: dict[str, str], body: bytes = BODY, *secrets: str) -> str:
    with pytest.raises(NotSignedIn) as caught:
        verify(given, body, secrets or (SECRET,), NOW)
    return caught.value.faults[0].code


def test_a21_the_published_example_of_the_standard_has_its_published_signature() -> None:
    """The vector that every library of the standard is tested with."""
    made = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a21_what_we_sign_verifies_and_gives_its_id() -> None:
    assert verify(headers("m1", NOW, BODY, [SECRET]), BODY, [SECRET], NOW) == "m1"


@pytest.mark.parametrize(
    ("age", "expected"),
    [(299, "m1"), (301, "signature_old"), (-299, "m1"), (-301, "signature_early")],
)
def test_a21_299_seconds_old_is_taken_and_301_is_not(age: int, expected: str) -> None:
    given = headers("m1", NOW - timedelta(seconds=age), BODY, [SECRET])
    if expected == "m1":
        assert verify(given, BODY, [SECRET], NOW) == "m1"
    else:
        assert refusal(given) == expected


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a21_one_flipped_bit_is_refused_wherever_it_is(body: bytes, data: st.DataObject) -> None:
    given = headers("m1", NOW, body, [SECRET])
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    flipped = bytearray(body)
    flipped[bit // 8] ^= 1 << bit % 8
    assert refusal(given, bytes(flipped)) == "signature_wrong"


@pytest.mark.parametrize(
    ("name", "value"),
    [("webhook-id", "m2"), ("webhook-timestamp", str(int(NOW.timestamp()) - 1))],
)
def test_a21_id_and_time_are_signed_too(name: str, value: str) -> None:
    assert refusal({**headers("m1", NOW, BODY, [SECRET]), name: value}) == "signature_wrong"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_d4_a_missing_header_is_named(name: str) -> None:
    given = headers("m1", NOW, BODY, [SECRET])
    del given[name]
    with pytest.raises(NotSignedIn) as caught:
        verify(given, BODY, [SECRET], NOW)
    assert [(f.code, f.field) for f in caught.value.faults] == [("signature_missing", name)]


@pytest.mark.parametrize("timestamp", ["soon", "1e9", "-5", "１７７２４４２０００", "9" * 40])
def test_d4_a_time_that_is_no_number_is_told_so(timestamp: str) -> None:
    given = {**headers("m1", NOW, BODY, [SECRET]), "webhook-timestamp": timestamp}
    assert refusal(given) == "signature_time"


@pytest.mark.parametrize("signature", ["v1,", "v1", "v2,AAAA", "签名", "v1," + "A" * 43 + "="])
def test_a21_anything_else_in_place_of_a_signature_is_refused(signature: str) -> None:
    given = {**headers("m1", NOW, BODY, [SECRET]), "webhook-signature": signature}
    assert refusal(given) == "signature_wrong"


def test_a21_a_signature_of_another_version_is_not_taken_for_ours() -> None:
    given = headers("m1", NOW, BODY, [SECRET])
    given["webhook-signature"] = given["webhook-signature"].replace("v1,", "v2,")
    assert refusal(given) == "signature_wrong"


def test_a21_one_good_signature_among_several_is_enough() -> None:
    other = new_secret()
    assert verify(headers("m1", NOW, BODY, [other, SECRET]), BODY, [SECRET], NOW) == "m1"
    assert refusal(headers("m1", NOW, BODY, [other]), BODY, SECRET) == "signature_wrong"


def test_a21_names_of_headers_are_taken_in_any_case() -> None:
    given = {name.title(): value for name, value in headers("m1", NOW, BODY, [SECRET]).items()}
    assert verify(given, BODY, [SECRET], NOW) == "m1"


def test_d3_a_unit_without_a_system_looks_like_a_wrong_signature() -> None:
    given = headers("m1", NOW, BODY, [SECRET])
    door = Door(FakeTable(), Quota(per_minute=10, per_day=100), open_vault)
    with pytest.raises(NotSignedIn) as caught:
        verified("scjg", given, BODY, NOW, lambda: door)
    joined.shelf(door.table, open_vault).save(
        system(Secret(value=SECRET)), before=None, by="op", now=NOW
    )
    assert verified("scjg", given, BODY, NOW, lambda: door) == "m1"
    assert caught.value.faults[0].code == "signature_wrong"


def system(*secrets: Secret, state: SystemState = SystemState.ENABLED) -> System:
    return System(
        unit="scjg", url="https://x.example", secrets=secrets, state=state, joined_at=NOW,
        changed_at=NOW,
    )  # fmt: skip


def test_a21_two_secrets_are_valid_at_once_after_a_rotation_until_the_old_one_ends() -> None:
    rotated = system(Secret(value="a")).rotated("b", keep=timedelta(hours=24), now=NOW)
    assert rotated.valid_secrets(NOW + timedelta(hours=23)) == ("b", "a")
    assert rotated.valid_secrets(NOW + timedelta(hours=24)) == ("b",)


def test_a21_never_more_than_two_are_valid_and_a_leaked_one_ends_at_once() -> None:
    day = timedelta(hours=24)
    twice = (
        system(Secret(value="a")).rotated("b", keep=day, now=NOW).rotated("c", keep=day, now=NOW)
    )
    assert twice.valid_secrets(NOW) == ("c", "b")
    assert twice.rotated("d", keep=timedelta(0), now=NOW).valid_secrets(NOW) == ("d",)


def test_a21_a_disabled_system_may_still_send_and_one_that_left_may_not() -> None:
    assert system(Secret(value="a"), state=SystemState.DISABLED).valid_secrets(NOW) == ("a",)
    assert system(Secret(value="a"), state=SystemState.CLOSED).valid_secrets(NOW) == ()


def test_d1_a_secret_does_not_show_where_its_record_is_printed() -> None:
    assert "geheim" not in repr(system(Secret(value="geheim")))
