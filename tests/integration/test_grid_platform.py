"""The grid platform on moto: called back, and heard at least once and in any order (B8, B11)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from functions.inspections.domain import inspection_id
from functions.shared import clock, ports, signatures
from functions.shared.events import CloudEvent
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.receiver import Receiver, receiving
from tests.integration.test_interfaces import OPERATOR, sample, verified
from tests.integration.test_spine import HENGLI, code, load, row

VILLAGE = "441900106200"
ADDRESS = "广东省东莞市横沥镇石涌村一路1号"
GRID, WALKER, SECOND = f"{VILLAGE}-01", "somebody", f"inspector:{VILLAGE}"
ROSTER = {
    "grids": [{"id": GRID, "name": "第一网格", "places": ["一路"]}],
    "inspectors": [{"id": one, "name": one, "grids": [GRID]} for one in (WALKER, SECOND)],
}
DISPATCHER, WALKS = (f"{VILLAGE}:village",), (f"{VILLAGE}:inspector",)
OFFICE = (f"office.{HENGLI}:town_office",)


@dataclass
class Platform:
    """The grid platform beside the city: where it is told, and its secret."""

    city: MotoCity
    receiver: Receiver
    secret: str

    def post(
        self, body: Any, to: str = "grid/inspections", *, age: float = 0, flip: bool = False
    ) -> tuple[int, Any]:
        raw = json.dumps(body).encode()
        sent_at = clock.real_now() - timedelta(seconds=age)
        headers = signatures.headers("m-1", sent_at, raw, [self.secret])
        if flip:
            raw = raw.replace(b"somebody", b"somebodx")  # y and x differ in one bit
        return self.city.call("POST", f"/v1/webhooks/{to}", headers=headers, raw=raw)

    def say(self, body: Any) -> dict[str, Any]:
        """What a message is answered that is taken."""
        status, told = self.post(body)
        assert status == 200, told
        self.city.settle()
        return dict(told)

    def told(self) -> list[CloudEvent]:
        return verified(self.receiver, self.secret)

    def rows(self, grants: tuple[str, ...], **query: str) -> list[dict[str, Any]]:
        status, page = self.city.call("GET", "/v1/worklist", query=query, grants=grants)
        assert status == 200, page
        return [one for one in page["rows"] if one["kind"] == "inspection"]


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """It has joined a city where one inspection waits in a village that has a roster."""
    monkeypatch.setenv("SANWEI_PRIVATE_WEBHOOKS", "allow")
    with moto_city() as city, receiving() as receiver:
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        roster = f"/v1/villages/{VILLAGE}/roster"
        assert city.call("PUT", roster, ROSTER, grants=("office:dispatcher",))[0] == 200
        body = {"url": receiver.url}
        status, told = city.call("PUT", "/v1/systems/grid", body, grants=OPERATOR)
        assert status == 200, told
        load(city, row(1, 注册地址=ADDRESS))
        city.settle()
        yield Platform(city, receiver, told["secret"])


def said(name: str, minutes: float = 0, **more: Any) -> dict[str, Any]:
    """A sample message, of the present."""
    message = sample(f"webhooks/grid_{name}.json")
    at = (clock.now() + timedelta(minutes=minutes)).isoformat()
    present = {"at": at, "code": code(1), "inspector": WALKER, "by": WALKER, "grid": GRID}
    return {**message, **{one: present[one] for one in present if one in message}, **more}


def visit(checks: list[dict[str, Any]], *failed: str) -> dict[str, Any]:
    """A whole first visit, with something wrong with `failed`."""
    now = clock.now()
    photo = f"photos/{VILLAGE}/door.jpg"
    ports.objects("evidence").write(photo, b"x")
    wrong = {"result": "failed", "kinds": ["other"], "note": "现场所见", "photos": [photo]}
    findings = [
        {
            "check": check["key"],
            "result": "passed",
            **(wrong if check["key"] in failed else {}),
            "noted_at": now.isoformat(),
        }
        for check in checks
    ]
    started = (now - timedelta(minutes=2)).isoformat()
    end = {"at": now.isoformat()}
    return said("visit", findings=findings, started_at=started, finished=end, position=None)


def test_b11_the_platform_is_told_sends_somebody_and_reports_and_everybody_sees_it(
    platform: Platform,
) -> None:
    [opened] = [one for one in platform.told() if one.type == "inspection.opened"]
    id = inspection_id(code(1), 1)
    assert (opened.subject, opened.data["village"]) == (id, VILLAGE)
    [waits] = platform.rows(DISPATCHER)
    assert (waits["subject"], waits["state"], waits["why"]["reasons"]) == (
        id,
        "waiting",
        ["establishment"],
    )
    assert platform.rows(WALKS) == []

    sent = platform.say(said("assignment"))
    assert (sent["inspection"], sent["state"], sent["inspector"]) == (id, "assigned", WALKER)
    [mine] = platform.rows(WALKS)
    assert (mine["subject"], mine["claimed_by"]) == (id, WALKER)
    assert mine["due"] > waits["due"]  # the visit: who goes there is settled
    assert [one["subject"] for one in platform.rows(WALKS, mine="true", claimed="me")] == [id]

    status, whole = platform.city.call("GET", f"/v1/inspections/{id}", grants=WALKS)
    assert status == 200, whole
    done = platform.say({"specversion": "1.0", "data": visit(whole["checks"], "display")})
    assert (done["state"], bool(done["notice"])) == ("correcting", True)
    [correcting] = platform.rows(WALKS)
    assert correcting["why"]["words"] == ["亮照经营"]
    assert correcting["why"]["note"] == done["notice"]
    news = [(one.type, one.data["state"]) for one in platform.told() if one.subject == id]
    assert news[0] == ("inspection.opened", "waiting")
    assert news[-1] == ("inspection.changed", "correcting")
    assert {kind for kind, _ in news} == {"inspection.opened", "inspection.changed"}


def test_b11_what_comes_late_twice_or_in_another_order_ends_alike(platform: Platform) -> None:
    first, second, back = (
        said("assignment", -3, ref="1"),
        said("assignment", -1, inspector=SECOND, ref="3"),
        said("recall", -2, ref="2"),
    )
    for message in (second, first, back, second, first):
        assert platform.say(message)["inspector"] == SECOND
    [row] = platform.rows(DISPATCHER)
    assert (row["state"], row["claimed_by"]) == ("assigned", SECOND)
    assert platform.rows(WALKS) == []


def test_a21_only_what_the_platform_has_signed_lately_is_taken(platform: Platform) -> None:
    message = said("assignment")
    for refused, expected in (
        (platform.post(message, age=301), "signature_old"),
        (platform.post(message, age=-302), "signature_early"),
        (platform.post(message, flip=True), "signature_wrong"),
        (platform.post(message, f"{VILLAGE}/inspections"), "signature_wrong"),
    ):
        assert (refused[0], refused[1]["faults"][0]["code"]) == (401, expected)
    assert platform.rows(DISPATCHER)[0]["state"] == "waiting"
    status, told = platform.post(message, age=298)
    assert (status, told["state"]) == (200, "assigned")
    assert platform.post(message) == (200, told)  # replayed


def test_d3_another_units_system_says_nothing_of_inspections(platform: Platform) -> None:
    body = {"url": platform.receiver.url}
    path = f"/v1/systems/{VILLAGE}"
    status, told = platform.city.call("PUT", path, body, grants=OPERATOR)
    assert status == 200, told
    village = Platform(platform.city, platform.receiver, told["secret"])
    assert village.post(said("assignment"), f"{VILLAGE}/inspections")[0] == 404
    assert village.post(said("assignment"))[0] == 401


@pytest.mark.parametrize(
    ("change", "field", "fault"),
    [
        ({"kind": "visited"}, "body", "value_union_tag_invalid"),
        ({"inspection": "I1"}, "body", "value_inspection_or_code"),
        ({"at": "2026-03-02"}, "at", None),
        ({"inspector": "nobody"}, "inspector", "inspector_unknown"),
        ({"grid": "nowhere"}, "grid", "grid_unknown"),
        ({"colour": "red"}, "colour", "value_extra_forbidden"),
    ],
)
def test_d4_what_is_wrong_with_a_message_is_said_by_field(
    platform: Platform, change: dict[str, Any], field: str, fault: str | None
) -> None:
    status, told = platform.post(said("assignment", **change))
    (found,) = told["faults"]
    assert (status, found["field"]) == (400, field)
    assert fault in (None, found["code"])


def test_b8_the_platform_reports_for_a_village_what_was_seen_on_patrol(platform: Platform) -> None:
    clue = sample("webhooks/grid_clue.json")
    status, told = platform.post(clue, "grid/clues")
    assert status == 201, told
    assert (told["reporter"], told["village"], told["office"]) == (
        VILLAGE,
        VILLAGE,
        f"office.{HENGLI}",
    )
    again, same = platform.post(clue, "grid/clues")
    assert (again, same["id"]) == (201, told["id"])
    path = f"/v1/clues/{told['id']}"
    for grants, expected in ((DISPATCHER, 200), (OFFICE, 200), (WALKS, 404)):
        assert platform.city.call("GET", path, grants=grants)[0] == expected
    assert platform.post({**clue, "unit": f"scjg.{HENGLI}"}, "grid/clues")[0] == 404
