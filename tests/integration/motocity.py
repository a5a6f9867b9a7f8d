"""The city's code on moto, in one process: routes called as the gateway calls them, records handed
to the consumers as the mappings would."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend

from functions.alerts.config import stored_rules
from functions.portal import choosing, naming, sites
from functions.shared import aws, ports
from functions.shared.settings import settings
from functions.supervision.rulebooks import rulebooks
from infra import configuration, keys
from tests.integration import tokens
from tests.integration.foundation import ARCHIVED, BUCKETS, PUBLISHED, QUEUES, SUBSCRIPTIONS, TABLES

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "infra" / "city"
STAGE = "test"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "SANWEI_STAGE": STAGE,
    "SANWEI_ACCOUNT": "123456789012",
    "SANWEI_ISSUER": tokens.ISSUER,
    "SANWEI_KEYS": tokens.KEYS,
    "SANWEI_SIGN_IN_URL": "https://signin.example",
    "SANWEI_PORTAL_CLIENT": "portal",
}


_ROOMS = (
    *("registry", "supervision", "alerts", "clues", "inspections", "worklist", "reports"),
    *("interfaces", "trail", "credit", "discipline"),
)
Consumer = Callable[[Any, Any], Any]


class Context:
    """What Lambda tells a function about its invocation."""

    aws_request_id = "test"
    function_name = "test"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:test"
    memory_limit_in_mb = 512

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class MotoCity:
    """The deployed city, minus the mappings, which `settle` plays."""

    def __init__(self) -> None:
        self._handled: dict[str, list[str]] = {}
        self.told_type = ""  # the media type of the last answer
        self.told_headers: dict[str, str] = {}
        self._iterators: dict[str, str] = {}
        for table in TABLES:
            _create_table(table)
        for queue, dead in sorted(QUEUES.items(), key=lambda pair: pair[1]):  # the dead first
            _create_queue(queue, dead)
        topic = aws.sns().create_topic(Name=settings().resource("city-events"))["TopicArn"]
        for queue, types in SUBSCRIPTIONS.items():
            _subscribe(topic, queue, types)
        for bucket in BUCKETS:
            aws.s3().create_bucket(Bucket=settings().bucket(bucket))
        _create_machine()
        _create_key()
        self._seed()
        self._streams = boto3.client("dynamodbstreams")

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        grants: tuple[str, ...] = (),
        client: str = "",
        name: str = "somebody",
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        query: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Status and body (JSON where it is JSON) of a call by `name` with `grants`, or by the
        machine `client`."""
        text = raw.decode("latin-1") if raw is not None else json.dumps(body)
        authorizer = {
            "principalId": client or name,
            "grants": json.dumps(list(grants)),
            "client": client,
        }
        reply = self.ask(
            method,
            path,
            text if body is not None or raw is not None else None,
            authorizer=authorizer,
            headers={"content-type": "application/json", **(headers or {})},
            query=query,
        )
        self.told_headers = dict(reply["headers"])
        self.told_type = str(reply["headers"].get("Content-Type", ""))
        told = str(reply["body"])
        return reply["statusCode"], json.loads(told) if "json" in self.told_type else told

    def ask(
        self,
        method: str,
        path: str,
        body: str | None = None,
        *,
        authorizer: Mapping[str, str] | None = None,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        encoded: bool = False,
    ) -> dict[str, Any]:
        """What the app answers to the gateway; `encoded`: the body is bytes in base64."""
        from app import app

        resource, arguments = _resource(app.routes, path)
        event = {
            "resource": resource,
            "path": path,
            "httpMethod": method,
            "headers": headers,
            "multiValueQueryStringParameters": {k: [v] for k, v in (query or {}).items()} or None,
            "pathParameters": arguments,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": method,
                "requestId": "test",
                "path": path,
                "identity": {"sourceIp": "127.0.0.1"},
                **({"authorizer": authorizer} if authorizer else {}),
            },
            "body": body,
            "isBase64Encoded": encoded,
        }
        reply: dict[str, Any] = app(event, Context())
        return reply

    def settle(self, *queues: str) -> None:
        """Hand every waiting message and stream record to its consumer, until nothing waits; with
        `queues`, these queues' messages alone: nobody is told what changed."""
        if queues:
            while sum(self._queue_once(name) for name in queues):
                pass
            return
        while any([self._streams_once(), *[self._queue_once(name) for name in consumers()]]):
            pass

    def write_object(self, bucket: str, key: str, body: bytes) -> None:
        """Put an object into a bucket."""
        ports.objects(bucket).write(key, body)

    def keys_of(self, bucket: str) -> list[str]:
        """The keys of a bucket."""
        return list(ports.objects(bucket).list_keys(""))

    def _queue_once(self, queue: str) -> bool:
        messages = receive(queue)
        if not messages:
            return False
        event = {"Records": [_sqs_record(queue, message) for message in messages]}
        reply = consumers()[queue](event, Context())
        failed = {one["itemIdentifier"] for one in reply["batchItemFailures"]}
        for message in messages:
            if message["MessageId"] not in failed:
                delete(queue, message)
                self._handled.setdefault(queue, []).append(message["Body"])
        return True

    def told(self, queue: str) -> list[str]:
        """The bodies that a queue's consumer has handled so far."""
        return self._handled.get(queue, [])

    def _streams_once(self) -> bool:
        from functions.trail.consumers import trail_archive

        found = False
        for table in TABLES:
            if records := self._changes(table):
                found = True
                if publish := publishers().get(table):
                    publish({"Records": records}, Context())
                if kept := [one for one in records if archived(table, one)]:
                    trail_archive({"Records": kept}, Context())
        return found

    def _changes(self, table: str) -> list[dict[str, Any]]:
        name = settings().resource(table)
        arn = aws.dynamodb().describe_table(TableName=name)["Table"]["LatestStreamArn"]
        if table not in self._iterators:
            shard = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]
            self._iterators[table] = self._streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
        reply = self._streams.get_records(ShardIterator=self._iterators[table])
        self._iterators[table] = reply["NextShardIterator"]
        return [{**record, "eventSourceARN": arn} for record in reply["Records"]]

    def _seed(self) -> None:
        bucket = ports.objects("config")
        for key, path in configuration.files(CONFIG).items():
            bucket.write(key, path.read_bytes())

    def put_items_in_force(self, toml: str) -> None:
        """Add a version of the items and let it hold from today."""
        rules = ("city:rules",)
        status, edition = self.call("POST", "/v1/items", {"toml": toml}, grants=rules)
        assert status == 201, edition
        path = f"/v1/items/{edition['version']}/force"
        status, reply = self.call("POST", path, {}, grants=rules)
        assert status == 200, reply


