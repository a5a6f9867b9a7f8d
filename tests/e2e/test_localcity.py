"""The local city really runs: data flows through its templates, and nothing is lost overnight."""

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import localcity, processes
from infra.emulator import free_port
from infra.localcity import City, CityRuns, Time
from infra.processes import NotStarted
from tests.e2e import toy

pytestmark = pytest.mark.e2e
PATIENCE = 30.0


class Town:
    """A toy city in a directory of its own, which can be left and entered again."""

    def __init__(self, home: Path) -> None:
        self.state = home / "state"
        self.project = home / "project"
        self.recode("first")
        self.api_port = free_port()
        self._clients: dict[str, Any] = {}
        self.city = self.enter()

    def enter(self, speed: float = 1.0) -> City:
        self.city = localcity.up(
            self.state, api_port=self.api_port, time=Time(speed), project=self.project
        )
        return self.city

    def recode(self, code: str) -> None:
        """Changes the app; `code` is what its functions now call themselves by."""
        toy.write(self.project, code)
        self.code = code

    def leave(self) -> None:
        assert localcity.down(self.state)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.city.emulator.client(service)
        return self._clients[service]

    def calls(self, function: str) -> list[dict[str, Any]]:
        """What the function has logged, oldest first."""
        logs = self.client("logs")
        group = f"/aws/lambda/sanwei-local-{function}"
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if group not in {one["logGroupName"] for one in groups}:
            return []
        events = logs.filter_log_events(logGroupName=group)["events"]
        return [json.loads(one["message"]) for one in events if '"toy"' in one["message"]]

    def write(self, key: str) -> None:
        item = {"pk": {"S": key}, "sk": {"S": "head"}}
        self.client("dynamodb").put_item(TableName="sanwei-local-registry", Item=item)

    def told(self) -> list[str]:
        """The keys of the records that registry_publish has seen."""
        return [
            record["dynamodb"]["Keys"]["pk"]["S"]
            for call in self.calls("registry_publish")
            for record in call["event"]["Records"]
        ]

    def send(self, queue: str, body: str) -> None:
        self.client("sqs").send_message(QueueUrl=self._address(queue), MessageBody=body)

    def held(self, queue: str) -> int:
        """How many messages of the queue a function works on."""
        name = "ApproximateNumberOfMessagesNotVisible"
        reply = self.client("sqs").get_queue_attributes(
            QueueUrl=self._address(queue), AttributeNames=[name]
        )
        return int(reply["Attributes"][name])

    def health(self) -> Any:
        with urllib.request.urlopen(f"{self.city.url}/v1/health", timeout=10) as reply:
            return json.load(reply)

    def _address(self, queue: str) -> str:
        reply = self.client("sqs").get_queue_url(QueueName=f"sanwei-local-{queue}")
        return str(reply["QueueUrl"])


def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"))
    yield town
    localcity.down(town.state)


def test_the_api_answers_and_everything_runs(town: Town) -> None:
    assert town.health() == {"code": town.code}
    assert localcity.find(town.state) == town.city
    assert localcity.failing(town.city) is None


def test_a_record_reaches_both_readers_of_its_stream(town: Town) -> None:
    town.write("both")
    eventually(lambda: "both" in town.told())
    eventually(lambda: "both" in json.dumps(town.calls("trail_archive")))


def test_a_file_in_the_inbox_reaches_the_registry_and_others_do_not(town: Town) -> None:
    s3 = town.client("s3")
    for key in ("out/answer.csv", "in/rows.csv"):
        s3.put_object(Bucket=town.city.outputs["ExchangeBucket"], Key=key, Body=b"rows")
    eventually(lambda: "in/rows.csv" in json.dumps(town.calls("registry_files")))
    assert "out/answer.csv" not in json.dumps(town.calls("registry_files"))


def test_each_subscriber_gets_the_kinds_of_events_that_it_asked_for(town: Town) -> None:
    kinds = ("something.else", "registration.released", "task.pushed", "case.decided")
    for kind in kinds:
        town.client("sns").publish(
            TopicArn="arn:aws:sns:us-east-1:000000000000:sanwei-local-city-events",
            Message=kind,
            MessageAttributes={"type": {"DataType": "String", "StringValue": kind}},
        )

    def got(function: str) -> list[str]:
        calls = town.calls(function)
        bodies = [str(one["body"]) for call in calls for one in call["event"]["Records"]]
        return sorted(body for body in bodies if body in kinds)

    eventually(lambda: got("supervision_match") == ["registration.released"])
    eventually(lambda: got("worklist_project") == ["case.decided", "task.pushed"])
    eventually(lambda: got("push_plan") == ["case.decided", "task.pushed"])


