"""The packaged functions in the emulator, and the rules that fire some of them."""

from __future__ import annotations

from collections.abc import Mapping

from infra.emulator import ACCOUNT, REGION, Emulator
from infra.packaging import Package

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/sanwei-local"  # the emulator asks for one and checks nothing


def deploy(emulator: Emulator, package: Package, environment: Mapping[str, str]) -> None:
    """Makes the functions of `package`, with `environment` added to their own.

    An emulator that was just started has none, whatever ran yesterday (infra/keeper.py).
    """
    client = emulator.client("lambda")
    code = package.zip.read_bytes()
    for function in package.functions:
        client.create_function(
            FunctionName=function.name,
            Handler=function.handler,
            Runtime=function.runtime,
            Timeout=function.seconds,
            MemorySize=function.mb,
            Role=_ROLE,
            Environment={"Variables": {**function.environment, **environment}},
            Code={"ZipFile": code},
        )


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
        functions.add_permission(
            FunctionName=function.name,
            StatementId="schedule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule,
        )
