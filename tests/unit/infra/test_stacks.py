"""Stacks against a scripted CloudFormation: made, changed, left alone, failed with a reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.stacks import StackFailed, Staging, apply, outputs, remove


class FakeCloudFormation:
    """One stack at most; `plan` scripts what the next change set or deletion comes to."""

    def __init__(self, status: str | None = None) -> None:
        self.status = status
        self.review: tuple[str, str] = ("CREATE_COMPLETE", "")
        self.comes_to = "CREATE_COMPLETE"
        self.breaks: list[tuple[str, str]] = []
        self.buckets: list[str] = []
        self.events: list[dict[str, str]] = [event("Old", "an older failure")]
        self.made: list[dict[str, Any]] = []
        self.calls: list[str] = []

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        if self.status is None:
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": f"{StackName} does not exist"}},
                "DescribeStacks",
            )
        stack = {
            "StackStatus": self.status,
            "StackId": f"id of {StackName}",
            "Outputs": [{"OutputKey": "Stream", "OutputValue": "an arn"}],
        }
        return {"Stacks": [stack]}

    def create_change_set(self, **request: Any) -> dict[str, str]:
        self.made.append(request)
        self.status = self.status or "REVIEW_IN_PROGRESS"
        return {"Id": "change"}

    def describe_change_set(self, **_: Any) -> dict[str, str]:
        status, reason = self.review
        return {"Status": status, "StatusReason": reason}

    def delete_change_set(self, **_: Any) -> None:
        self.calls.append("delete change set")

    def execute_change_set(self, **_: Any) -> None:
        self.calls.append("execute")
        self._settle()

    def delete_stack(self, **_: Any) -> None:
        self.calls.append("delete")
        if self.breaks:
            self.comes_to = "DELETE_FAILED"
            self._settle()
        else:
            self.status = None

    def get_paginator(self, operation: str) -> "FakeCloudFormation":
        self.operation = operation
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        if self.operation == "describe_stack_events":
            yield {"StackEvents": list(self.events)}
        else:
            yield {
                "StackResourceSummaries": [
                    {
                        "ResourceType": "AWS::S3::Bucket",
                        "ResourceStatus": "CREATE_COMPLETE",
                        "PhysicalResourceId": bucket,
                    }
                    for bucket in self.buckets
                ]
            }

    def _settle(self) -> None:
        self.status = self.comes_to
        self.events[:0] = [event(name, reason) for name, reason in self.breaks]


class FakeS3:
    """Versions by bucket."""

    def __init__(self, versions: dict[str, list[str]]) -> None:
        self.versions = versions
        self.meta = self
        self.endpoint_url = "https://s3.example"

    def get_paginator(self, operation: str) -> "FakeS3":
        assert operation == "list_object_versions"
        return self

    def paginate(self, *, Bucket: str) -> Iterator[dict[str, Any]]:
        yield {"Versions": [{"Key": key, "VersionId": "1"} for key in self.versions[Bucket]]}

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> None:
        for one in Delete["Objects"]:
            self.versions[Bucket].remove(one["Key"])

    def put_object(self, *, Bucket: str, Key: str, Body: bytes) -> None:
        self.versions[Bucket].append(Key)


def event(resource: str, reason: str) -> dict[str, str]:
    return {
        "EventId": f"{resource} {reason}",
        "LogicalResourceId": resource,
        "ResourceType": "AWS::SQS::Queue",
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": reason,
    }


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "stack.yaml"
    path.write_text("Resources: {}")
    return path


def bring(client: FakeCloudFormation, template: Path, **options: Any) -> dict[str, str]:
    fake: Any = client
    return apply(fake, "city", template, {"Stage": "dev"}, poll_seconds=0, **options)


def take_away(client: FakeCloudFormation, s3: FakeS3) -> bool:
    fakes: tuple[Any, Any] = (client, s3)
    return remove(fakes[0], "city", fakes[1], poll_seconds=0)


def test_a_stack_that_is_not_there_is_created_and_its_outputs_come_back(template: Path) -> None:
    client = FakeCloudFormation()
    assert bring(client, template) == {"Stream": "an arn"}
    assert client.made[0]["ChangeSetType"] == "CREATE"
    assert client.made[0]["Parameters"] == [{"ParameterKey": "Stage", "ParameterValue": "dev"}]
    assert client.calls == ["execute"]


def test_a_stack_that_stands_is_updated(template: Path) -> None:
    client = FakeCloudFormation("UPDATE_COMPLETE")
    client.comes_to = "UPDATE_COMPLETE"
    bring(client, template)
    assert client.made[0]["ChangeSetType"] == "UPDATE"


def test_no_change_is_fine_and_leaves_no_change_set_behind(template: Path) -> None:
    client = FakeCloudFormation("CREATE_COMPLETE")
    client.review = ("FAILED", "The submitted information didn't contain changes.")
    assert bring(client, template) == {"Stream": "an arn"}
    assert client.calls == ["delete change set"]


def test_a_change_set_that_is_refused_says_why(template: Path) -> None:
    client = FakeCloudFormation("CREATE_COMPLETE")
    client.review = ("FAILED", "Parameter Stage is not allowed")
    with pytest.raises(StackFailed, match="stack city: Parameter Stage is not allowed"):
        bring(client, template)


def test_a_failure_names_the_resource_and_neither_what_followed_nor_what_was_before(
    template: Path,
) -> None:
    client = FakeCloudFormation()
    client.comes_to = "ROLLBACK_COMPLETE"
    client.breaks = [("Second", "Resource creation cancelled"), ("First", "name is taken")]
    with pytest.raises(StackFailed) as failure:
        bring(client, template)
    assert str(failure.value) == "stack city: First (AWS::SQS::Queue): name is taken"


def test_a_stack_that_never_stood_is_deleted_and_created_anew(template: Path) -> None:
    client = FakeCloudFormation("ROLLBACK_COMPLETE")
    bring(client, template)
    assert client.calls == ["delete", "execute"]
    assert client.made[0]["ChangeSetType"] == "CREATE"


def test_a_large_template_is_read_from_a_bucket(template: Path) -> None:
    template.write_text("#" * 60_000)
    s3: Any = FakeS3({"config": []})
    client = FakeCloudFormation()
    bring(client, template, staging=Staging(s3, "config"))
    (key,) = s3.versions["config"]
    assert client.made[0]["TemplateURL"] == f"https://s3.example/config/{key}"
    assert "TemplateBody" not in client.made[0]


def test_what_is_kept_beside_templates_has_another_key_for_every_other_text() -> None:
    """A changed definition of the state machine changes the stack that names its key."""
    s3: Any = FakeS3({"config": []})
    staging = Staging(s3, "config")
    texts = ("{}", "{ }", "{}")
    one, other, same = (staging.keep(text, ".asl.json") for text in texts)
    assert one == same != other
    assert s3.versions["config"] == [one, other, same]


def test_a_large_template_without_a_bucket_is_refused_before_anything_happens(
    template: Path,
) -> None:
    template.write_text("#" * 60_000)
    client = FakeCloudFormation("CREATE_COMPLETE")
    with pytest.raises(StackFailed, match="needs a bucket"):
        bring(client, template)
    assert client.made == []


def test_removal_empties_the_buckets_first() -> None:
    client = FakeCloudFormation("CREATE_COMPLETE")
    client.buckets = ["trail"]
    s3 = FakeS3({"trail": ["a", "b"], "other": ["c"]})
    assert take_away(client, s3)
    assert s3.versions == {"trail": [], "other": ["c"]}
    assert client.calls == ["delete"]


def test_removal_of_what_is_not_there_is_no_error() -> None:
    assert not take_away(FakeCloudFormation(), FakeS3({}))


def test_a_removal_that_is_refused_says_by_what() -> None:
    client = FakeCloudFormation("CREATE_COMPLETE")
    client.breaks = [("RegistryTable", "deletion protection is enabled")]
    with pytest.raises(StackFailed, match="RegistryTable .*: deletion protection is enabled"):
        take_away(client, FakeS3({}))


def test_outputs_of_a_stack_that_is_not_there_are_an_error() -> None:
    client: Any = FakeCloudFormation()
    with pytest.raises(StackFailed, match="does not exist"):
        outputs(client, "city")
