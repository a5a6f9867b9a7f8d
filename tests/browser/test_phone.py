"""An inspector whose signal is lost and comes back, on a phone in a real browser (B5-B8, B11)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from functions.portal import sites
from functions.shared.events.inspections import InspectionState
from infra.assets import AXE, BUILT
from tests.browser.conftest import Window
from tests.browser.doorstep import (
    PHOTO,
    SECONDS_60,
    all_sent,
    asked,
    check,
    clue_of,
    find_well,
    find_wrong,
    finish,
    kept,
    mine,
    open_visit,
    report,
    send_now,
    sign,
    stored,
)
from tests.browser.windows import NARROW, Complaints, overflow, sign_in, site
from tests.integration.motocity import MotoCity, moto_city
from tests.integration.patrol import VILLAGE, checks

HOSTILE = "<img src=x onerror=alert(1)>\u202e𠮷" + "长" * 150
HERE = {"latitude": 23.0207, "longitude": 113.7512}


@pytest.fixture(scope="module")
def city() -> Iterator[MotoCity]:
    with moto_city() as city:
        yield city


@pytest.fixture(scope="module")
def base(city: MotoCity) -> Iterator[str]:
    with site(city) as address:
        yield address


Walk = Callable[..., Page]


@pytest.fixture
def walk(window: Window, base: str, complaints: Complaints) -> Walk:
    """`walk(name)` opens the phone of an inspector, who is signed in and has a signal."""
    complaints.forgive(r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of (4|5)\d\d")

    def begin(name: str, language: str = "zh") -> Page:
        context = window(NARROW, language, geolocation=HERE, permissions=["geolocation"])
        sign_in(context, base, f"{VILLAGE}:inspector", name=name)
        page = context.new_page()
        page.goto(f"{base}/phone")
        expect(page.locator("#view ul.list a.card, #view p.quiet").first).to_be_visible()
        kept(page)
        return page

    return begin


def test_b11_what_is_done_without_a_signal_goes_up_once_and_in_order(
    walk: Walk, city: MotoCity
) -> None:
    inspection = mine("an")
    page = walk("an")
    sent = asked(page)
    page.context.set_offline(True)
    open_visit(page, inspection)
    find_wrong(page)
    read_out = page.locator(".paper input[type=date]").input_value()
    page.get_by_label("在场人员姓名").fill("王某")
    sign(page)
    finish(page)
    expect(page.locator("#queued")).to_have_text("待上传 1")
    expect(page.locator("#signal")).to_have_text("无信号")
    report(page)
    expect(page.locator("#queued")).to_have_text("待上传 2")
    page.reload()  # the app is still there, and so is all that waits
    expect(page.locator("#queued")).to_have_text("待上传 2")
    page.locator("#queued").click()
    expect(page.locator(".job")).to_have_count(2)
    assert stored(inspection).visits == () and overflow(page) <= 0

    page.context.set_offline(False)
    page.get_by_role("button", name="立即上传").click()
    all_sent(page)
    found = stored(inspection)
    assert found.state is InspectionState.CORRECTING and found.notice
    (visit,) = found.visits
    assert visit.finished and visit.finished.present == "王某" and visit.finished.signature
    assert read_out == str(visit.finished.correct_by) == str(found.notice.correct_by)
    assert visit.position and visit.by == "an" and len(visit.refs) == 1
    expect(page.get_by_text(found.notice.number)).to_be_visible()
    expect(page.get_by_text("线索已上报")).to_be_visible()
    clue = clue_of(page, city)
    assert (clue["seen"], clue["photos"], clue["village"]) == ("无证无照经营", 1, VILLAGE)
    assert clue["position"] and "23.02070" in clue["place"]
    by_worker = sent == []  # the worker may have been quicker than the page
    assert by_worker or sent == [
        *("phone/photos", "phone/photos", f"visits/{inspection.id}"),
        *("phone/photos", "phone/clues"),
    ]


def test_b11_the_worker_sends_what_waits_when_the_browser_wakes_it(walk: Walk) -> None:
    inspection = mine("ai", checks=checks("display"))
    page = walk("ai")
    tools = page.context.new_cdp_session(page)
    workers: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: workers.extend(one["registrationId"] for one in told["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    page.evaluate("Queue.run = () => Promise.resolve({count: 0, halt: 'offline'})")  # it sleeps
    open_visit(page, inspection)
    find_well(page, 0)
    finish(page)
    expect(page.locator("#queued")).to_have_text("待上传 1")
    origin = page.evaluate("location.origin")
    waking = {"origin": origin, "registrationId": workers[-1], "tag": "phone-queue"}
    tools.send("ServiceWorker.dispatchSyncEvent", {**waking, "lastChance": False})
    all_sent(page)
    assert stored(inspection).state is InspectionState.CLOSED
    assert len(stored(inspection).visits[0].refs) == 1


def test_b11_two_windows_send_each_thing_once(walk: Walk, base: str) -> None:
    inspection = mine("bai")
    page = walk("bai")
    sent = asked(page)
    page.context.set_offline(True)
    open_visit(page, inspection)
    for number in range(3):
        find_well(page, number)
    page.evaluate("for (const _ of [1, 2]) document.querySelector('#deeds .primary').click()")
    expect(page.locator("#queued")).to_have_text("待上传 1")
    other = page.context.new_page()
    other.goto(f"{base}/phone#waiting")
    expect(other.locator(".job")).to_have_count(1)
    page.context.set_offline(False)
    for one in (page, other):
        one.evaluate("sync(true)")
    for one in (page, other):
        all_sent(one)
    assert sent in ([f"visits/{inspection.id}"], [])
    assert stored(inspection).state is InspectionState.CLOSED
    assert len(stored(inspection).visits[0].refs) == 1


def test_b11_an_answer_that_is_lost_makes_no_second_visit(walk: Walk) -> None:
    inspection = mine("chen")
    page = walk("chen")
    tries: list[str] = []

    def lose(route: Route) -> None:
        tries.append(route.request.post_data or "")
        reply = route.fetch()
        if len(tries) == 1:
            route.abort()
        else:
            route.fulfill(response=reply)

    page.route("**/phone/visits/*", lambda route: lose(route) if _posts(route) else _pass(route))
    open_visit(page, inspection)
    for number in range(3):
        find_well(page, number)
    finish(page)
    send_now(page)
    assert len(tries) == 2 and tries[0] == tries[1]
    assert len(stored(inspection).visits) == 1 and len(stored(inspection).visits[0].refs) == 1


def _posts(route: Route) -> bool:
    return route.request.method == "POST"


def _pass(route: Route) -> None:
    route.continue_()


def test_b11_what_is_refused_stays_in_sight_with_its_reason_and_can_be_mended(
    walk: Walk,
) -> None:
    inspection = mine("deng", checks=checks("address"))
    page = walk("deng")
    page.context.set_offline(True)
    open_visit(page, inspection)
    find_well(page, 0)
    finish(page)
    page.evaluate(  # a phone whose clock was wrong
        """async () => {
          const [{body, draft, ...job}] = await Store.jobs(PERSON);
          const wrong = {started_at: "2031-01-01T00:00:00Z"};
          body.findings[0].noted_at = wrong.started_at;
          await Store.keepJob({...job, body: {...body, ...wrong}, draft: {...draft, ...wrong}});
        }"""
    )
    page.context.set_offline(False)
    page.evaluate("sync(true)")
    page.locator("#queued").click()
    job = page.locator(".job")
    fault = job.get_by_role("listitem").filter(has_text="请检查手机时钟")
    expect(fault).to_have_count(2, timeout=SECONDS_60)
    page.reload()
    expect(fault.nth(1)).to_contain_text(inspection.checks[0].name)
    assert stored(inspection).visits == ()
    job.get_by_role("button", name="改正").click()
    expect(page.get_by_role("alert")).to_contain_text("请检查手机时钟")
    check(page, 0).get_by_text("不适用").click()
    check(page, 0).get_by_label("说明").fill("临时搬迁")
    finish(page)
    all_sent(page)
    assert stored(inspection).visits[0].findings[0].note == "临时搬迁"


def test_b6_a_city_that_is_busy_is_asked_again_and_a_session_that_ended_loses_nothing(
    walk: Walk, base: str
) -> None:
    inspection = mine("fang", checks=checks("display"))
    page = walk("fang")
    page.context.clear_cookies(name="session")
    open_visit(page, inspection)
    find_well(page, 0)
    finish(page)
    expect(page.locator("#ask")).to_contain_text("重新登录")
    expect(page.locator("#queued")).to_have_text("待上传 1")
    sign_in(page.context, base, f"{VILLAGE}:inspector", name="fang")
    busy: list[int] = []

    def answer(route: Route) -> None:
        busy.append(1)
        if len(busy) == 1:
            route.fulfill(status=503, body="{}")
        else:
            route.continue_()

    page.route("**/phone/visits/*", lambda route: answer(route) if _posts(route) else _pass(route))
    page.evaluate("sync(true)")
    send_now(page)
    assert len(busy) == 2 and stored(inspection).state is InspectionState.CLOSED


def test_d3_another_person_on_the_same_phone_neither_sees_nor_sends_it(
    walk: Walk, base: str
) -> None:
    inspection = mine("gao", name="只给高看的企业")
    page = walk("gao")
    page.context.set_offline(True)
    open_visit(page, inspection)
    for number in range(3):
        find_well(page, number)
    finish(page)
    sign_in(page.context, base, f"{VILLAGE}:inspector", name="he")
    page.context.set_offline(False)  # the page of the one, the session of the other
    page.evaluate("sync(true)")
    expect(page.locator("#ask")).to_contain_text("gao")
    page.goto(f"{base}/phone")
    expect(page.locator("#queued")).to_have_text("全部已上传")
    expect(page.locator("#view")).to_contain_text("目前没有待您检查的对象")
    assert stored(inspection).visits == ()
    sign_in(page.context, base, f"{VILLAGE}:inspector", name="gao")
    page.goto(f"{base}/phone")
    all_sent(page)
    assert stored(inspection).state is InspectionState.CLOSED


def test_d3_whoever_signs_out_leaves_nothing_to_look_at_but_loses_nothing(
    walk: Walk, base: str
) -> None:
    inspection = mine("jin", name="退出后看不到的企业")
    page = walk("jin")
    page.route("**/phone/visits/*", lambda route: route.abort() if _posts(route) else _pass(route))
    page.context.route("**/sign-out?go=1", lambda route: route.fulfill(body="left"))
    open_visit(page, inspection)
    for number in range(3):
        find_well(page, number)
    finish(page)
    asked_first: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked_first.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.get_by_role("link", name="退出", exact=True).click()
    page.wait_for_url("**/sign-out?go=1")
    assert "还有 1 项未上传" in asked_first[0]
    page.goto(f"{base}/phone/manifest.webmanifest")
    left = page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open("sanwei-phone");
          asked.onsuccess = () => {
            const counts = asked.result.transaction(["visits", "facts", "queue"]);
            const told = {};
            for (const name of ["visits", "facts", "queue"]) {
              counts.objectStore(name).count().onsuccess = (event) => {
                told[name] = event.target.result;
              };
            }
            counts.oncomplete = () => done(told);
          };
        })"""
    )
    assert page.evaluate("caches.keys()") == []
    assert left == {"visits": 0, "facts": 0, "queue": 1}


