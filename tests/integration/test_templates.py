"""The templates keep the promises that the code relies on: names, ways out, time to work."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml  # type: ignore[import-untyped]

from infra import policies, stacks
from infra.stacks import MOST_INLINE_BYTES

ROOT = Path(__file__).parents[2]
FOUNDATIONS = [ROOT / "infra" / f"{name}.yaml" for name in stacks.FOUNDATIONS]
WIRING = ROOT / "infra/wiring.yaml"
PREFIX = "sanwei-${Stage}-"
MOST_STAGED_BYTES = 1_000_000


def resources(template: Path, kind: str) -> dict[str, dict[str, Any]]:
    """Logical id to properties of every resource of one type."""
    found = cfn_yaml.load(str(template))["Resources"]
    return {name: one["Properties"] for name, one in found.items() if one["Type"] == kind}


def named(value: Any) -> str:
    """The short name behind `!Sub …sanwei-${Stage}-<name>`."""
    return str(value["Fn::Sub"]).rpartition(PREFIX)[2]


def founded(kind: str) -> dict[str, dict[str, Any]]:
    """The same of all that a stage stands on."""
    return {name: one for file in FOUNDATIONS for name, one in resources(file, kind).items()}


QUEUES = {named(one["QueueName"]): one for one in founded("AWS::SQS::Queue").values()}
WORKED = sorted(n for n in QUEUES if not n.endswith(("-dead", "-parked")))
MAPPINGS = resources(WIRING, "AWS::Lambda::EventSourceMapping")
QUEUE_MAPPINGS = {
    named(one["EventSourceArn"]): one for one in MAPPINGS.values() if "StartingPosition" not in one
}
STREAM_MAPPINGS = [one for one in MAPPINGS.values() if "StartingPosition" in one]
ALARMS = {
    named(one["AlarmName"]): one for one in resources(WIRING, "AWS::CloudWatch::Alarm").values()
}


def seconds_of(function: str) -> int:
    """The timeout that .chalice/config.json gives a function."""
    config = json.loads((ROOT / ".chalice/config.json").read_text())
    own = config["lambda_functions"].get(function, {})
    return int(own.get("lambda_timeout", config["lambda_timeout"]))


@pytest.mark.parametrize("queue", WORKED)
def test_a_queue_its_function_and_its_alarm_have_one_name(queue: str) -> None:
    assert named(QUEUE_MAPPINGS[queue]["FunctionName"]) == queue.replace("-", "_")
    (dimension,) = ALARMS[queue]["Dimensions"]
    assert named(dimension["Value"]) == f"{queue}-dead"


@pytest.mark.parametrize("queue", WORKED)
def test_a_message_that_fails_five_times_goes_to_the_dead_letters_of_its_queue(queue: str) -> None:
    policy = QUEUES[queue]["RedrivePolicy"]
    target, attribute = policy["deadLetterTargetArn"]["Fn::GetAtt"]
    dead = founded("AWS::SQS::Queue")[target]
    assert (named(dead["QueueName"]), attribute) == (f"{queue}-dead", "Arn")
    assert policy["maxReceiveCount"] == 5


@pytest.mark.parametrize("queue", WORKED)
def test_a_message_is_hidden_six_times_as_long_as_its_function_may_work(queue: str) -> None:
    assert QUEUES[queue]["VisibilityTimeout"] >= 6 * seconds_of(queue.replace("-", "_"))


@pytest.mark.parametrize("queue", WORKED)
def test_a_poison_message_is_returned_alone(queue: str) -> None:
    mapping = QUEUE_MAPPINGS[queue]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert "MaximumConcurrency" in mapping["ScalingConfig"]


@pytest.mark.parametrize("name", sorted(QUEUES))
def test_every_queue_keeps_for_fourteen_days_and_encrypts(name: str) -> None:
    assert QUEUES[name]["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert QUEUES[name]["SqsManagedSseEnabled"] is True


def test_every_mapping_belongs_to_a_queue_and_every_queue_has_one() -> None:
    assert sorted(QUEUE_MAPPINGS) == WORKED


def test_the_queues_are_those_that_functions_have_rights_on() -> None:
    assert sorted(policies.QUEUES) == WORKED
    assert {name for name in QUEUES if name.endswith("-parked")} == set(policies.PARKED)


def test_b7_the_machine_gets_every_name_it_leaves_open_and_calls_its_functions_only() -> None:
    machine = resources(WIRING, "AWS::StepFunctions::StateMachine")["RecheckMachine"]
    definition = (ROOT / "infra/recheck.asl.json").read_text(encoding="utf-8")
    assert set(machine["DefinitionSubstitutions"]) == set(re.findall(r"\$\{(\w+)\}", definition))
    [policy] = resources(WIRING, "AWS::IAM::Role")["RecheckRole"]["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    called = set(re.findall(r"function:sanwei-\$\{Stage\}-(\w+)", definition))
    assert {named(one) for one in statement["Resource"]} == called


def test_a_stream_has_two_readers_at_most() -> None:
    readers: dict[str, list[str]] = {}
    for mapping in STREAM_MAPPINGS:
        source = str(mapping["EventSourceArn"]["Ref"])
        readers.setdefault(source, []).append(named(mapping["FunctionName"]))
    assert readers == {
        "RegistryStream": ["registry_publish", "trail_archive"],
        "SupervisionStream": ["supervision_publish", "trail_archive"],
        "AlertsStream": ["alerts_publish", "trail_archive"],
        "CluesStream": ["clues_publish", "trail_archive"],
        "InspectionsStream": ["inspections_publish", "trail_archive"],
        "CreditStream": ["credit_publish", "trail_archive"],
        "DisciplineStream": ["discipline_publish", "trail_archive"],
        "WorklistStream": ["trail_archive"],
        "ReportsStream": ["trail_archive"],
        "InterfacesStream": ["trail_archive"],
    }


def test_a_stream_reader_starts_at_the_beginning_and_gives_up_into_a_bucket() -> None:
    for mapping in STREAM_MAPPINGS:
        assert mapping["StartingPosition"] == "TRIM_HORIZON"
        assert mapping["BisectBatchOnFunctionError"] is True
        bounded_by_age = mapping.get("MaximumRecordAgeInSeconds", 0) > 0
        assert 0 < mapping["MaximumRetryAttempts"] <= (10_000 if bounded_by_age else 10)
        assert "-failures-" in mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::Sub"]


def test_every_function_that_is_driven_has_an_alarm_on_its_errors() -> None:
    driven = {named(mapping["FunctionName"]) for mapping in MAPPINGS.values()}
    watched = {
        named(alarm["Dimensions"][0]["Value"])
        for alarm in ALARMS.values()
        if alarm["MetricName"] == "Errors" and "-" in alarm["Dimensions"][0]["Value"]["Fn::Sub"]
    }
    assert driven - watched == set()


def test_every_table_streams_old_and_new_is_restorable_and_encrypted() -> None:
    tables = founded("AWS::DynamoDB::Table")
    assert {named(one["TableName"]) for one in tables.values()} == set(policies.STREAMS)
    for table in tables.values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}


def test_only_the_streams_that_somebody_reads_leave_the_foundation() -> None:
    outputs = {one for file in FOUNDATIONS for one in cfn_yaml.load(str(file))["Outputs"]}
    parameters = cfn_yaml.load(str(WIRING))["Parameters"]
    streams = {name for name in outputs if name.endswith("Stream")}
    assert streams == {name for name in parameters if name.endswith("Stream")}


@pytest.mark.parametrize(
    ("template", "most"),
    [*((file, MOST_INLINE_BYTES) for file in FOUNDATIONS), (WIRING, MOST_STAGED_BYTES)],
)
def test_a_template_fits_where_it_is_read_from_and_into_every_partition(
    template: Path, most: int
) -> None:
    """What is larger is read from a bucket that the foundation first makes."""
    text = template.read_text(encoding="utf-8")
    assert len(text.encode()) <= most
    assert "arn:aws" not in text
    assert "amazonaws.com/" not in text


def test_a_template_is_told_what_it_asks_for_and_nothing_else() -> None:
    for file in FOUNDATIONS:
        asked = cfn_yaml.load(str(file))["Parameters"]
        assert set(stacks.FOUNDATIONS[file.stem]) == set(asked), file.stem


def test_c8_the_key_turns_every_year_and_nobody_is_named_in_it_but_the_account() -> None:
    [key] = founded("AWS::KMS::Key").values()
    assert key["EnableKeyRotation"] is True
    [statement] = key["KeyPolicy"]["Statement"]
    assert str(statement["Principal"]["AWS"]["Fn::Sub"]).endswith(":root")


def test_c8_batches_lie_under_the_key_and_are_forgotten() -> None:
    [bucket] = resources(FOUNDATIONS[1], "AWS::S3::Bucket").values()
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["BucketKeyEnabled"] is True  # policies ask for the bucket as the context
    days = {
        one["Prefix"]: one["ExpirationInDays"] for one in bucket["LifecycleConfiguration"]["Rules"]
    }
    assert days == {"in/": 180, "raw/": 180, "checked/": 180, "settled/": 180}


def test_no_bucket_can_be_opened_to_everybody() -> None:
    for bucket in founded("AWS::S3::Bucket").values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
