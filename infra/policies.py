"""What each function may do, and nothing else: one table, made into IAM policies at deployment.

A function without a row here is not deployed. Names are short ones of this deployment: a table,
a queue, a bucket, the topic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on one resource; `kind` says of which service, `path` which part of it."""

    actions: tuple[str, ...]
    kind: str
    name: str
    path: str = ""


Policy = dict[str, Any]

QUEUES = (
    *("registry-files", "registry-rows", "registry-release", "supervision-match"),
    *("worklist-project", "push-plan", "push-deliver", "items-trial"),
    *("registry-redrive", "supervision-redrive", "supervision-recount", "supervision-retell"),
    *("alerts-watch", "alerts-raise", "alerts-redrive", "clues-redrive"),
    *("clues-recount", "reports-count", "reports-rebuild", "push-replay"),
    *("inspections-dispatch", "inspections-timers", "inspections-print", "inspections-answers"),
    *("inspections-due", "inspections-redrive", "inspections-recount", "supervision-refer"),
)
PARKED = (
    *("registry-parked", "supervision-parked", "alerts-parked", "clues-parked"),
    "inspections-parked",
)
DEAD = tuple(f"{queue}-dead" for queue in QUEUES)
STREAMS = (
    *("registry", "supervision", "worklist", "alerts", "clues", "inspections", "reports"),
    "interfaces",
)
_TAKES = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def _reads(table: str) -> tuple[Grant, ...]:
    """No Scan: nothing in a request or a sweep may ask for a whole table."""
    actions = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
    return (
        Grant(actions, "table", table),
        Grant(("dynamodb:Query",), "table", table, "/index/*"),
    )


def _writes(table: str) -> tuple[Grant, ...]:
    """Whole records, each over the version before it: nothing is deleted or changed in part."""
    return (*_reads(table), Grant(("dynamodb:PutItem",), "table", table))


def _counts(table: str) -> tuple[Grant, ...]:
    """Writes records, and adds to figures: the one change in part."""
    return (*_writes(table), Grant(("dynamodb:UpdateItem",), "table", table))


def _follows(table: str) -> tuple[Grant, ...]:
    """Reads a table's stream; what its mapping gives up on lands in the bucket of failures."""
    actions = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
    return (
        Grant((*actions, "dynamodb:ListStreams"), "table", table, "/stream/*"),
        Grant(("s3:ListBucket",), "bucket", "failures"),
        Grant(("s3:PutObject",), "bucket", "failures", "/*"),
    )


def _consumes(queue: str) -> tuple[Grant, ...]:
    """What cannot be handled is put among the dead letters, with its reason."""
    actions = (*_TAKES, "sqs:ChangeMessageVisibility")
    return (Grant(actions, "queue", queue), *_sends(f"{queue}-dead"))


def _sends(*queues: str) -> tuple[Grant, ...]:
    return tuple(Grant(("sqs:SendMessage", "sqs:GetQueueUrl"), "queue", name) for name in queues)


def _redrives(*queues: str) -> tuple[Grant, ...]:
    """Looks into queues that nobody consumes and takes out what was sent again."""
    actions = (*_TAKES, "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl")
    return tuple(Grant(actions, "queue", name) for name in queues)


_ANNOUNCES = (Grant(("sns:Publish",), "topic", "city-events"),)


def _gets(bucket: str, path: str = "/*") -> tuple[Grant, ...]:
    """Listing as well: without it a missing object looks like a forbidden one."""
    return (
        Grant(("s3:GetObject",), "bucket", bucket, path),
        Grant(("s3:ListBucket",), "bucket", bucket),
    )


def _puts(bucket: str, path: str = "/*") -> tuple[Grant, ...]:
    return (Grant(("s3:PutObject",), "bucket", bucket, path),)


def _scans(table: str) -> tuple[Grant, ...]:
    """For the job that recomputes from everything, and for nothing else."""
    return (Grant(("dynamodb:Scan",), "table", table),)


