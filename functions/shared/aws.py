"""The AWS clients of one process, made once and late: a cold start pays for what it uses.

They are boto3's clients, made by botocore itself: `import boto3` alone takes twice as long, for
resources and transfers that nothing here uses.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.session import Session

from functions.shared.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

_CONFIG = Config(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)
# Some regions still sign addresses in the old way, which leaves out the length of what is sent.
_SIGNED = Config(signature_version="s3v4")

_ONCE = Config(read_timeout=25, retries={"mode": "standard", "total_max_attempts": 1})


@cache
def _session() -> Session:
    return Session()


def _client(service: str, config: Config = _CONFIG) -> Any:
    return _session().create_client(service, region_name=settings().region, config=config)


@cache
def dynamodb() -> DynamoDBClient:
    """DynamoDB of this deployment."""
    return cast("DynamoDBClient", _client("dynamodb"))


@cache
def sqs() -> SQSClient:
    """SQS of this deployment."""
    return cast("SQSClient", _client("sqs"))


@cache
def sns() -> SNSClient:
    """SNS of this deployment."""
    return cast("SNSClient", _client("sns"))


@cache
def s3() -> S3Client:
    """S3 of this deployment."""
    return cast("S3Client", _client("s3", _CONFIG.merge(_SIGNED)))


@cache
def stepfunctions() -> SFNClient:
    """Step Functions of this deployment."""
    return cast("SFNClient", _client("stepfunctions"))


@cache
def lambdas() -> LambdaClient:
    """Lambda of this deployment. A call is made once: what it does need not be repeatable."""
    return cast("LambdaClient", _client("lambda", _CONFIG.merge(_ONCE)))


@cache
def kms() -> Any:
    """The key service of this deployment."""
    return _client("kms")


@cache
def queue_url(name: str) -> str:
    """The address of a queue of this deployment by its short name (`push-deliver`)."""
    return sqs().get_queue_url(QueueName=settings().resource(name))["QueueUrl"]
