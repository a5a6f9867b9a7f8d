"""The whole story on a real local city, by its command line: rows in, tasks out, feedback back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.inspections.domain import inspection_id
from functions.supervision.domain import referral_task_id
from infra import localcity
from infra.city.generator import Registration, generate, to_csv
from infra.client import Api
from infra.emulator import ACCOUNT, PROJECT, free_port
from infra.life.clues import PHOTO
from infra.signin import Environment

pytestmark = pytest.mark.e2e
PATIENCE = 30.0
UNIT = "scjg.441900102000"  # market regulation in 石龙镇
VILLAGE = "441900102204"  # 西湖 there
NAME, CODE, SCOPE, ADDRESS = "企业名称", "统一社会信用代码", "经营范围", "注册地址"
_RUN = "import sys; from infra.cli import main; sys.exit(main())"


class Refused(Exception):
    """A command that failed, by its one line."""


class Town:
    """A city in a directory of its own, spoken to by `sanwei` alone."""

    def __init__(self, home: Path) -> None:
        self.home, self.state, self.port = home, home / "state", free_port()
        good = [one for one in generate(60, seed=5) if len(one[CODE]) == 18]
        self.spare = iter(good[20:])
        self.shop = self.invent("零售：药品、预包装食品", "东莞市石龙镇西湖社区中山西路2号")
        self.turned = self.invent("零售：药品、预包装食品", "东莞市石龙镇西湖社区中山西路7号")
        self.idle = self.invent("企业管理咨询", "东莞市石龙镇西湖社区中山西路3号")
        self.lost = self.invent("零售：药品", "人民路5号")
        self.wrong = self.shop | {CODE: self.shop[CODE][:17] + "!", NAME: "误码店"}
        same = [*good[:20], self.shop, self.idle, self.lost, self.wrong]
        self.file = self.write("rows.csv", [*same, self.turned])
        self.same = self.write("same.csv", same)  # what no test changes

    def invent(self, scope: str, address: str) -> Registration:
        """A registration of a code that no other row has."""
        return next(self.spare) | {SCOPE: scope, ADDRESS: address}

    def write(self, name: str, rows: list[Registration]) -> Path:
        file = self.home / name
        file.write_bytes(to_csv(rows))
        return file

    def say(self, *arguments: str, **environment: str) -> Any:
        """What a command answers with --json; raises Refused."""
        done = subprocess.run(
            [sys.executable, "-c", _RUN, *arguments, "--json"],
            cwd=PROJECT,
            env=_environment() | {"SANWEI_URL": f"http://127.0.0.1:{self.port}"} | environment,
            capture_output=True,
            text=True,
            timeout=150,
        )
        told = json.loads(done.stdout) if done.stdout.strip() else {}
        if done.returncode:
            raise Refused(told.get("error", done.stderr))
        return told

    def start(self, *more: str) -> Any:
        return self.say(
            "up", "--state", str(self.state), "--port", str(self.port), "--detach", *more
        )

    def stop(self) -> Any:
        return self.say("down", "--state", str(self.state))

    def rows(self, unit: str, entity: Registration) -> list[dict[str, Any]]:
        """The tasks of an entity in a unit's worklist, without those that have left it."""
        rows = self.say("tasks", "--unit", unit)["rows"]
        found = [row for row in rows if row.get("task", {}).get("code") == entity[CODE]]
        return sorted(found, key=lambda row: str(row["task"]["item"]))

    def watched(self, task: str) -> bool:
        """Whether the limits of a task are watched already."""
        try:
            return bool(self.say("alerts", task)["watches"])
        except Refused:
            return False

    def subjects(self, unit: str) -> set[str]:
        """What a unit's worklist is about."""
        return {str(row["subject"]) for row in self.say("worklist", "--unit", unit)["rows"]}

    def inspections(self) -> set[str]:
        """What the shop's village has to inspect."""
        board = self.say("inspections", "--unit", VILLAGE)
        return {str(one["id"]) for one in board["inspections"]}

    def printed(self, inspection: str, file: Path) -> bool:
        """Whether a notice can be fetched already."""
        try:
            return bool(self.say("inspections", "notice", inspection, "--out", str(file)))
        except Refused:
            return False

    def rechecks(self) -> list[tuple[str, str]]:
        """The executions of the recheck machine, and how each stands."""
        city = localcity.find(self.state)
        assert city is not None
        machine = city.emulator.client("stepfunctions")
        arn = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:sanwei-local-recheck"
        found = machine.list_executions(stateMachineArn=arn)["executions"]
        return [(one["name"], one["status"]) for one in found]

    def task(self, item: str) -> str:
        """The id of the shop's task for an item that its registration called for."""
        tasks = [one["task"] for one in self.rows(UNIT, self.shop)]
        (found,) = [one for one in tasks if one["item"] == item and not one.get("inspection")]
        return str(found["id"])


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SANWEI_")}