def _inspects() -> tuple[Grant, ...]:
    """Works on inspections, by the rules in force."""
    return (*_gets("config"), *_reads("supervision"), *_writes("inspections"))


# Answering takes a task's token, and a token names no execution: the right is on the machine.
_STARTS = (Grant(("states:StartExecution",), "machine", "recheck"),)
_ANSWERS = (Grant(("states:SendTaskSuccess",), "machine", "recheck"),)
_LOOKS_AFTER = (
    Grant(("states:ListExecutions",), "machine", "recheck"),
    Grant(("states:DescribeExecution",), "execution", "recheck"),
)


def _all(grants: Callable[[str], tuple[Grant, ...]], *tables: str) -> tuple[Grant, ...]:
    return tuple(grant for table in tables for grant in grants(table))


GRANTS: Mapping[str, tuple[Grant, ...]] = {
    "signed_in": (),
    "api_handler": (
        *_all(_writes, "registry", "supervision", "worklist", "clues", "inspections", "reports"),
        *_counts("interfaces"),
        *_reads("alerts"),
        *_gets("config"),
        *_puts("config"),
        *_puts("exchange", "/in/*"),
        *_gets("evidence"),
        *_puts("evidence", "/photos/*"),
        *_gets("reports"),
        *_puts("reports", "/bulletins/*"),
        *_gets("trail"),
        *_gets("trail-roots"),
        *_sends(*QUEUES),
        *_redrives(*DEAD, *PARKED),
    ),
    "registry_files": (
        *_consumes("registry-files"),
        *_gets("exchange", "/in/*"),
        *_puts("exchange", "/chunks/*"),
        *_writes("registry"),
        *_sends("registry-rows"),
    ),
    "registry_rows": (
        *_consumes("registry-rows"),
        *_gets("exchange", "/chunks/*"),
        *_gets("config"),
        *_writes("registry"),
    ),
    "registry_sweep": (*_sends("registry-release"),),
    "registry_release": (
        *_consumes("registry-release"),
        *_writes("registry"),
        *_sends("registry-release"),
    ),
    "registry_publish": (*_follows("registry"), *_ANNOUNCES, *_sends("registry-parked")),
    "registry_redrive": (*_consumes("registry-redrive"), *_reads("registry"), *_ANNOUNCES),
    "supervision_match": (
        *_consumes("supervision-match"),
        *_gets("config"),
        *_puts("config", "/released/*"),
        *_writes("supervision"),
    ),
    "supervision_publish": (*_follows("supervision"), *_ANNOUNCES, *_sends("supervision-parked")),
    "supervision_redrive": (
        *_consumes("supervision-redrive"),
        *_reads("supervision"),
        *_ANNOUNCES,
    ),
    "supervision_recount": (
        *_consumes("supervision-recount"),
        *_gets("config"),
        *_puts("config", "/calendar*"),
        *_writes("supervision"),
        *_sends("supervision-recount"),
    ),
    "supervision_retell": (
        *_consumes("supervision-retell"),
        *_scans("supervision"),
        *_puts("reports", "/retold/*"),
        *_sends("supervision-retell", "reports-rebuild"),
    ),
    "items_trial": (
        *_consumes("items-trial"),
        *_gets("config"),
        *_puts("config"),
        *_writes("supervision"),
    ),
    "alerts_watch": (
        *_consumes("alerts-watch"),
        *_gets("config"),
        *_writes("alerts"),
        *_reads("worklist"),
    ),
    "alerts_sweep": (*_sends("alerts-raise"),),
    "alerts_raise": (
        *_consumes("alerts-raise"),
        *_gets("config"),
        *_writes("alerts"),
        *_reads("worklist"),
        *_sends("alerts-raise"),
    ),
    "alerts_publish": (*_follows("alerts"), *_ANNOUNCES, *_sends("alerts-parked")),
    "alerts_redrive": (*_consumes("alerts-redrive"), *_reads("alerts"), *_ANNOUNCES),
    "clues_publish": (*_follows("clues"), *_ANNOUNCES, *_sends("clues-parked")),
    "clues_redrive": (*_consumes("clues-redrive"), *_reads("clues"), *_ANNOUNCES),
    "clues_recount": (
        *_consumes("clues-recount"),
        *_gets("config"),
        *_reads("supervision"),
        *_writes("clues"),
        *_sends("clues-recount"),
    ),
    "supervision_refer": (
        *_consumes("supervision-refer"),
        *_gets("config"),
        *_writes("supervision"),
    ),
    "inspections_publish": (*_follows("inspections"), *_ANNOUNCES, *_sends("inspections-parked")),
    "inspections_redrive": (
        *_consumes("inspections-redrive"),
        *_reads("inspections"),
        *_ANNOUNCES,
    ),
    "inspections_recount": (
        *_consumes("inspections-recount"),
        *_inspects(),
        *_sends("inspections-recount"),
    ),
    "inspections_dispatch": (*_consumes("inspections-dispatch"), *_inspects()),
    "inspections_timers": (
        *_consumes("inspections-timers"),
        *_inspects(),
        *_STARTS,
        *_ANSWERS,
    ),
    "inspections_print": (
        *_consumes("inspections-print"),
        *_gets("config"),
        *_reads("inspections"),
        *_gets("evidence", "/notices/*"),
        *_puts("evidence", "/notices/*"),
    ),
    "inspections_answers": (*_consumes("inspections-answers"), *_inspects()),
    "inspections_sweep": (*_sends("inspections-due"),),
    "inspections_due": (
        *_consumes("inspections-due"),
        *_inspects(),
        *_sends("inspections-due"),
        *_STARTS,
        *_LOOKS_AFTER,
    ),
    "recheck_send": _inspects(),
    "recheck_await": (*_inspects(), *_ANSWERS),
    "recheck_reconcile": (*_sends("inspections-due"),),
    "reports_count": (*_consumes("reports-count"), *_counts("reports")),
    "reports_rebuild": (
        *_consumes("reports-rebuild"),
        *_counts("reports"),
        *_gets("reports"),
        *_puts("reports", "/rebuilt/*"),
        *_sends("supervision-retell", "reports-rebuild"),
    ),
    "worklist_project": (*_consumes("worklist-project"), *_writes("worklist")),
    "push_plan": (*_consumes("push-plan"), *_writes("interfaces"), *_sends("push-deliver")),
    "push_deliver": (*_consumes("push-deliver"), *_writes("interfaces")),
    "push_retry": (*_writes("interfaces"), *_sends("push-deliver")),
    "push_replay": (
        *_consumes("push-replay"),
        *_writes("interfaces"),
        *_sends("push-replay", "push-deliver"),
    ),
    "trail_archive": (*_all(_follows, *STREAMS), *_puts("trail")),
    "trail_seal": (*_gets("trail"), *_gets("trail-roots"), *_puts("trail-roots")),
}


def policy(function: str, target: Settings) -> Policy:
    """The IAM policy of a function of one stage; raises KeyError for one without a row."""
    merged: dict[tuple[str, ...], set[str]] = {}
    for grant in GRANTS[function]:
        merged.setdefault(tuple(sorted(grant.actions)), set()).add(arn(grant, target))
    statements = [_allow(actions, sorted(arns)) for actions, arns in sorted(merged.items())]
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
        case "machine":
            return f"{start}:states:{where}:stateMachine:{name}"
        case "execution":
            return f"{start}:states:{where}:execution:{name}:*"
        case "bucket":
            return f"{start}:s3:::{target.bucket(grant.name)}{grant.path}"
    raise ValueError(f"no such kind of resource: {grant.kind}")


def _logs(target: Settings) -> Policy:
    group = f"arn:{target.partition}:logs:{target.region}:{target.account}:log-group"
    prefix = f"{group}:/aws/lambda/sanwei-{target.stage}"
    actions = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
    # Two of them, so that stage `dev` cannot write the log of stage `dev2`.
    return _allow(actions, [f"{prefix}:*", f"{prefix}-*"])


def _allow(actions: tuple[str, ...], resources: list[str]) -> Policy:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}
