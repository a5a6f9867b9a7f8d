"""What each function may do, and nothing else: one table, made into IAM policies at deployment.

A function without a row in infra/grants is not deployed. Names are short ones of this deployment:
a table, a queue, a bucket, the topic.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from functions.shared.settings import Settings
from infra.grants.city import CITY
from infra.grants.credit import CREDIT, DISCIPLINE
from infra.grants.names import DEAD, PARKED, QUEUES, STREAMS
from infra.grants.words import Grant

__all__ = ["DEAD", "GRANTS", "PARKED", "QUEUES", "STREAMS", "arn", "policy"]

Policy = dict[str, Any]
GRANTS: Mapping[str, tuple[Grant, ...]] = {**CITY, **CREDIT, **DISCIPLINE}


def policy(function: str, target: Settings) -> Policy:
    """The IAM policy of a function of one stage; raises KeyError for one without a row."""
    merged: dict[tuple[tuple[str, ...], str], set[str]] = {}
    for grant in GRANTS[function]:
        condition = json.dumps(_condition(grant, target), sort_keys=True)
        merged.setdefault((tuple(sorted(grant.actions)), condition), set()).add(arn(grant, target))
    statements = [
        _allow(actions, sorted(arns)) | json.loads(condition)
        for (actions, condition), arns in sorted(merged.items())
    ]
    return {"Version": "2012-10-17", "Statement": [_logs(target), *statements]}


def arn(grant: Grant, target: Settings) -> str:
    """The resource of a grant in one stage, account, region and partition."""
    where = f"{target.region}:{target.account}"
    start = f"arn:{target.partition}"
    name = target.resource(grant.name)
    match grant.kind:
        case "table":
            return f"{start}:dynamodb:{where}:table/{name}{grant.path}"
        case "queue":
            return f"{start}:sqs:{where}:{name}"
        case "topic":
            return f"{start}:sns:{where}:{name}"
        case "function":
            return f"{start}:lambda:{where}:function:{name}"
        case "machine":
            return f"{start}:states:{where}:stateMachine:{name}"
        case "execution":
            return f"{start}:states:{where}:execution:{name}:*"
        case "bucket":
            return f"{start}:s3:::{target.bucket(grant.name)}{grant.path}"
        case "data key" | "bucket key":
            return f"{start}:kms:{where}:key/*"
    raise ValueError(f"no such kind of resource: {grant.kind}")


def _condition(grant: Grant, target: Settings) -> Policy:
    """On the key service's key: its id is not known before it stands, so its alias is asked; and
    what it may be used for is the context in which something was encrypted."""
    match grant.kind:
        case "data key":
            context: Policy = {"kms:EncryptionContext:purpose": grant.name}
        case "bucket key":
            bucket = f"arn:{target.partition}:s3:::{target.bucket(grant.name)}"
            context = {"kms:EncryptionContext:aws:s3:arn": bucket}
        case _:
            return {}
    alias = {"kms:ResourceAliases": target.key_alias}
    return {"Condition": {"ForAnyValue:StringEquals": alias, "StringEquals": context}}


def _logs(target: Settings) -> Policy:
    group = f"arn:{target.partition}:logs:{target.region}:{target.account}:log-group"
    prefix = f"{group}:/aws/lambda/sanwei-{target.stage}"
    actions = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    # Two of them, so that stage `dev` cannot write the log of stage `dev2`.
    return _allow(actions, [f"{prefix}:*", f"{prefix}-*"])


def _allow(actions: tuple[str, ...], resources: list[str]) -> Policy:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}
