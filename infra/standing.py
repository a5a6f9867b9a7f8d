"""What stands of a stage in AWS, told to Chalice as the record of its last deployment.

Chalice itself keeps that record in a file, and a lost or half-written one makes a second API and
leaves functions behind for good. Every name is derived from the stage, so the record can be read
off what stands instead; there is nothing to lose.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from functions.shared.settings import Settings
from infra.staging import NotDeployable

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient

Resource = dict[str, str]
_API_FUNCTION = "api_handler"
_SUFFIXES = {"aws-cn": "amazonaws.com.cn"}  # of other partitions the same


def write_record(copied: Path, target: Settings, session: boto3.Session) -> list[Resource]:
    """Write `.chalice/deployed/<stage>.json` in the copy; returns what it lists.

    Raises NotDeployable where several APIs call this stage's functions: which one people use is
    not written anywhere.
    """
    resources = [*_standing(target, session)]
    record = copied / ".chalice" / "deployed" / f"{target.stage}.json"
    record.parent.mkdir(exist_ok=True)
    content = {"resources": resources, "schema_version": "2.0", "backend": "api"}
    record.write_text(json.dumps(content, indent=2), encoding="utf-8")
    return resources


def address(target: Settings, gateway_stage: str, session: boto3.Session) -> str:
    """Where the stage's API answers; "" where it has none yet. Raises NotDeployable."""
    client = session.client("lambda")
    known = dict(functions_of(target, client))
    found = [*_api(target, session.client("apigateway"), client, known)]
    if not found:
        return ""
    suffix = _SUFFIXES.get(target.partition, "amazonaws.com")
    gateway = f"{found[0]['rest_api_id']}.execute-api.{target.region}.{suffix}"
    return f"https://{gateway}/{gateway_stage}"


def _standing(target: Settings, session: boto3.Session) -> Iterator[Resource]:
    """In the order of creation: Chalice removes from the end."""
    functions = dict(functions_of(target, session.client("lambda")))
    yield from _roles(target, session.client("iam"))
    for name, arn in functions.items():
        yield {"name": name, "resource_type": "lambda_function", "lambda_arn": arn}
    prefix = target.resource("")
    rules = session.client("events").get_paginator("list_rules").paginate(NamePrefix=prefix)
    for rule in (rule["Name"] for page in rules for rule in page["Rules"]):
        if rule.endswith("-event"):
            name = rule.removeprefix(prefix)
            yield {"name": name, "resource_type": "cloudwatch_event", "rule_name": rule}
    yield from _api(target, session.client("apigateway"), session.client("lambda"), functions)


def functions_of(target: Settings, client: LambdaClient) -> Iterator[tuple[str, str]]:
    """The short names and ARNs of the stage's functions."""
    api = target.resource("").removesuffix("-")
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = function["FunctionName"]
            if name == api:
                yield _API_FUNCTION, function["FunctionArn"]
            elif name.startswith(f"{api}-"):
                yield name.removeprefix(f"{api}-"), function["FunctionArn"]


def _roles(target: Settings, client: IAMClient) -> Iterator[Resource]:
    prefix = target.resource("")
    for page in client.get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            name = role["RoleName"]
            # A role of a template is the template's to remove; it is not named by a function.
            if name.startswith(prefix) and name.removeprefix(prefix).isidentifier():
                yield {
                    "name": f"{name.removeprefix(prefix)}_role",
                    "resource_type": "iam_role",
                    "role_arn": role["Arn"],
                    "role_name": name,
                }


def _api(
    target: Settings, client: APIGatewayClient, functions: LambdaClient, known: dict[str, str]
) -> Iterator[Resource]:
    if _API_FUNCTION not in known:
        return
    mine = callers(functions, known[_API_FUNCTION])
    pages = client.get_paginator("get_rest_apis").paginate()
    standing = sorted(api["id"] for page in pages for api in page["items"] if api["id"] in mine)
    if len(standing) > 1:
        raise NotDeployable(
            f"stage {target.stage} has several APIs ({', '.join(standing)}): delete those that "
            "nobody uses (aws apigateway delete-rest-api --rest-api-id …)"
        )
    for api in standing:
        yield {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api}


def callers(client: LambdaClient, function_arn: str) -> set[str]:
    """The ids of the REST APIs that may call a function."""
    try:
        text = client.get_policy(FunctionName=function_arn)["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return set()
    conditions = (statement.get("Condition", {}) for statement in json.loads(text)["Statement"])
    sources = (one.get("ArnLike", {}).get("AWS:SourceArn", "") for one in conditions)
    return {arn.split(":")[5].partition("/")[0] for arn in sources if ":execute-api:" in arn}