@contextmanager
def moto_city() -> Iterator[MotoCity]:
    """A new city on moto; the process's own caches and environment are as before afterwards."""
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT)
    os.environ.pop("AWS_ENDPOINT_URL", None)
    _forget()
    try:
        with mock_aws(config={"lambda": {"use_docker": False}}), _called_in_process():
            yield MotoCity()
    finally:
        _forget()
        os.environ.clear()
        os.environ.update(before)


def receive(queue: str) -> list[Any]:
    """Up to ten waiting messages of a queue."""
    reply = aws.sqs().receive_message(
        QueueUrl=aws.queue_url(queue),
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    )
    return list(reply.get("Messages", []))


def delete(queue: str, message: Mapping[str, Any]) -> None:
    """Take a received message off its queue."""
    aws.sqs().delete_message(QueueUrl=aws.queue_url(queue), ReceiptHandle=message["ReceiptHandle"])


def consumers() -> dict[str, Consumer]:
    """The function behind each queue."""
    worked = [queue for queue, dead in QUEUES.items() if dead]
    return {queue: _function(queue.replace("-", "_")) for queue in worked}


def publishers() -> dict[str, Consumer]:
    """The function that tells the changes of a table, where one does."""
    return {table: _function(f"{table}_publish") for table in PUBLISHED}


