"""The packaged functions in the emulator: made, renewed when code changed, fired by rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from infra.emulator import ACCOUNT, REGION, Emulator
from infra.packaging import Function, Package

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/sanwei-local"  # the emulator asks for one and checks nothing


def deploy(emulator: Emulator, package: Package, environment: Mapping[str, str]) -> None:
    """Makes the emulator's functions those of `package`, with `environment` added to their own."""
    client = emulator.client("lambda")
    code = package.zip.read_bytes()
    for function in package.functions:
        _deploy_one(client, function, code, package.digest, environment)
    wanted = {function.name for function in package.functions}
    for page in client.get_paginator("list_functions").paginate():
        for old in (one["FunctionName"] for one in page["Functions"]):
            if old not in wanted:
                client.delete_function(FunctionName=old)


def schedule(emulator: Emulator, package: Package, *, enabled: bool) -> None:
    """One rule for each scheduled function; not `enabled` where somebody else fires them."""
    events, functions = emulator.client("events"), emulator.client("lambda")
    for function in package.functions:
        if function.schedule is None:
            continue
        rule = events.put_rule(
            Name=function.name,
            ScheduleExpression=function.schedule,
            State="ENABLED" if enabled else "DISABLED",
        )["RuleArn"]
        target = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function.name}"
        events.put_targets(Rule=function.name, Targets=[{"Id": "function", "Arn": target}])
        _permit(functions, function.name, rule)


def _deploy_one(
    client: Any, function: Function, code: bytes, digest: str, environment: Mapping[str, str]
) -> None:
    settings = {
        "FunctionName": function.name,
        "Handler": function.handler,
        "Runtime": function.runtime,
        "Timeout": function.seconds,
        "MemorySize": function.mb,
        "Role": _ROLE,
        "Description": digest,
        "Environment": {"Variables": {**function.environment, **environment}},
    }
    try:
        present = client.get_function_configuration(FunctionName=function.name)
    except client.exceptions.ResourceNotFoundException:
        client.create_function(Code={"ZipFile": code}, **settings)
        return
    if present["Description"] != digest:
        client.update_function_code(FunctionName=function.name, ZipFile=code)
    if any(present.get(key) != value for key, value in settings.items()):
        client.update_function_configuration(**settings)


def _permit(client: Any, name: str, rule: str) -> None:
    try:
        client.add_permission(
            FunctionName=name,
            StatementId="schedule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceConflictException":
            raise
