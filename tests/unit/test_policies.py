"""What functions may do: as little as their work needs, in their own stage alone."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from functions.shared.keys import Purpose
from functions.shared.settings import Settings
from infra.grants.words import UNDER_KEY
from infra.policies import GRANTS, policy

CHINA = Settings(stage="prod", account="111122223333", region="cn-north-1", partition="aws-cn")
MOST_CHARACTERS = 10_240  # of a role's inline policies, blanks not counted


def statements(function: str) -> Iterator[tuple[str, str]]:
    """Each allowed (action, resource) of a function."""
    for statement in policy(function, CHINA)["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                yield action, resource


@pytest.mark.parametrize("function", GRANTS)
def test_nothing_is_allowed_outside_the_stage_the_account_and_the_partition(function: str) -> None:
    for _, resource in statements(function):
        _, partition, service, region, account, name = resource.split(":", 5)
        assert partition == "aws-cn"
        if service == "s3":
            assert name.startswith("sanwei-prod-") and "-111122223333" in name
        else:
            assert (region, account) == ("cn-north-1", "111122223333")
            assert "sanwei-prod" in name or service == "kms"


def keys(function: str) -> Iterator[tuple[str, str, str, str]]:
    """Of each use of a key: action, the key's alias, which context is asked for, and its value."""
    for statement in policy(function, CHINA)["Statement"]:
        if any(":kms:" in resource for resource in statement["Resource"]):
            [alias] = statement["Condition"]["ForAnyValue:StringEquals"].items()
            [context] = statement["Condition"]["StringEquals"].items()
            for action in statement["Action"]:
                yield (action, "=".join(alias), *context)


@pytest.mark.parametrize("function", GRANTS)
def test_c8_a_key_is_used_only_by_its_alias_and_in_a_named_context(function: str) -> None:
    for action, alias, key, value in keys(function):
        assert alias == "kms:ResourceAliases=alias/sanwei-prod"
        assert action in ("kms:Decrypt", "kms:GenerateDataKey")
        if key == "kms:EncryptionContext:purpose":
            assert action == "kms:Decrypt" and value in set(Purpose)
        else:
            assert key == "kms:EncryptionContext:aws:s3:arn"
            assert value in {f"arn:aws-cn:s3:::{CHINA.bucket(name)}" for name in UNDER_KEY}


def test_c8_only_who_must_opens_identity_numbers_or_the_secrets_of_systems() -> None:
    def openers(purpose: Purpose) -> set[str]:
        asked = ("kms:EncryptionContext:purpose", purpose.value)
        return {name for name in GRANTS if any(one[2:] == asked for one in keys(name))}

    assert openers(Purpose.IDENTITY) == {"credit_rows", "credit_persons"}
    assert openers(Purpose.SYSTEMS) == {"api_handler", "push_deliver"}


def test_c8_nobody_replaces_a_data_key() -> None:
    key = "arn:aws-cn:s3:::sanwei-prod-config-111122223333/keys/identity.key"
    for function in GRANTS:
        for action, resource in statements(function):
            assert not (action == "s3:PutObject" and fnmatchcase(key, resource)), function


def test_c8_only_the_api_asks_for_a_person() -> None:
    called = {
        (name, resource.rpartition(":")[2])
        for name in GRANTS
        for action, resource in statements(name)
        if action == "lambda:InvokeFunction"
    }
    assert called == {("api_handler", "sanwei-prod-credit_persons")}


@pytest.mark.parametrize("function", GRANTS)
def test_nobody_deletes_or_holds_a_whole_service(function: str) -> None:
    actions = {action for action, _ in statements(function)}
    assert not any("*" in action for action in actions)
    assert not {"dynamodb:DeleteItem", "s3:DeleteObject"} & actions


def test_only_the_job_that_recomputes_from_everything_scans() -> None:
    scanning = [
        (function, resource.rpartition("-")[2])
        for function in GRANTS
        for action, resource in statements(function)
        if action == "dynamodb:Scan"
    ]
    assert scanning == [("supervision_retell", "supervision")]


def test_b7_only_who_must_starts_or_answers_the_recheck_machine() -> None:
    machine = "arn:aws-cn:states:cn-north-1:111122223333:stateMachine:sanwei-prod-recheck"

    def holders(action: str) -> set[str]:
        return {name for name in GRANTS if (f"states:{action}", machine) in statements(name)}

    assert holders("StartExecution") == {"inspections_timers", "inspections_due"}
    assert holders("SendTaskSuccess") == {"inspections_timers", "recheck_await"}
    others = {
        resource for name in GRANTS for action, resource in statements(name) if "states:" in action
    }
    executions = machine.replace("stateMachine", "execution") + ":*"
    assert others == {machine, executions}


@pytest.mark.parametrize("function", GRANTS)
def test_a_policy_fits_into_a_role(function: str) -> None:
    assert len("".join(str(policy(function, CHINA)).split())) < MOST_CHARACTERS


def test_only_the_seal_writes_roots_and_nobody_rewrites_the_trail() -> None:
    def writers(bucket: str) -> set[str]:
        arn = f"arn:aws-cn:s3:::sanwei-prod-{bucket}-111122223333/*"
        return {name for name in GRANTS if ("s3:PutObject", arn) in statements(name)}

    assert writers("trail-roots") == {"trail_seal"}
    assert writers("trail") == {"trail_archive"}


def test_a_function_without_a_row_has_no_policy() -> None:
    with pytest.raises(KeyError):
        policy("stranger", CHINA)


def test_d3_only_the_api_reads_the_pages_scripts_and_nothing_writes_them() -> None:
    site = "arn:aws-cn:s3:::sanwei-prod-site-111122223333"
    found = {
        (name, action)
        for name in GRANTS
        for action, resource in statements(name)
        if action.startswith("s3:") and fnmatchcase(f"{site}/portal.js", resource)
    }
    assert found == {("api_handler", "s3:GetObject")}