def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.5)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"))
    try:
        yield town
    finally:
        town.stop()


@pytest.fixture(scope="module")
def told(town: Town) -> Any:
    """What `sanwei up` told when the city was new."""
    return town.start("--load", str(town.file))


def test_a_new_city_accounts_for_every_row(town: Town, told: Any) -> None:
    loaded = told["loaded"]
    assert loaded["rows"] == 25
    assert loaded["rows"] == loaded["accepted"] + loaded["duplicate"] + loaded["rejected"]
    assert loaded["accepted"] == loaded["pushed"] + loaded["no_item"] + loaded["manual"]
    assert 24 in {error["row"] for error in loaded["errors"] if error["field"] == "code"}
    assert {"row", "field", "code", "message"} == set(loaded["errors"][0])


def test_it_tells_what_was_pushed_to_whom_and_what_waits_and_why(town: Town, told: Any) -> None:
    receivers = {one["unit"]: one for one in told["receivers"]}
    assert receivers[UNIT]["name"] == "市场监督管理局 石龙镇分局"
    assert sum(one["tasks"] for one in told["receivers"]) == told["loaded"]["tasks"]
    assert sum(one["tasks"] for one in told["items"]) == told["loaded"]["tasks"]
    assert sum(one["cases"] for one in told["offices"]) == told["loaded"]["accepted"]
    reasons = {one["reason"]: one for one in told["waiting"]}
    assert town.lost[NAME] in {one["name"] for one in reasons["town_unknown"]["examples"]}


def test_a_shop_reaches_its_department_in_its_town_with_the_words_that_say_why(
    town: Town, told: Any
) -> None:
    tasks = {row["task"]["item"]: row["task"] for row in town.rows(UNIT, town.shop)}
    assert tasks["SJ07"]["words"] == ["药品"]
    assert tasks["SJ07"]["law"].startswith("药品管理法")
    assert town.rows(UNIT, town.idle) == []


def test_the_same_rows_again_change_nothing(town: Town, told: Any) -> None:
    again = town.say("load", str(town.same), "--sweep")
    assert (again["accepted"], again["tasks"]) == (0, 0)
    assert again["duplicate"] == told["loaded"]["accepted"] + told["loaded"]["duplicate"] - 1
    assert again["rejected"] == told["loaded"]["rejected"]


def test_feedback_counts_once_and_a_closed_task_says_so(town: Town, told: Any) -> None:
    task = town.task("SJ07")
    assert town.say("feedback", task, "--verb", "receive")["state"] == "received"
    assert town.say("feedback", task, "--verb", "receive")["state"] == "received"
    closing = ("--verb", "close", "--end", "licensed", "--show", "licence_number=粤A1")
    with pytest.raises(Refused, match="issued_on"):
        town.say("feedback", task, *closing)
    closed = town.say("feedback", task, *closing, "--show", "issued_on=2024-05-06")
    assert (closed["state"], closed["end"], len(closed["steps"])) == ("closed", "licensed", 2)
    with pytest.raises(Refused, match="task is closed"):
        town.say("feedback", task, "--verb", "handle", "--note", "once more")
    eventually(lambda: "closed" in {row["state"] for row in town.rows(UNIT, town.shop)})


def test_somebody_elses_task_looks_as_if_it_were_not_there(town: Town, told: Any) -> None:
    task = town.task("SJ07")
    for verb in ("receive", "handle"):
        with pytest.raises(Refused, match="Not found"):
            town.say("feedback", task, "--verb", verb, "--as", "officer:gaj")
    with pytest.raises(Refused, match="Not found"):
        town.say("tasks", "--unit", UNIT, "--as", "officer:gaj")


def test_a_units_open_tasks_come_as_a_sheet_and_feedback_comes_in_files(
    town: Town, told: Any
) -> None:
    sheet = town.home / "tasks.xlsx"
    town.say("tasks", "--unit", UNIT, "--xlsx", str(sheet))
    assert sheet.read_bytes().startswith(b"PK")
    open_ones = town.say("tasks", "--unit", UNIT, "--open")["rows"]
    pieces = [{"task": row["subject"], "feedback": {"verb": "receive"}} for row in open_ones]
    file = town.home / "feedback.json"
    file.write_text(json.dumps(pieces))
    counted = town.say("feedback", "--file", str(file), "--as", f"officer:{UNIT}")
    assert (counted["counted"], counted["refused"]) == (len(open_ones), 0)
    assert len(open_ones) > 0


