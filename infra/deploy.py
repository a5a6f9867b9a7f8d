"""Deploy a stage to AWS, or remove it: `make deploy STAGE=dev`, `make remove STAGE=dev`.

Foundation, layer, functions, wiring, each a step that can be repeated: a deployment that broke off
is finished by the next one, and removal goes the opposite way.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from functions.shared import clock
from functions.shared.dynamo import DynamoTable
from functions.shared.keys import Purpose
from functions.shared.settings import Settings
from infra import (
    assets,
    configuration,
    indexes,
    keys,
    machines,
    policies,
    stacks,
    staging,
    standing,
    throttling,
)
from infra.staging import NotDeployable
from layers import publish
from layers.build import Layer, build

ROOT = Path(__file__).resolve().parents[1]
LOGS_KEPT_DAYS = 180
LASTING = "prod"
STREAMS = {f"{table.title()}Stream": table for table in policies.STREAMS}
_PYTHONS = ((3, 11), (3, 12), (3, 13))

BuildLayer = Callable[[str], Layer]
Say = Callable[[str], object]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def deploy(
    stage: str, *, project: Path = ROOT, build_layer: BuildLayer = build, say: Say = _say
) -> str:
    """Bring a stage to this state of the project; returns the address of its API.

    Raises NotDeployable, or StackFailed with the resource that failed and why.
    """
    config = _config(project, stage)
    session = boto3.Session()
    target = _target(stage, session)

    say(f"1/4 foundation of {stage} in account {target.account}, {target.region}")
    site = _site(config, target, session)
    outputs = _foundation(project, target, session, site)
    keys.provide(session.client("kms"), session.client("s3"), target)
    audience = (outputs[name] for name in sorted(outputs) if name.endswith("ClientId"))
    target = target.model_copy(
        update={
            "issuer": outputs.get("Issuer", ""),
            "audience": tuple(audience),
            "sign_in_url": os.environ.get("SANWEI_SIGN_IN_URL") or outputs.get("SignInUrl", ""),
            "portal_client": os.environ.get("SANWEI_PORTAL_CLIENT")
            or outputs.get("PeopleClientId", ""),
        }
    )
    assets.provide(session.client("s3"), target.bucket("site"))
    configuration.provide(session.client("s3"), target.bucket("config"), project / "infra" / "city")
    systems = DynamoTable(session.client("dynamodb"), target.resource("interfaces"))
    opened = partial(
        keys.vault, session.client("kms"), session.client("s3"), target, Purpose.SYSTEMS
    )
    machines.enrol(outputs, systems, clock.real_now(), opened)

    layer = build_layer(config["stages"][stage].get("lambda_architecture", "x86_64"))
    say(f"2/4 {layer}")
    client = session.client("lambda")
    layer_arn = publish.publish(client, target.resource("dependencies"), layer)

    say("3/4 functions")
    copied = staging.copy(project, stage)
    handlers = staging.handlers_of(copied, target)
    staging.configure(copied, config, target, layer_arn, handlers)
    standing.write_record(copied, target, session)
    _chalice(copied, "deploy", "--stage", stage, "--no-autogen-policy")
    _point_handlers(client, target, handlers)
    _keep_logs(session, target)
    api = _resource(copied, stage, "rest_api_id")
    gateway_stage = config["stages"][stage]["api_gateway_stage"]
    if (stands := _resource(copied, stage, "rest_api_url").rstrip("/")) and not site:
        _foundation(project, target, session, stands)  # now the issuer knows where to lead back to
    if api:
        throttling.throttle(session.client("apigateway"), api, gateway_stage)

    say("4/4 wiring")
    cloudformation = session.client("cloudformation")
    template = project / "infra" / "wiring.yaml"
    bucket = stacks.Staging(session.client("s3"), target.bucket("config"))
    machine = (project / "infra" / "recheck.asl.json").read_text(encoding="utf-8")
    given = {
        "Stage": stage,
        "RecheckDefinition": bucket.keep(machine, ".asl.json"),
        "ApiStage": f"{api}/stages/{gateway_stage}" if api else "",
        **_streams(session, target),
    }
    stacks.apply(cloudformation, target.resource("wiring"), template, given, staging=bucket)
    return _resource(copied, stage, "rest_api_url")


def _foundation(
    project: Path, target: Settings, session: boto3.Session, site: str
) -> stacks.Outputs:
    """Brings the templates of the foundation to this state; `site` is where the pages are."""
    outputs: stacks.Outputs = {}
    parameters = {**_parameters(target.stage), "SiteUrl": site}
    for name, told in stacks.FOUNDATIONS.items():
        whole = project / "infra" / f"{name}.yaml"
        given = {key: value for key, value in parameters.items() if key in told}
        for template in _steps(whole, project, target.stage, session):
            found = stacks.apply(
                session.client("cloudformation"), target.resource(name), template, given
            )
            indexes.settle(whole, target.stage, session.client("dynamodb"))
        outputs |= found
    return outputs


def _site(config: Mapping[str, Any], target: Settings, session: boto3.Session) -> str:
    """Where the pages are: as SANWEI_SITE_URL says (a domain of one's own), else at the API that
    stands already; "" before the first deployment made one."""
    if own := os.environ.get("SANWEI_SITE_URL"):
        return own.rstrip("/")
    gateway_stage = config["stages"][target.stage]["api_gateway_stage"]
    return standing.address(target, gateway_stage, session)


def remove(stage: str, *, project: Path = ROOT, say: Say = _say) -> None:
    """Remove everything of a stage, data included; what is not there is passed over.

    The key service keeps the stage's key for another 30 days, in which it can be called back."""
    _config(project, stage)
    session = boto3.Session()
    target = _target(stage, session)
    cloudformation, s3 = session.client("cloudformation"), session.client("s3")
    say("1/4 wiring")
    stacks.remove(cloudformation, target.resource("wiring"), s3)
    say("2/4 functions")
    nothing = staging.nothing(project, stage)
    standing.write_record(nothing, target, session)
    _chalice(nothing, "delete", "--stage", stage)
    say("3/4 layer")
    publish.remove(session.client("lambda"), target.resource("dependencies"))
    say("4/4 foundation")
    for name in reversed(stacks.FOUNDATIONS):
        stacks.remove(cloudformation, target.resource(name), s3)


def _config(project: Path, stage: str) -> dict[str, Any]:
    if sys.version_info[:2] not in _PYTHONS:
        raise NotDeployable("Lambda gets this Python's version: it must be 3.11, 3.12 or 3.13")
    path = project / ".chalice" / "config.json"
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    stages = sorted(set(config["stages"]) - {"local"})
    if stage not in stages:
        raise NotDeployable(f"STAGE must be one of {', '.join(stages)}, not {stage!r}")
    return config


def _target(stage: str, session: boto3.Session) -> Settings:
    if not session.region_name:
        raise NotDeployable("no region: set AWS_DEFAULT_REGION or a profile's region")
    return Settings(
        stage=stage,
        account=session.client("sts").get_caller_identity()["Account"],
        region=session.region_name,
        partition=session.get_partition_for_region(session.region_name),
    )


def _parameters(stage: str) -> Mapping[str, str]:
    """What the foundation is told of a stage.

    Whom alarms tell comes from SANWEI_ALARM_EMAIL, an issuer of one's own (AWS China has no user
    pools) from SANWEI_ISSUER. A stage whose data must last refuses to lose it.
    """
    given = {"Stage": stage, "AlarmEmail": os.environ.get("SANWEI_ALARM_EMAIL", "")}
    if stage == LASTING:
        given |= {"Protected": "true", "RootsKeptDays": "3650"}
    if issuer := os.environ.get("SANWEI_ISSUER"):
        given |= {"Identity": "external", "Issuer": issuer}
    return given


def _steps(template: Path, project: Path, stage: str, session: boto3.Session) -> Iterator[Path]:
    """A template, after what must stand before it: DynamoDB makes one index at a time."""
    client = session.client("dynamodb")
    indexes.settle(template, stage, client)  # what a deployment that broke off has begun
    found = indexes.standing(template, stage, client)
    for number, body in enumerate(indexes.steps(template, found), start=1):
        step = project / "build" / f"{template.stem}-{number}.json"
        step.parent.mkdir(exist_ok=True)
        step.write_text(body, encoding="utf-8")
        yield step
    yield template


def _streams(session: boto3.Session, target: Settings) -> dict[str, str]:
    """The streams as they are now: a table restored from a backup has a new one, its stack's
    output the old."""
    client = session.client("dynamodb")
    return {
        parameter: client.describe_table(TableName=target.resource(table))["Table"][
            "LatestStreamArn"
        ]
        for parameter, table in STREAMS.items()
    }


def _chalice(copied: Path, *arguments: str) -> None:
    code = "import sys; from chalice.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "--project-dir", str(copied), *arguments]
    done = subprocess.run(command, cwd=copied, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        reason = done.stderr.rpartition("ChaliceDeploymentError: ")[2].strip()
        raise NotDeployable(f"chalice {arguments[0]} failed; mend it and repeat\n{reason}")


def _point_handlers(client: Any, target: Settings, handlers: Mapping[str, str]) -> None:
    """Chalice gives an existing function new code but not its new handler."""
    for name, arn in standing.functions_of(target, client):
        wanted = handlers.get(name)
        if wanted and client.get_function_configuration(FunctionName=arn)["Handler"] != wanted:
            client.update_function_configuration(FunctionName=arn, Handler=wanted)
            client.get_waiter("function_updated_v2").wait(FunctionName=arn)


def _keep_logs(session: boto3.Session, target: Settings) -> None:
    """Chalice would name the API's log group wrongly, so retention is set here for all."""
    logs = session.client("logs")
    for _, arn in standing.functions_of(target, session.client("lambda")):
        group = f"/aws/lambda/{arn.rpartition(':')[2]}"
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=group)
        logs.put_retention_policy(logGroupName=group, retentionInDays=LOGS_KEPT_DAYS)


def _resource(copied: Path, stage: str, name: str) -> str:
    """What Chalice wrote down of what it deployed; "" where there is none."""
    record = copied / ".chalice" / "deployed" / f"{stage}.json"
    resources = json.loads(record.read_text(encoding="utf-8"))["resources"]
    return next((str(one[name]) for one in resources if name in one), "")


def main() -> None:
    """One sentence on what went wrong, no traceback."""
    parser = argparse.ArgumentParser(description="Deploy a stage to AWS, or remove it.")
    parser.add_argument("stage", help="dev or prod: a stage of .chalice/config.json")
    parser.add_argument("--remove", action="store_true", help="remove it with all its data")
    arguments = parser.parse_args()
    try:
        if arguments.remove:
            remove(arguments.stage)
        else:
            _say(deploy(arguments.stage))
    except (NotDeployable, stacks.StackFailed, ClientError, BotoCoreError) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