def test_a_function_gets_as_many_messages_at_once_as_its_mapping_asks_for(town: Town) -> None:
    sent = [f"row {number}" for number in range(40)]
    for body in sent:
        town.send("push-plan", body)

    def batches() -> list[list[str]]:
        calls = [
            [str(one["body"]) for one in call["event"]["Records"]]
            for call in town.calls("push_plan")
        ]
        return [bodies for bodies in calls if bodies[0].startswith("row")]

    eventually(lambda: sorted(sum(batches(), [])) == sorted(sent))
    assert max(map(len, batches())) > 10


def test_a_daily_root_cannot_be_deleted(town: Town) -> None:
    s3, bucket = town.client("s3"), "sanwei-local-trail-roots-000000000000"
    version = s3.put_object(Bucket=bucket, Key="2024-05-01", Body=b"root")["VersionId"]
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="2024-05-01", VersionId=version)


def test_a_city_that_is_up_is_not_started_twice(town: Town) -> None:
    with pytest.raises(CityRuns, match="sanwei down"):
        town.enter()


def test_a_taken_port_is_said_before_anything_starts(town: Town, tmp_path: Path) -> None:
    with pytest.raises(NotStarted, match=f"port {town.api_port} is taken"):
        localcity.up(tmp_path / "other", api_port=town.api_port, project=town.project)
    assert localcity.find(tmp_path / "other") is None
    assert not localcity.down(tmp_path / "other")


def test_a_restart_keeps_data_runs_new_code_and_tells_what_was_not_told(town: Town) -> None:
    lambdas = town.client("lambda")
    (mapping,) = lambdas.list_event_source_mappings(FunctionName="sanwei-local-registry_publish")[
        "EventSourceMappings"
    ]
    town.write("told")
    eventually(lambda: "told" in town.told())
    lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    town.write("before the night")
    town.send("registry-rows", "slow")
    eventually(lambda: town.held("registry-rows") == 1)

    town.leave()
    assert localcity.find(town.state) is None
    town.recode("second")
    town.enter()

    assert town.health() == {"code": "second"}
    table = {"TableName": "sanwei-local-registry"}
    key = {"pk": {"S": "before the night"}, "sk": {"S": "head"}}
    assert town.client("dynamodb").get_item(Key=key, **table)["Item"] == key
    eventually(lambda: len(town.calls("registry_rows")) == 1)  # long before its visibility ends
    (call,) = town.calls("registry_rows")
    assert call["code"] == "second"
    assert call["event"]["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2"
    town.client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    town.write("after the night")
    eventually(lambda: town.told()[-2:] == ["before the night", "after the night"])
    assert town.told().count("told") == 1


def test_after_a_crash_the_city_rises_as_it_last_slept(town: Town) -> None:
    town.write("slept")
    town.leave()
    town.enter()
    town.write("lost")
    pid = processes.running(town.state, "emulator")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: localcity.find(town.state) is None)
    assert "emulator has stopped" in str(localcity.failing(town.city))

    town.enter()
    present = town.client("dynamodb").batch_get_item(
        RequestItems={
            "sanwei-local-registry": {
                "Keys": [{"pk": {"S": key}, "sk": {"S": "head"}} for key in ("slept", "lost")]
            }
        }
    )["Responses"]["sanwei-local-registry"]
    assert [item["pk"]["S"] for item in present] == ["slept"]
    town.write("awake")
    eventually(lambda: "awake" in town.told())


def test_under_a_speed_schedules_fire_in_city_time_which_never_runs_back(town: Town) -> None:
    fired = len(town.calls("push_retry"))
    town.leave()
    city = town.enter(speed=600.0)
    eventually(lambda: len(town.calls("push_retry")) > fired + 2)
    assert city.environment()["SANWEI_SPEED"] == "600.0"
    ahead = datetime.fromisoformat(town.calls("push_retry")[-1]["event"]["time"])
    town.leave()

    city = town.enter()
    assert datetime.fromisoformat(city.virtual) >= ahead
    assert datetime.fromisoformat(city.virtual) - datetime.fromisoformat(city.real) > timedelta(
        minutes=15
    )
