"""CloudFormation stacks through change sets: no change is fine, a failure says what failed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

Outputs = dict[str, str]

FOUNDATIONS = {
    "foundation": (
        *("Stage", "AlarmEmail", "Protected", "RootsKeptDays", "Identity", "Issuer", "SiteUrl"),
    ),
    "foundation-credit": ("Stage", "Protected"),
    "foundation-site": ("Stage",),
}
"""The templates that a stage stands on, in their order, and what each is told."""
MOST_INLINE_BYTES = 51_200  # of a TemplateBody; larger ones are read from a bucket
_MOST_SECONDS = 3600.0
_UNCHANGED = ("didn't contain changes", "No updates are to be performed")
# A stack that never stood can only be deleted; one under review is still to be created.
_NEVER_STOOD = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
_GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}


class StackFailed(Exception):
    """A stack could not be brought to its template; the text names the resource and the reason."""


@dataclass(frozen=True, slots=True)
class Staging:
    """The bucket that CloudFormation reads from what is too large for a request."""

    client: S3Client
    bucket: str

    def put(self, body: str) -> str:
        """Stores a template and returns the address that CloudFormation reads."""
        return f"{self.client.meta.endpoint_url}/{self.bucket}/{self.keep(body, '.yaml')}"

    def keep(self, body: str, suffix: str) -> str:
        """Stores a text and returns its key, another one for every other text: so a change of it
        changes the stack."""
        key = f"templates/{hashlib.sha256(body.encode()).hexdigest()}{suffix}"
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body.encode())
        return key


def apply(
    client: CloudFormationClient,
    name: str,
    template: Path,
    parameters: Mapping[str, str],
    *,
    staging: Staging | None = None,
    poll_seconds: float = 2.0,
) -> Outputs:
    """Brings stack `name` to `template`, created if need be, and returns its outputs.

    Raises StackFailed with the failing resource's reason, also where the template is too large for
    a request and no `staging` is given.
    """
    stack = _describe(client, name)
    if stack and stack["StackStatus"] in _NEVER_STOOD:
        _delete(client, name, poll_seconds)
        stack = None
    exists = stack is not None and stack["StackStatus"] != "REVIEW_IN_PROGRESS"
    change = client.create_change_set(
        StackName=name,
        ChangeSetName=f"{name}-{time.monotonic_ns()}",
        ChangeSetType="UPDATE" if exists else "CREATE",
        Capabilities=["CAPABILITY_NAMED_IAM"],  # the role of the state machine
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        **_source(template, staging),
    )["Id"]
    if _reviewed(client, name, change, poll_seconds):
        seen = _events_seen(client, name)
        client.execute_change_set(StackName=name, ChangeSetName=change)
        status = _settled(client, name, poll_seconds)
        if status not in _GOOD:
            raise StackFailed(f"stack {name}: {_reasons(client, name, seen) or status}")
    return outputs(client, name)


def outputs(client: CloudFormationClient, name: str) -> Outputs:
    """The outputs of a standing stack; raises StackFailed where there is none."""
    stack = _describe(client, name)
    if stack is None:
        raise StackFailed(f"stack {name} does not exist")
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def remove(
    client: CloudFormationClient, name: str, s3: S3Client, *, poll_seconds: float = 2.0
) -> bool:
    """Deletes stack `name` with everything in its buckets; False where there was none.

    Raises StackFailed where something refuses: a protected table, a bucket under Object Lock.
    """
    if _describe(client, name) is None:
        return False
    pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
    for resource in (one for page in pages for one in page["StackResourceSummaries"]):
        standing = resource["ResourceStatus"] != "DELETE_COMPLETE"
        if resource["ResourceType"] == "AWS::S3::Bucket" and standing:
            _empty(s3, resource["PhysicalResourceId"])
    _delete(client, name, poll_seconds)
    return True


def _source(template: Path, staging: Staging | None) -> dict[str, Any]:
    body = template.read_text(encoding="utf-8")
    if len(body.encode()) <= MOST_INLINE_BYTES:
        return {"TemplateBody": body}
    if staging is None:
        raise StackFailed(f"{template.name} is over {MOST_INLINE_BYTES} bytes and needs a bucket")
    return {"TemplateURL": staging.put(body)}


def _describe(client: CloudFormationClient, name: str) -> Any | None:
    try:
        stack = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def _reviewed(client: CloudFormationClient, name: str, change: str, poll: float) -> bool:
    """Whether the change set has something to execute; one without is dropped again."""
    for _ in _patiently(poll, f"change set of {name}"):
        found = client.describe_change_set(StackName=name, ChangeSetName=change)
        if found["Status"] == "CREATE_COMPLETE":
            return True
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "")
            client.delete_change_set(StackName=name, ChangeSetName=change)
            if any(text in reason for text in _UNCHANGED):
                return False
            raise StackFailed(f"stack {name}: {reason}")
    raise AssertionError


def _settled(client: CloudFormationClient, name: str, poll: float) -> str:
    """The status in which the stack comes to rest; DELETE_COMPLETE where it is gone."""
    for _ in _patiently(poll, f"stack {name}"):
        stack = _describe(client, name)
        status = str(stack["StackStatus"]) if stack else "DELETE_COMPLETE"
        if not status.endswith("IN_PROGRESS") or status in _GOOD:
            return status
    raise AssertionError


def _patiently(poll: float, what: str) -> Iterator[None]:
    end = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(poll)
    raise StackFailed(f"{what}: still in progress after {_MOST_SECONDS:.0f} seconds")


def _delete(client: CloudFormationClient, name: str, poll: float) -> None:
    seen = _events_seen(client, name)
    stack_id = _describe(client, name)["StackId"]  # type: ignore[index]  # it was just described
    client.delete_stack(StackName=name)
    status = _settled(client, name, poll)
    if status != "DELETE_COMPLETE":
        raise StackFailed(f"stack {name}: {_reasons(client, stack_id, seen) or status}")


def _events_seen(client: CloudFormationClient, name: str) -> set[str]:
    return {event["EventId"] for event in _events(client, name)}


def _events(client: CloudFormationClient, name: str) -> Iterator[Any]:
    for page in client.get_paginator("describe_stack_events").paginate(StackName=name):
        yield from page["StackEvents"]


def _reasons(client: CloudFormationClient, name: str, seen: set[str]) -> str:
    """What failed since the events in `seen`, oldest first, without the cancellations after it."""
    failed = [
        f"{event['LogicalResourceId']} ({event.get('ResourceType', '?')}): {reason}"
        for event in _events(client, name)
        if event["EventId"] not in seen
        and event["ResourceStatus"].endswith("_FAILED")
        and (reason := event.get("ResourceStatusReason", ""))
        and "cancelled" not in reason
        and event["LogicalResourceId"] != name
    ]
    return "; ".join(reversed(failed))


def _empty(s3: S3Client, bucket: str) -> None:
    """Deletes every version of every object; what Object Lock holds then fails the deletion."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        keys: list[ObjectIdentifierTypeDef] = [
            {"Key": one["Key"], "VersionId": one["VersionId"]} for one in versions
        ]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