def test_the_limits_of_a_task_are_watched_and_a_sweep_raises_only_what_is_due(
    town: Town, told: Any
) -> None:
    task = town.task("SJ04")
    eventually(lambda: town.watched(task))
    (watch,) = town.say("alerts", task)["watches"]
    assert (watch["unit"], watch["light"], watch["alerts"]) == (UNIT, "green", [])
    assert "close" in {clock["stage"] for clock in watch["clocks"]}
    assert town.say("alerts", "--sweep")["shards"] > 1
    eventually(lambda: town.say("redrive", "--list") == {"failures": []})
    assert town.say("alerts", task)["watches"][0]["alerts"] == []


def test_a_clue_with_a_photo_reaches_whom_its_office_chooses_and_is_closed(
    town: Town, told: Any
) -> None:
    reporter, office = "gaj.441900102000", "office.441900102000"
    photo = town.home / "door.jpg"
    photo.write_bytes(PHOTO)
    seen = ("--seen", "无证经营餐饮服务，现场有炉灶", "--place", "西湖社区后巷，无门牌")
    who = ("--unit", reporter, "--as", f"officer:{reporter}")
    clue = town.say("clues", "report", *seen, *who, "--photo", str(photo))
    assert UNIT in {one.get("unit") for one in clue["proposals"]}
    eventually(lambda: clue["id"] in town.subjects(office))
    town.say("clues", "assign", clue["id"], UNIT, "--as", f"town_office:{office}")
    eventually(lambda: clue["id"] in town.subjects(UNIT))
    mine = ("--as", f"officer:{UNIT}")
    town.say("clues", "feedback", clue["id"], "--verb", "receive", *mine)
    proof = ("--show", "checked_on=2024-05-06", "--show", "note=已停业")
    closing = ("--verb", "close", "--end", "corrected", *proof, *mine)
    closed = town.say("clues", "feedback", clue["id"], *closing)
    assert (closed["state"], len(closed["pictures"])) == ("closed", 1)
    with urllib.request.urlopen(closed["pictures"][0]["url"], timeout=10) as picture:
        assert picture.read() == PHOTO


def test_b10_an_inspection_goes_from_the_door_to_the_department_and_back(
    town: Town, told: Any
) -> None:
    id = inspection_id(town.shop[CODE], 1)
    eventually(lambda: id in town.inspections())
    assert told["inspections"]["opened"] >= told["loaded"]["accepted"]
    one = town.say("inspections", "assign", id)
    assert one["state"] == "assigned" and one["inspector"].startswith(f"inspector:{VILLAGE}")
    photo = town.home / "shop.jpg"
    photo.write_bytes(PHOTO)
    wrong = ("--fail", "licence.SJ04=unlicensed", "--photo", str(photo), "--pass-rest")
    assert town.say("inspections", "visit", id, *wrong)["state"] == "correcting"
    notice = town.home / "notice.pdf"
    eventually(lambda: town.printed(id, notice))
    assert notice.read_bytes().startswith(b"%PDF")
    eventually(lambda: town.rechecks() == [(f"{id}-1", "RUNNING")])
    assert town.say("inspections", "recheck", id, *wrong)["state"] == "correcting"  # too early
    refused = (*wrong, "--present", "店主", "--refused")
    assert town.say("inspections", "recheck", id, *refused)["state"] == "disposing"
    unsolved = ("--unsolved", "licence.SJ04", "--note", "拒不停止经营")
    referred = town.say("inspections", "dispose", id, *unsolved)
    assert {one["unit"] for one in referred["referrals"]} == {UNIT}
    task = referral_task_id(id, referred["referrals"][0]["key"])
    eventually(lambda: task in town.subjects(UNIT))
    town.say("feedback", task, "--verb", "receive")
    proof = ("--show", "checked_on=2024-05-06", "--show", "note=已停业")
    town.say("feedback", task, "--verb", "close", "--end", "corrected", *proof)
    eventually(lambda: town.say("inspection", id).get("outcome") == "handled")


def test_the_figures_are_those_of_the_tasks(town: Town, told: Any) -> None:
    def pushed() -> int:
        return int(town.say("reports", "figures")["total"]["pushed"])

    eventually(lambda: pushed() >= told["loaded"]["tasks"])
    assert town.say("reports", "rebuild", "--check")["equal"]


def test_a_person_places_what_the_system_could_not(town: Town, told: Any) -> None:
    url = f"http://127.0.0.1:{town.port}"
    dispatcher = Api(url, Environment(url, {}, who="dispatcher"))
    ruling = {"edition": 1, "note": "在石龙", "town": "441900102000"}
    case = dispatcher.post(f"/v1/manual/{town.lost[CODE]}", ruling)
    assert case["outcomes"][-1]["outcome"] == "pushed"
    eventually(lambda: len(town.rows(UNIT, town.lost)) == 1)


