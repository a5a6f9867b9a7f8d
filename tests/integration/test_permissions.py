"""The eye on permissions sees what it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.shared.settings import settings


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The SQS client of stage `test`, which has a queue `registry-release`."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("SANWEI_STAGE", "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    settings.cache_clear()
    with mock_aws():
        client = boto3.client("sqs")
        client.create_queue(QueueName="sanwei-test-registry-release")
        client.create_queue(QueueName="sanwei-test-push-deliver")
        yield client
    settings.cache_clear()


def function(name: str) -> Any:
    """A Lambda of that name that sends one message to a queue."""
    code = f"""
def {name}(client, queue):
    url = client.get_queue_url(QueueName=f"sanwei-test-{{queue}}")["QueueUrl"]
    client.send_message_batch(QueueUrl=url, Entries=[{{"Id": "1", "MessageBody": "x"}}])
"""
    module: dict[str, Any] = {"__name__": "functions.sample.consumers"}
    exec(code, module)  # a function is known by its module and its name
    return module[name]


def test_a_call_that_the_policy_allows_passes(queue: Any, refused: list[str]) -> None:
    function("registry_sweep")(queue, "registry-release")
    assert refused == []


def test_a_call_that_the_policy_does_not_allow_is_named(queue: Any, refused: list[str]) -> None:
    function("registry_sweep")(queue, "push-deliver")
    forbidden = "arn:aws:sqs:us-east-1:000000000000:sanwei-test-push-deliver"
    assert refused == [
        f"registry_sweep may not sqs:GetQueueUrl on {forbidden}",
        f"registry_sweep may not sqs:SendMessage on {forbidden}",
    ]
    refused.clear()


def test_calls_of_nobody_are_nobodys_business(queue: Any, refused: list[str]) -> None:
    queue.list_queues()
    assert refused == []
