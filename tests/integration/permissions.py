"""Whether each function may do what its code does: every AWS call is held against its policy.

A call belongs to the function on whose stack it is made, so every test that runs functions on
moto proves their policies, too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from types import FrameType
from typing import Any

from botocore.handlers import BUILTIN_HANDLERS
from botocore.model import OperationModel

from functions.shared.settings import Settings, settings
from infra.grants.words import UNDER_KEY
from infra.policies import GRANTS, policy

Params = Mapping[str, Any]
Context = Mapping[str, str]
_CONTEXT = "kms:EncryptionContext:"

_ACTIONS = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sns:PublishBatch": "sns:Publish",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:DeleteObjects": "s3:DeleteObject",
    "lambda:Invoke": "lambda:InvokeFunction",
}
_UNDER_KEY = {"GetObject": ("kms:Decrypt",), "PutObject": ("kms:GenerateDataKey",)}
_KEY = "arn:{t.partition}:kms:{t.region}:{t.account}:key/some"
_TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


@contextmanager
def watched() -> Iterator[list[str]]:
    """The calls that functions make meanwhile and may not make, as sentences."""
    refused: list[str] = []

    def watch(params: Params, model: OperationModel, **_: object) -> None:
        if (function := running()) is None:
            return
        service = model.service_model.service_name
        for action, resource, context in needed(service, model.name, params, settings()):
            if not allowed(function, action, resource, settings(), context):
                refused.append(f"{function} may not {action} on {resource}{_told(context)}")

    handler = ("provide-client-params", watch)
    BUILTIN_HANDLERS.append(handler)
    try:
        yield refused
    finally:
        BUILTIN_HANDLERS.remove(handler)


def running() -> str | None:
    """The function on whose stack we are: a consumer by its name, else the API."""
    frame: FrameType | None = sys._getframe()
    while frame := frame.f_back if frame else None:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.endswith("consumers") and name in GRANTS:
            return name
        if module == "chalice.app" and name == "_get_view_function_response":
            return "api_handler"
    return None


def needed(
    service: str, operation: str, params: Params, target: Settings
) -> Iterator[tuple[str, str, Context]]:
    """The actions that a call needs, each with its resource, and with the context in which a key is
    used."""
    if service == "kms":
        yield f"kms:{operation}", _KEY.format(t=target), params.get("EncryptionContext", {})
        return
    for action, resource in _plainly(service, operation, params, target):
        yield action, resource, {}
    bucket = params.get("Bucket")
    if service == "s3" and bucket in {target.bucket(name) for name in UNDER_KEY}:
        for action in _UNDER_KEY.get(operation, ()):
            arn = f"arn:{target.partition}:s3:::{bucket}"
            yield action, _KEY.format(t=target), {"aws:s3:arn": arn}


def _plainly(
    service: str, operation: str, params: Params, target: Settings
) -> Iterator[tuple[str, str]]:
    action = f"{service}:{operation}"
    where = f"{target.region}:{target.account}"
    match service:
        case "dynamodb":
            table = f"arn:{target.partition}:dynamodb:{where}:table/"
            for name, verb in _tables(operation, params):
                yield f"dynamodb:{verb}", table + name
        case "sqs":
            name = params.get("QueueName") or str(params["QueueUrl"]).rpartition("/")[2]
            yield _ACTIONS.get(action, action), f"arn:{target.partition}:sqs:{where}:{name}"
        case "sns":
            yield _ACTIONS.get(action, action), str(params["TopicArn"])
        case "s3":
            key = f"/{params['Key']}" if "Key" in params else ""
            bucket = f"arn:{target.partition}:s3:::{params['Bucket']}"
            yield _ACTIONS.get(action, action), bucket + key
        case "lambda":
            name = str(params["FunctionName"])
            yield _ACTIONS[action], f"arn:{target.partition}:lambda:{where}:function:{name}"
        case "stepfunctions":
            machine = f"arn:{target.partition}:states:{where}:stateMachine"
            asked = params.get("stateMachineArn") or params.get("executionArn")
            named = str(asked or f"{machine}:{target.resource('recheck')}")  # a token names none
            yield action.replace("stepfunctions", "states"), named
        case _:
            yield action, "*"


def _tables(operation: str, params: Params) -> Iterator[tuple[str, str]]:
    if operation.startswith("Transact"):
        for item in params["TransactItems"]:
            for verb, one in item.items():
                yield one["TableName"], _TRANSACTED[verb]
    elif operation.startswith("Batch"):
        for table in params["RequestItems"]:
            yield table, operation
    elif index := params.get("IndexName"):
        yield f"{params['TableName']}/index/{index}", operation
    else:
        yield params["TableName"], operation


def allowed(function: str, action: str, resource: str, target: Settings, context: Context) -> bool:
    """Whether a function's policy allows an action on a resource, of a key in that context."""
    return any(
        action in statement["Action"]
        and any(fnmatchcase(resource, pattern) for pattern in statement["Resource"])
        and _holds(statement.get("Condition", {}), context)
        for statement in policy(function, target)["Statement"]
    )


def _holds(condition: Mapping[str, Any], context: Context) -> bool:
    """Whether the context is the one that a statement asks for; the alias is the stage's one."""
    asked = condition.get("StringEquals", {})
    return all(context.get(key.removeprefix(_CONTEXT)) == one for key, one in asked.items())


def _told(context: Context) -> str:
    return "".join(f", {key} {value}" for key, value in context.items())