def test_a_change_of_scope_withdraws_what_no_longer_applies(town: Town, told: Any) -> None:
    changed = town.turned | {SCOPE: "零售：药品、烟草制品"}
    loaded = town.say("load", str(town.write("change.csv", [changed])), "--sweep")
    assert (loaded["accepted"], loaded["pushed"]) == (1, 1)

    def ends() -> dict[str, str]:
        return {one["task"]["item"]: one["task"].get("end", "") for one in town.rows(UNIT, changed)}

    eventually(lambda: ends()["SJ04"] == "withdrawn")
    assert ends()["SJ07"] == ""
    eventually(lambda: [one["state"] for one in town.rows("ycj", changed)] == ["pushed"])


def test_a_new_version_of_the_items_is_tried_and_put_in_force(town: Town, told: Any) -> None:
    shipped = (PROJECT / "infra/city/supervision_items.toml").read_text(encoding="utf-8")
    (old,) = [one["version"] for one in town.say("items", "list")["editions"]]
    text = shipped.replace(f'version = "{old}"', 'version = "e2e"', 1)
    text += (
        '\n[[items]]\ncode = "ZX99"\nlicence = "咨询备案"\nkind = "filing"\nlevel = "town"\n'
        'departments = ["市场监督管理局"]\n[[items.rules]]\nwords = ["企业管理咨询"]\n'
    )
    file = town.home / "items.toml"
    file.write_text(text, encoding="utf-8")
    town.say("items", "add", str(file), "--note", "consulting")
    trial = town.say("items", "try", "e2e", "--last", "50")
    assert trial["by_item"]["ZX99"][0] >= 1
    assert set(trial["by_item"]) == {"ZX99"}
    town.say("items", "force", "e2e")
    fresh = town.invent("企业管理咨询", "东莞市石龙镇西湖社区中山西路9号")
    town.say("load", str(town.write("fresh.csv", [fresh])), "--sweep")
    eventually(lambda: [one["task"]["item"] for one in town.rows(UNIT, fresh)] == ["ZX99"])


def test_what_failed_is_shown_and_sent_again(town: Town, told: Any) -> None:
    assert town.say("redrive", "--list") == {"failures": []}
    city = localcity.find(town.state)
    assert city is not None
    sqs = city.emulator.client("sqs")
    dead = sqs.get_queue_url(QueueName="sanwei-local-registry-release-dead")["QueueUrl"]
    message = json.dumps({"shard": 0, "until": datetime.now(UTC).isoformat()})
    sqs.send_message(QueueUrl=dead, MessageBody=message)
    (pile,) = town.say("redrive", "--list")["failures"]
    assert (pile["queue"], pile["waiting"]) == ("registry-release", 1)
    assert town.say("redrive", "registry-release")["moved"] == 1
    assert town.say("redrive", "--list") == {"failures": []}
    with pytest.raises(Refused, match="no such queue"):
        town.say("redrive", "nonsense")


def test_a_machine_client_calls_with_its_credentials_and_only_within_its_scopes(
    town: Town, told: Any
) -> None:
    client = json.loads((town.state / "clients.json").read_text())["registrar"]
    credentials = {
        "SANWEI_TOKEN_URL": client["token_url"],
        "SANWEI_CLIENT_ID": client["client_id"],
        "SANWEI_CLIENT_SECRET": client["client_secret"],
    }
    elsewhere = {"SANWEI_URL": f"http://localhost:{town.port}", **credentials}  # no kept sign-in
    assert town.say("load", str(town.same), **elsewhere)["accepted"] == 0
    with pytest.raises(Refused, match="does not cover sweep"):
        town.say("sweep", **elsewhere)
    with pytest.raises(Refused, match="gave no token"):
        town.say("sweep", **elsewhere | {"SANWEI_CLIENT_SECRET": "wrong"})


def test_a_broken_file_is_refused_before_anything_is_sent(town: Town, told: Any) -> None:
    broken = town.home / "broken.csv"
    broken.write_bytes(b"PK\x03\x04 this is a spreadsheet")
    with pytest.raises(Refused, match="broken.csv"):
        town.say("load", str(broken), "--sweep")


def test_a_city_that_is_up_or_a_taken_port_is_told_in_a_line(town: Town, told: Any) -> None:
    with pytest.raises(Refused, match="sanwei down"):
        town.start()
    other = town.home / "other"
    with pytest.raises(Refused, match=f"port {town.port} is taken"):
        town.say("up", "--state", str(other), "--port", str(town.port), "--detach")
    assert localcity.find(other) is None


def test_a_second_start_goes_on_where_the_first_ended(town: Town, told: Any) -> None:
    eventually(lambda: town.rows(UNIT, town.shop) == town.rows(UNIT, town.shop))
    before = town.rows(UNIT, town.shop)
    assert town.stop()["stopped"]
    with pytest.raises(Refused, match="sanwei up"):
        town.say("sweep")
    again = town.start()
    assert again["loaded"] == told["loaded"]
    assert town.rows(UNIT, town.shop) == before
