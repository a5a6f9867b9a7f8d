"""The phone's page and what its scripts ask and send, without a browser (B5-B8)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from functions.inspections import wiring
from functions.inspections.domain import Inspection
from functions.portal.phone_views import words_of
from functions.shared import clock
from functions.shared.events.inspections import InspectionState
from infra.assets import SITE
from tests.integration import tokens
from tests.integration.motocity import MotoCity, moto_city
from tests.integration.pages import HOST, Reader, Seen, ask, furnish
from tests.integration.patrol import NEXT_VILLAGE, VILLAGE, opened

HOSTILE = "<script>alert(1)</script>\u202e𠮷" + "长" * 150
PICTURE = b"\xff\xd8\xff" + b"x" * 96
WALKS = f"{VILLAGE}:inspector"


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        furnish(city)
        yield city


def send(
    city: MotoCity,
    path: str,
    body: bytes,
    kind: str = "application/json",
    *,
    name: str,
    grant: str = WALKS,
    **change: str,
) -> Seen:
    """What a script of the page sends as `name`, signed in as the same person."""
    headers = {"content-type": kind, "host": HOST, "sec-fetch-site": "same-origin"}
    headers |= {"accept-language": "zh", "cookie": f"session={tokens.token(grant, name=name)}"}
    query = {"person": name} | {key: text for key, text in change.items() if key != "site"}
    headers["sec-fetch-site"] = change.get("site", "same-origin")
    return ask(city, "POST", path, query, headers, body)


def photo(city: MotoCity, name: str) -> str:
    seen = send(city, "/phone/photos", PICTURE, "image/jpeg", name=name, unit=VILLAGE)
    assert seen.status == 201, seen.text
    return str(json.loads(seen.text)["key"])


def visit(inspection: Inspection, **change: Any) -> dict[str, Any]:
    """A whole first visit, as the phone writes it; all in order."""
    at = clock.now().isoformat()
    found = [
        {
            "check": one.key,
            "result": "passed",
            "kinds": [],
            "note": "",
            "photos": [],
            "noted_at": at,
        }
        for one in inspection.checks
    ]
    whole = {"ref": "r", "visit": "v", "round": "first", "started_at": at, "findings": found}
    return {**whole, "finished": {"at": at, "present": "店主"}, **change}


def told(city: MotoCity, name: str, grant: str = WALKS) -> Any:
    seen = Reader(city, grant, name=name).open("/phone/data")
    assert seen.status == 200, seen.text
    return json.loads(seen.text)


@pytest.mark.parametrize("zh", [True, False])
def test_b6_the_shell_opens_in_both_languages_and_says_whose_it_is(
    city: MotoCity, zh: bool
) -> None:
    seen = Reader(city, WALKS, name="zhou", zh=zh).open("/phone")
    assert seen.status == 200
    assert ("今日检查" if zh else "Today's visits") in seen.said
    assert 'data-person="zhou"' in seen.text and "phone/manifest.webmanifest" in seen.text


def test_b6_the_data_are_the_persons_own_visits_with_all_that_may_be_said(city: MotoCity) -> None:
    mine = opened(101, "ming", name=HOSTILE)
    opened(102, "somebody-else")
    data = told(city, "ming")
    assert data["person"] == "ming" and [one["unit"] for one in data["units"]] == [VILLAGE]
    assert [one["id"] for one in data["visits"]] == [mine.id]
    shown = data["visits"][0]
    assert (shown["name"], shown["round"]) == (HOSTILE, "first")  # the script shows it as text
    address = next(one for one in shown["checks"] if one["key"] == "address")
    assert [one["result"] for one in address["results"]] == ["passed", "failed", "not_applicable"]
    assert data["correction"][0]["first"] < data["correction"][0]["last"]


def test_b7_a_visit_with_a_violation_brings_the_notice_and_its_recheck_to_the_phone(
    city: MotoCity,
) -> None:
    inspection = opened(103, "hong")
    body = visit(inspection)
    key, signed = photo(city, "hong"), photo(city, "hong")
    body["findings"][0] |= {"result": "failed", "kinds": ["not_found"], "photos": [key]}
    body["finished"]["signature"] = signed
    path = f"/phone/visits/{inspection.id}"
    seen = [send(city, path, json.dumps(body).encode(), name="hong") for _ in range(2)]
    assert [one.status for one in seen] == [200, 200]
    assert json.loads(seen[0].text) == json.loads(seen[1].text)
    (shown,) = told(city, "hong")["visits"]
    assert shown["round"] == "recheck"
    assert [one["key"] for one in shown["checks"]] == ["address"]
    assert shown["notice"]["number"] == json.loads(seen[0].text)["notice"]
    assert shown["checks"][0]["before"][0]["result"] == "failed"
    assert Reader(city, WALKS, name="hong").open(f"/phone/notices/{inspection.id}").status == 409
    city.settle()
    paper = Reader(city, WALKS, name="hong").open(f"/phone/notices/{inspection.id}")
    assert paper.headers["content-type"] == "application/pdf" and paper.text.startswith("%PDF")
    stored = wiring.desk().cabinet.inspections.get(inspection.id)
    assert stored and stored.value.visits[0].finished
    assert stored.value.visits[0].finished.signature == signed


def test_d4_what_is_refused_names_its_fields_and_changes_nothing(city: MotoCity) -> None:
    inspection = opened(104, "lan")
    body = visit(inspection)
    body["findings"][0] |= {"result": "failed", "kinds": ["not_found"]}
    seen = send(city, f"/phone/visits/{inspection.id}", json.dumps(body).encode(), name="lan")
    faults = json.loads(seen.text)["faults"]
    assert seen.status == 400
    assert [(one["field"], one["code"]) for one in faults] == [
        ("findings.0.photos", "photo_needed")
    ]
    assert "照片" in faults[0]["message"]
    assert send(city, "/phone/photos", b"x", "text/plain", name="lan", unit=VILLAGE).status == 400
    assert send(city, "/phone/clues", b"{nothing", name="lan").status == 400


@pytest.mark.parametrize("name", ["a%41", "a+b c", "韦|小/美"])
def test_b11_whatever_somebody_is_called_what_waits_goes_up(city: MotoCity, name: str) -> None:
    assert photo(city, name)


def test_b8_a_clue_goes_up_with_its_photo_and_once(city: MotoCity) -> None:
    body = {"place": "东兴路3号", "seen": HOSTILE, "photos": [photo(city, "qing")], "ref": "one"}
    seen = [send(city, "/phone/clues", json.dumps(body).encode(), name="qing") for _ in range(2)]
    assert seen[0].status == 201
    assert json.loads(seen[0].text)["id"] == json.loads(seen[1].text)["id"]


def test_d3_what_one_person_noted_is_not_taken_from_another(city: MotoCity) -> None:
    inspection = opened(105, "wei")
    body, path = json.dumps(visit(inspection)).encode(), f"/phone/visits/{inspection.id}"
    for person in ("somebody", "", quote("wéi")):
        assert send(city, path, body, name="wei", person=person).status == 401
    assert send(city, "/phone/photos", PICTURE, "image/jpeg", name="wei", person="x").status == 401
    assert send(city, "/phone/clues", b"{}", name="wei", person="x").status == 401
    stranger = ask(city, "POST", path, {"person": "wei"}, {"sec-fetch-site": "same-origin"}, body)
    assert stranger.status == 401
    assert send(city, path, body, name="wei", site="cross-site").status == 403
    assert send(city, path, body, name="wei").status == 200


def test_d3_anothers_visit_looks_like_one_that_is_not_there(city: MotoCity) -> None:
    inspection = opened(106, "wei")
    neighbour = f"{NEXT_VILLAGE}:inspector"
    body = json.dumps(visit(inspection)).encode()
    for place in ("visits", "notices"):
        reader = Reader(city, neighbour, name="xin")
        seen = [reader.open(f"/phone/{place}/{id}") for id in (inspection.id, "nothing")]
        assert [one.status for one in seen] == [404, 404]
        assert seen[0].text.replace(inspection.id, "nothing") == seen[1].text
    sent = [
        send(city, f"/phone/visits/{id}", body, name="xin", grant=neighbour)
        for id in (inspection.id, "nothing")
    ]
    assert (sent[0].status, sent[0].text) == (404, sent[1].text)
    assert told(city, "xin", neighbour)["visits"] == []


def test_a_phone_keeps_the_sixty_earliest_due_of_many_in_all_villages(city: MotoCity) -> None:
    for number in range(200, 265):
        (limit,) = opened(number, "ying").clocks
    earlier = limit.model_copy(update={"due": limit.due - timedelta(days=3)})
    urgent = opened(265, "ying", unit=NEXT_VILLAGE, clocks=(earlier,))
    opened(266, "ying", clocks=(earlier,), state=InspectionState.DISPOSING)
    seen = Reader(city, WALKS, f"{NEXT_VILLAGE}:inspector", name="ying").open("/phone/data")
    data = json.loads(seen.text)
    assert len(data["visits"]) == 60 and data["more"] is True
    assert data["visits"][0]["id"] == urgent.id
    assert {one["round"] for one in data["visits"]} == {"first"}


def test_b1_whoever_dispatches_and_visits_is_given_only_his_own_visits(city: MotoCity) -> None:
    opened(270, "somebody-else")
    opened(271, "nobody", state=InspectionState.WAITING)
    own = opened(272, "xiong")
    seen = Reader(city, WALKS, f"{VILLAGE}:village", name="xiong").open("/phone/data")
    assert [one["id"] for one in json.loads(seen.text)["visits"]] == [own.id]


def test_the_worker_keeps_every_file_of_the_shell_and_is_asked_anew_each_time(
    city: MotoCity,
) -> None:
    seen = Reader(city).open("/phone/worker.js")
    assert seen.headers["cache-control"] == "no-cache"
    assert seen.headers["service-worker-allowed"] == "../phone"
    release = json.loads(seen.text.split("\n")[0].removeprefix("const RELEASE = ").rstrip(";"))
    shell = Reader(city, WALKS).open("/phone").text
    named = {part.split('"')[0] for part in shell.split('"./assets/')[1:]}
    assert named == {one.removeprefix("../assets/") for one in release["files"]}
    assert set(release["scripts"]) <= set(release["files"])
    for name in named:
        assert Reader(city).open(f"/assets/{name}").status == 200, name


def test_a_phone_can_install_the_page(city: MotoCity) -> None:
    seen = Reader(city).open("/phone/manifest.webmanifest")
    assert seen.headers["content-type"].startswith("application/manifest+json")
    manifest = json.loads(seen.text)
    assert manifest["start_url"] == manifest["scope"] == "../phone"
    assert manifest["icons"][0]["src"].startswith("data:image/svg+xml")


def test_every_word_that_the_scripts_say_is_written() -> None:
    scripts = "".join(
        file.read_text(encoding="utf-8") for file in sorted((SITE / "own").glob("phone*.js"))
    )
    said = set(re.findall(r'\bt\("([a-z_.0-9]+)"', scripts))
    said |= set(re.findall(r'\b(?:listed|act|tick)\("([a-z_]+)"', scripts))
    assert len(said) > 40
    assert said <= words_of("zh").keys()