@cache
def _function(name: str) -> Consumer:
    """A consumer by its name, which no other bears."""
    for room in _ROOMS:
        for path in sorted((ROOT / "functions" / room).glob("*consumers.py")):
            module = import_module(f"functions.{room}.{path.stem}")
            if function := getattr(module, name, None):
                return function  # type: ignore[no-any-return]
    raise LookupError(name)


def archived(table: str, record: Mapping[str, Any]) -> bool:
    """Whether the archive's mapping lets a change of this table through."""
    patterns = ARCHIVED[table]
    keys = record["dynamodb"]["Keys"]
    return not patterns or any(keys[key]["S"].startswith(prefix) for key, prefix in patterns)


def _forget() -> None:
    pages = (one for room in (choosing, naming, sites) for one in vars(room).values())
    kept = (*pages, settings, rulebooks, stored_rules)
    for made in (*vars(aws).values(), *vars(ports).values(), *kept):
        if clear := getattr(made, "cache_clear", None):
            clear()


def _create_table(table: str) -> None:
    aws.dynamodb().create_table(
        TableName=settings().resource(table),
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        **TABLES[table],
    )


def _create_machine() -> None:
    """The recheck machine, which takes executions here and runs none."""
    boto3.client("stepfunctions").create_state_machine(
        name=settings().resource("recheck"),
        definition=(ROOT / "infra" / "recheck.asl.json").read_text(encoding="utf-8"),
        roleArn=f"arn:aws:iam::{settings().account}:role/{settings().resource('recheck')}",
    )


def _create_key() -> None:
    """The key service's key; the data keys under it are made as a deployment makes them."""
    key = aws.kms().create_key()["KeyMetadata"]["KeyId"]
    aws.kms().create_alias(AliasName=settings().key_alias, TargetKeyId=key)
    keys.provide(aws.kms(), aws.s3(), settings())


@contextmanager
def _called_in_process() -> Iterator[None]:
    """A function that another calls is run here and now."""

    def invoke(
        self: LambdaSimpleBackend,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: Any,
    ) -> bytes:
        name = function_name.removeprefix(settings().resource(""))
        try:
            told = _function(name)(json.loads(body), Context())
        except Exception as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
        return json.dumps(told).encode()

    before = LambdaSimpleBackend.invoke
    LambdaSimpleBackend.invoke = invoke  # type: ignore[method-assign]
    try:
        yield
    finally:
        LambdaSimpleBackend.invoke = before  # type: ignore[method-assign]


def _create_queue(queue: str, dead: str) -> None:
    attributes: dict[Any, str] = {"VisibilityTimeout": "0"}
    if dead:
        arn = f"arn:aws:sqs:us-east-1:123456789012:{settings().resource(dead)}"
        redrive = {"deadLetterTargetArn": arn, "maxReceiveCount": 5}
        attributes["RedrivePolicy"] = json.dumps(redrive)
    aws.sqs().create_queue(QueueName=settings().resource(queue), Attributes=attributes)


def _subscribe(topic: str, queue: str, types: list[Any]) -> None:
    url = aws.queue_url(queue)
    arn = aws.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    aws.sns().subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": json.dumps({"type": types}),
        },
    )


def _resource(routes: Mapping[str, Any], path: str) -> tuple[str, dict[str, str] | None]:
    parts = path.split("/")
    for resource in sorted(routes, key=lambda one: one.count("{")):
        pattern = resource.split("/")
        if len(pattern) == len(parts) and all(
            own.startswith("{") or own == given for own, given in zip(pattern, parts, strict=True)
        ):
            pairs = zip(pattern, parts, strict=True)
            return resource, {own[1:-1]: given for own, given in pairs if own[0:1] == "{"} or None
    raise LookupError(path)


def _sqs_record(queue: str, message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{settings().resource(queue)}",
        "awsRegion": "us-east-1",
    }
