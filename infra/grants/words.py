"""The words of the table of rights: what reading, counting, consuming … take of each service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on one resource; `kind` says of which service, `path` which part of it."""

    actions: tuple[str, ...]
    kind: str
    name: str
    path: str = ""


UNDER_KEY = frozenset({"credit"})
_TAKES = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def reads(table: str) -> tuple[Grant, ...]:
    """No Scan: nothing in a request or a sweep may ask for a whole table."""
    actions = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
    return (
        Grant(actions, "table", table),
        Grant(("dynamodb:Query",), "table", table, "/index/*"),
    )


def writes(table: str) -> tuple[Grant, ...]:
    """Whole records, each over the version before it: nothing is deleted or changed in part."""
    return (*reads(table), Grant(("dynamodb:PutItem",), "table", table))


def counts(table: str) -> tuple[Grant, ...]:
    """Writes records, and adds to figures: the one change in part."""
    return (*writes(table), Grant(("dynamodb:UpdateItem",), "table", table))


def follows(table: str) -> tuple[Grant, ...]:
    """Reads a table's stream; what its mapping gives up on lands in the bucket of failures."""
    actions = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
    return (
        Grant((*actions, "dynamodb:ListStreams"), "table", table, "/stream/*"),
        Grant(("s3:ListBucket",), "bucket", "failures"),
        Grant(("s3:PutObject",), "bucket", "failures", "/*"),
    )


def consumes(queue: str) -> tuple[Grant, ...]:
    """What cannot be handled is put among the dead letters, with its reason."""
    actions = (*_TAKES, "sqs:ChangeMessageVisibility")
    return (Grant(actions, "queue", queue), *sends(f"{queue}-dead"))


def sends(*queues: str) -> tuple[Grant, ...]:
    return tuple(Grant(("sqs:SendMessage", "sqs:GetQueueUrl"), "queue", name) for name in queues)


def redrives(*queues: str) -> tuple[Grant, ...]:
    """Looks into queues that nobody consumes and takes out what was sent again."""
    actions = (*_TAKES, "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl")
    return tuple(Grant(actions, "queue", name) for name in queues)


ANNOUNCES = (Grant(("sns:Publish",), "topic", "city-events"),)


def gets(bucket: str, path: str = "/*") -> tuple[Grant, ...]:
    """Listing as well: without it a missing object looks like a forbidden one."""
    return (
        Grant(("s3:GetObject",), "bucket", bucket, path),
        Grant(("s3:ListBucket",), "bucket", bucket),
        *_under_key(bucket, "kms:Decrypt"),
    )


def puts(bucket: str, path: str = "/*") -> tuple[Grant, ...]:
    """Of a file in parts, S3 reads the key again with each."""
    stored = Grant(("s3:PutObject",), "bucket", bucket, path)
    return (stored, *_under_key(bucket, "kms:Decrypt", "kms:GenerateDataKey"))


def _under_key(bucket: str, *actions: str) -> tuple[Grant, ...]:
    """What S3 does in one's name to the key of a bucket that has one, for that bucket alone."""
    return (Grant(actions, "bucket key", bucket),) if bucket in UNDER_KEY else ()


def unwraps(purpose: str) -> tuple[Grant, ...]:
    """Opens the data key of one purpose, and so all that is sealed for it (C8)."""
    return (
        Grant(("kms:Decrypt",), "data key", purpose),
        Grant(("s3:GetObject",), "bucket", "config", f"/keys/{purpose}.key"),
        Grant(("s3:ListBucket",), "bucket", "config"),
    )


def calls(*functions: str) -> tuple[Grant, ...]:
    """Calls a function and waits for what it says."""
    return tuple(Grant(("lambda:InvokeFunction",), "function", name) for name in functions)


def scans(table: str) -> tuple[Grant, ...]:
    """For the job that recomputes from everything, and for nothing else."""
    return (Grant(("dynamodb:Scan",), "table", table),)


def of_each(grants: Callable[[str], tuple[Grant, ...]], *tables: str) -> tuple[Grant, ...]:
    return tuple(grant for table in tables for grant in grants(table))
