"""A state machine by its client: what it is asked, and how often (B7)."""

from __future__ import annotations

import boto3
from botocore.stub import Stubber

from functions.shared.machines import StepFunctions

ARN = "arn:aws-cn:states:cn-north-1:000000000000:stateMachine:sanwei-test-recheck"


def test_b7_executions_are_listed_a_thousand_at_once() -> None:
    client = boto3.client(
        "stepfunctions", "cn-north-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    asked = {"stateMachineArn": ARN, "statusFilter": "RUNNING", "maxResults": 1000}
    one = {
        "executionArn": f"{ARN.replace('stateMachine', 'execution')}:I1-1",
        "stateMachineArn": ARN,
        "name": "I1-1",
        "status": "RUNNING",
        "startDate": 0,
    }
    with Stubber(client) as stub:
        stub.add_response("list_executions", {"executions": [one], "nextToken": "2"}, asked)
        stub.add_response("list_executions", {"executions": []}, {**asked, "nextToken": "2"})
        assert list(StepFunctions(client, ARN).running()) == ["I1-1"]
        stub.assert_no_pending_responses()