def test_b6_what_nobody_signed_goes_up_only_after_a_question(walk: Walk) -> None:
    inspection = mine("shen")
    page = walk("shen")
    said: list[str] = []

    def go_back(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", go_back)
    open_visit(page, inspection)
    find_wrong(page)
    expect(page.get_by_role("heading", name="当事人签字")).to_contain_text("可不填")
    button = page.get_by_role("button", name="完成并上报")
    button.click()
    page.get_by_label("在场人员姓名").fill("王某")
    button.click()
    expect(page.locator("article.check")).to_have_count(3)  # still here
    first, second = said
    assert "当事人签字、在场人员姓名" in first and "在场人员姓名" not in second
    page.get_by_text("当事人拒绝签字", exact=True).click()
    button.click()  # nothing lacks now
    expect(page.get_by_text("检查记录已保存")).to_be_visible()
    all_sent(page)
    (visit,) = stored(inspection).visits
    assert len(said) == 2 and visit.finished and visit.finished.unsigned


def test_b7_a_recheck_asks_for_exactly_what_failed_and_shows_the_notice(walk: Walk) -> None:
    inspection = mine("kang")
    page = walk("kang")
    open_visit(page, inspection)
    find_wrong(page)
    expect(page.locator(".paper")).to_contain_text("《企业经营异常名录管理暂行办法》第九条")
    finish(page)
    all_sent(page)
    notice = stored(inspection).notice
    assert notice
    card = page.locator(f"a.card[href='#visit/{inspection.id}']")
    expect(card).to_contain_text("复查")
    open_visit(page, inspection)
    expect(page.locator("article.check")).to_have_count(1)
    expect(page.locator(".paper")).to_contain_text(notice.number)
    page.get_by_role("button", name="打开通知书").click()
    expect(page.get_by_text("通知书尚未印好")).to_be_visible()
    check(page, 0).get_by_text("未改正").click()
    page.get_by_role("button", name="还有 1 处未填").click()
    expect(check(page, 0).get_by_text("请选择具体情形")).to_be_visible()
    check(page, 0).get_by_text("已改正").click()
    finish(page)
    all_sent(page)
    assert stored(inspection).state is InspectionState.CLOSED


def test_b6_an_address_of_a_visit_opens_it_on_a_phone_that_has_read_no_list_yet(
    window: Window, base: str
) -> None:
    inspection = mine("nie")
    context = window(NARROW, "zh", geolocation=HERE, permissions=["geolocation"])
    sign_in(context, base, f"{VILLAGE}:inspector", name="nie")
    page = context.new_page()
    page.goto(f"{base}/phone#visit/{inspection.id}")
    expect(page.locator("article.check").first).to_be_visible()
    page.evaluate("location.hash = '#visit/another'")
    expect(page.locator("h1#absent")).to_have_text("此检查已不在您的清单中。")


def test_d3_what_others_wrote_is_text_on_the_phone(walk: Walk) -> None:
    inspection = mine("lu", name=HOSTILE, address=HOSTILE, scope=HOSTILE)
    page = walk("lu")
    card = page.locator("a.card")
    expect(card.locator("strong")).to_have_text(
        "<img src=x onerror=alert(1)>⟦U+202E⟧𠮷" + "长" * 150
    )
    assert overflow(page) <= 0
    open_visit(page, inspection)
    assert page.locator("#view img").count() == 0 and overflow(page) <= 0


def test_b6_what_is_not_in_sight_is_not_sent_and_what_was_just_taken_is(walk: Walk) -> None:
    inspection = mine("ou")
    page = walk("ou")
    page.context.set_offline(True)
    open_visit(page, inspection)
    find_wrong(page)
    check(page, 0).get_by_label("说明").fill("看错了")
    find_well(page, 0)
    second = check(page, 1)
    second.get_by_text("不合格", exact=True).click()
    second.locator("label.pick.line").first.click()
    page.evaluate(  # a phone that takes its time
        """() => {
          const {shrink} = Photos;
          Photos.shrink = async (file) => {
            await new Promise((done) => setTimeout(done, 500));
            return shrink(file);
          };
        }"""
    )
    second.locator("input[type=file]").set_input_files(PHOTO)
    finish(page)
    body = page.evaluate("Store.jobs(PERSON).then(([job]) => job.body)")
    first, other = body["findings"][:2]
    assert (first["result"], first["note"], first["photos"]) == ("passed", "", [])
    assert (other["result"], len(other["photos"])) == ("failed", 1)
    page.get_by_role("link", name="退出", exact=True).click()
    expect(page.get_by_text("没有信号时无法退出")).to_be_visible()


def test_b11_the_queue_goes_on_past_what_the_city_fails_at_and_with_a_full_phone(
    walk: Walk,
) -> None:
    page = walk("pan")
    told = page.evaluate(
        """async () => {
          const jobs = () => Store.jobs("pu");
          const clue = (title, unit, photos) => Store.queue({kind: "clue", about: "", person: "pu",
            title, unit, body: {title, photos, unit}, draft: {id: title, kind: "clue", photos,
            pictures: photos}, made_at: 0, parked: null});
          const answers = {};
          const posted = [];
          window.fetch = async (url, {body}) => {
            const asked = new URL(url);
            const photo = asked.pathname.endsWith("photos");
            const {title, photos} = photo ? {} : JSON.parse(body);
            posted.push(photo ? asked.searchParams.get("unit") : [title, ...photos]);
            const [status, said] = (!photo && answers[title]) || [201, {id: "L", key: "k"}];
            return new Response(typeof said === "string" ? said : JSON.stringify(said), {status});
          };
          const run = () => Queue.run("pu", BASE);
          const told = {};
          await Store.keepPhoto({id: "p", person: "pu", blob: new Blob(["x"])});
          await clue("breaks", "a", ["p", "lost"]);
          await clue("good", "a", []);
          answers.breaks = [403, "<h1>sign in to this network</h1>"];
          told.first = [(await run()).halt, (await run()).halt, (await jobs()).length];
          told.third = [(await run()).halt, (await jobs()).map((one) => one.title)];
          answers.breaks = [400, {title: "no", faults: [{field: "photos.1", message: "gone"}]}];
          await run();
          const [parked] = await jobs();
          told.parked = parked.parked.faults.length;
          await Queue.takeBack(parked.order);
          await Queue.again(parked); // another window, that has not heard of it
          told.back = [(await jobs()).length, (await Store.draft("pu", "breaks")).photos];
          posted.length = 0;
          Store.keepPhoto = () => Promise.reject(new Error("full"));
          answers.breaks = null;
          await clue("breaks", "b", ["p"]);
          told.last = [(await run()).halt, posted, (await jobs()).length];
          await Store.keepDraft(PERSON, {id: "I#first", kind: "visit", about: "I", round: "first",
            title: "已撤回的企业", started_at: "2026-01-01T00:00:00Z", photos: []});
          redraw("");
          return told;
        }"""
    )
    assert told == {
        "first": ["later", "later", 2],
        "third": ["later", ["breaks"]],
        "parked": 1,
        "back": [0, ["p"]],
        "last": ["", ["b", ["breaks", "k"]], 0],
    }
    begun = page.locator(".job").filter(has_text="已撤回的企业")
    expect(begun).to_contain_text("2026-01-01 08:00")
    expect(begun).to_contain_text("此检查已不在您的清单中")
    page.on("dialog", lambda dialog: dialog.accept())
    begun.get_by_role("button", name="删除").click()
    expect(begun).to_have_count(0)


def test_b11_what_a_full_phone_cannot_note_of_one_holds_up_no_other(walk: Walk) -> None:
    page = walk("qin")
    told = page.evaluate(
        """async () => {
          const {keepJob} = Store;
          const clue = (title) => Store.queue({kind: "clue", about: "", person: "qu", title,
            unit: "a", body: {title, photos: []}, draft: {id: title, kind: "clue", photos: [],
            pictures: []}, made_at: 0, parked: null});
          const titles = async () => (await Store.jobs("qu")).map((one) => one.title);
          let answer = [400, {title: "no", faults: []}];
          window.fetch = async (url, {body}) => {
            const good = JSON.parse(body).title === "good";
            const [status, said] = good ? [201, {id: "L"}] : answer;
            return new Response(JSON.stringify(said), {status});
          };
          const run = async () => [(await Queue.run("qu", BASE)).halt, await titles()];
          Store.keepJob = () => Promise.reject(new Error("full"));
          const found = [];
          for (const one of [answer, [503, {}]]) {
            answer = one;
            await clue("breaks");
            await clue("good");
            found.push(await run());
            for (const job of await Store.jobs("qu")) await Store.settle(job, null);
          }
          await clue("breaks");
          answer = [400, {title: "no", faults: []}];
          await run();
          Store.keepJob = keepJob; // there is room again
          found.push([await run(), (await Store.jobs("qu"))[0].parked.title]);
          return found;
        }"""
    )
    assert told == [["later", ["breaks"]], ["later", ["breaks"]], [["", ["breaks"]], "no"]]


def test_b6_a_visit_that_is_begun_is_not_gone_because_the_list_is_long(walk: Walk) -> None:
    page = walk("qing")
    told = page.evaluate(
        """async () => {
          const visit = (id, due) => ({id, due, round: "first", name: id, address: "", checks: []});
          const keep = (more, ...visits) => Store.keepVisits("qiu", {visits, more, units: []});
          const gone = async () =>
            (await Store.visits("qiu")).filter((one) => one.gone).map((one) => one.id);
          const began = ["early", "late"];
          await keep(false, visit("early", "2026-03-01"), visit("late", "2026-03-20"));
          for (const about of began) {
            await Store.keepDraft("qiu", {id: `${about}#first`, about, kind: "visit"});
          }
          await keep(true, visit("new", "2026-03-02"), visit("other", "2026-03-10"));
          const found = [await gone()];
          await keep(false, visit("new", "2026-03-02"));
          found.push(await gone());
          return found;
        }"""
    )
    assert told == [["early"], ["early", "late"]]


def test_b6_a_photo_that_is_dropped_by_two_taps_takes_no_other_with_it(walk: Walk) -> None:
    inspection = mine("qiao")
    page = walk("qiao")
    open_visit(page, inspection)
    find_wrong(page)
    first = check(page, 0)
    first.locator("input[type=file]").set_input_files([PHOTO, PHOTO])
    expect(first.locator("img")).to_have_count(3)
    page.evaluate("for (const _ of [1, 2]) document.querySelector('.shelf .drop').click()")
    expect(first.locator("img")).to_have_count(2)
    finish(page)
    all_sent(page)
    assert len(stored(inspection).visits[0].findings[0].photos) == 2


def test_b11_a_release_that_is_not_whole_leaves_the_phone_the_one_that_is(
    walk: Walk, city: MotoCity
) -> None:
    page = walk("qi")
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    try:
        release(city, {**manifest, "phone.js": "phone.lost.js"})
        page.reload()
        expect(page.locator("#view")).to_contain_text("正在打开")
        page.context.set_offline(True)
        page.reload()
        expect(page.locator("#view")).to_contain_text("目前没有待您检查的对象")
    finally:
        release(city, manifest)


def release(city: MotoCity, manifest: dict[str, str]) -> None:
    city.write_object("site", "manifest.json", json.dumps(manifest).encode())
    sites._manifest.cache_clear()


def test_b6_visits_stand_by_their_limit_or_by_their_street_in_both_languages(walk: Walk) -> None:
    mine("mo", address="东莞市莞城街道样例村新风路8号")
    mine("mo", address="东莞市莞城街道样例村东兴路1号")
    page = walk("mo")
    page.get_by_text("按街道").click()
    expect(page.locator("#view h2")).to_have_text(["东兴路 1", "新风路 1"])
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Today's visits")
    expect(page.locator("#queued")).to_have_text("All sent")


def test_the_phone_page_has_no_fault_that_axe_calls_serious(walk: Walk, base: str) -> None:
    inspection = mine("ning")
    page = walk("ning")
    told: list[str] = []

    def look() -> None:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run()")["violations"]
        told.extend(
            json.dumps([one["id"], one["nodes"][0]["html"]])
            for one in found
            if one["impact"] in ("serious", "critical")
        )

    look()
    open_visit(page, inspection)
    find_wrong(page)
    look()
    page.locator("#queued").click()
    look()
    page.goto(f"{base}/phone#")
    page.locator("#deeds input[type=file]").set_input_files(PHOTO)
    expect(page.locator("textarea")).to_be_visible()
    look()
    assert told == []
