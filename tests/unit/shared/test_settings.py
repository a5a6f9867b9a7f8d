"""Settings are validated, and every name follows from the stage."""

import pytest
from pydantic import ValidationError

from functions.shared.settings import read


def test_names_follow_from_the_stage() -> None:
    config = read(
        {
            "SANWEI_STAGE": "dev",
            "SANWEI_ACCOUNT": "123456789012",
            "AWS_REGION": "cn-north-1",
            "SANWEI_PARTITION": "aws-cn",
        }
    )
    assert config.resource("push-deliver") == "sanwei-dev-push-deliver"
    assert config.bucket("trail") == "sanwei-dev-trail-123456789012"
    assert (
        config.topic_arn("city-events")
        == "arn:aws-cn:sns:cn-north-1:123456789012:sanwei-dev-city-events"
    )
    assert (
        config.machine_arn("recheck")
        == "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:sanwei-dev-recheck"
    )


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("SANWEI_STAGE", "", "stage"),
        ("SANWEI_STAGE", "Prod!", "stage"),
        ("SANWEI_ACCOUNT", "12", "account"),
        ("SANWEI_PARTITION", "gcp", "partition"),
        ("SANWEI_TIMERS", "sundial", "timers"),
        ("SANWEI_ISSUER", "issuer.example/pool", "issuer"),
        ("SANWEI_ISSUER", "https://issuer.example/?a=b", "issuer"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str, field: str) -> None:
    with pytest.raises(ValidationError) as error:
        read({"SANWEI_STAGE": "dev", name: value})
    assert error.value.errors()[0]["loc"] == (field,)


def test_the_keys_stand_with_the_issuer_unless_told_otherwise() -> None:
    issuer = "https://issuer.example/pool"
    assert read({"SANWEI_STAGE": "dev", "SANWEI_ISSUER": issuer}).keys_url == (
        f"{issuer}/.well-known/jwks.json"
    )
    assert read({"SANWEI_STAGE": "dev", "SANWEI_KEYS": "http://127.0.0.1/k"}).keys_url == (
        "http://127.0.0.1/k"
    )


def test_b7_the_machine_waits_for_rechecks_unless_the_sweep_is_asked_for() -> None:
    assert read({"SANWEI_STAGE": "dev"}).timers == "machine"
    assert read({"SANWEI_STAGE": "dev", "SANWEI_TIMERS": "sweep"}).timers == "sweep"
