"""People's journeys through the pages of one real local city, from the sign-in to the result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from infra import localcity, people
from infra.city.roster import inspector_id, villages
from infra.client import Api
from infra.emulator import PROJECT, free_port
from infra.life.cast import Cast
from infra.localcity import City
from tests.browser.conftest import Window
from tests.browser.windows import NARROW, Complaints

pytestmark = pytest.mark.e2e
_RUN = "import sys; from infra.cli import main; sys.exit(main())"
_SAMPLE = 120
_SECONDS_30 = 30_000  # what the city needs until a change has reached a worklist
_SECONDS_90 = 90_000  # and until the past has been tried, on a machine that has more to do
HERE = {"latitude": 23.0207, "longitude": 113.7512}


class Town:
    """A city with a sample in it, and what `sanwei up` told of it."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told
        city = localcity.find(Path(told["state"]))
        assert city is not None
        self.city: City = city
        self.cast = Cast(city.url, lambda who: people.sign_in(city, who))

    @property
    def base(self) -> str:
        return self.city.url

    def api(self, who: str) -> Api:
        return self.cast.api(who)

    def department(self) -> str:
        """The department's unit in a town that has most to do."""
        units = [one["unit"] for one in self.told["receivers"]]
        return str(next(unit for unit in units if "." in unit and not unit.startswith("office")))


@pytest.fixture(scope="module")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    state = tmp_path_factory.mktemp("journeys") / "state"
    told = said("up", "--state", str(state), "--port", str(free_port()), "--detach")
    try:
        yield Town(told)
    finally:
        said("down", "--state", str(state))


def said(command: str, *arguments: str) -> dict[str, Any]:
    """What a command answers."""
    more = ("--sample", str(_SAMPLE)) if command == "up" else ()
    kept = {name: text for name, text in os.environ.items() if not name.startswith("SANWEI_")}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, command, *arguments, *more, "--json"],
        cwd=PROJECT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout)) if done.stdout.strip() else {}


Enter = Callable[..., Page]


@pytest.fixture
def enter(town: Town, window: Window, complaints: Complaints) -> Enter:
    """`enter(who, place)` opens a window, asks for a page and signs in on the way to it."""
    complaints.forgive(r"favicon\.ico")  # of the issuer's page

    def come_in(who: str, place: str, context: BrowserContext | None = None) -> Page:
        people.settle(town.city, [who])
        page = (context or window()).new_page()
        page.goto(f"{town.base}/{place}")
        page.get_by_role("link", name="前往登录").click()
        page.get_by_label("Username").fill(who)
        page.get_by_label("Password").fill(people.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{town.base}/{place}")
        return page

    return come_in


def notice(page: Page) -> Any:
    return page.locator("p.notice.good[role=status]")


def test_an_officer_receives_a_task_and_closes_it_with_evidence(town: Town, enter: Enter) -> None:
    unit = town.department()
    page = enter(f"officer:{unit}", "work")
    page.locator("tr:has(.tag.task) a.title").first.click()
    expect(page.get_by_role("heading", name="为何推送")).to_be_visible()
    expect(page.locator("p.scope mark").first).to_be_visible()
    task = page.url.partition("?")[0]
    page.locator("nav.tabs").get_by_role("link", name="接收", exact=True).click()
    page.locator("button[value=task_receive]").click()
    expect(notice(page)).to_be_visible()
    page.locator("nav.tabs").get_by_role("link", name="办结", exact=True).click()
    page.locator(".choices").get_by_role("link", name="未实际经营").click()
    page.locator("button[value=task_close]").click()  # without evidence: the browser asks for it
    expect(page.locator("input:invalid").first).to_be_visible()
    page.locator("input[name='evidence.checked_on']").fill("2020-01-02")
    page.locator("[name='evidence.note']").fill("门已锁，房东称未曾开业")
    page.locator("button[value=task_close]").click()
    expect(page.get_by_text("任务已办结。")).to_be_visible()

    stranger = enter("officer:gaj", "work")
    answer = stranger.goto(task)
    nowhere = stranger.goto(f"{town.base}/tasks/Tnowhere")
    assert answer and nowhere and answer.status == nowhere.status == 404
    page.get_by_role("link", name="退出").click()
    expect(page.get_by_text("已退出")).to_be_visible()
    page.goto(task)
    assert "/sign-in?next=" in page.url


def test_a_town_office_assigns_a_clue_as_proposed(town: Town, enter: Enter) -> None:
    home = town.department().partition(".")[2]
    reporter = enter(f"officer:{town.department()}", "clues")
    reporter.get_by_label("发现的情况").fill("门口经营餐饮，没有许可证")
    reporter.locator("input[name=place]").fill("市场路口第三家")
    reporter.get_by_role("button", name="上报线索").click()
    expect(notice(reporter)).to_be_visible()
    clue = reporter.url.partition("?")[0].removeprefix(f"{town.base}/")
    page = enter(f"town_office:office.{home}", clue)
    expect(page.locator(".proposal .reasons").first).to_contain_text("餐饮")
    if not page.locator(".proposal input:checked").count():
        page.locator(".proposal input[type=checkbox]").first.check()
    page.get_by_role("button", name="确定分派").click()
    expect(notice(page)).to_be_visible()
    expect(page.get_by_text("待接收").first).to_be_visible()


def test_a_town_office_decides_what_waits_for_a_person(town: Town, enter: Enter) -> None:
    cases = {
        one["unit"]: town.api("city").get("/v1/manual", town=one["unit"].partition(".")[2])["cases"]
        for one in town.told["offices"]
        if "." in one["unit"]
    }
    office = next(unit for unit, found in cases.items() if found)
    page = enter(f"town_office:{office}", "manual")
    waiting = page.locator("table.cards tbody tr")
    before = waiting.count()
    waiting.first.get_by_role("link").click()
    page.locator("input[name=applies][value=none]").check()
    page.locator("[name=note]").fill("电话核实，只做信息咨询")
    page.locator("button[value=manual_dispatch]").click()
    expect(notice(page)).to_be_visible()
    page.goto(f"{town.base}/manual")
    expect(waiting).to_have_count(before - 1, timeout=_SECONDS_30)


def test_a_dispatcher_sends_an_inspector_whose_signal_is_lost_and_comes_back(
    town: Town, enter: Enter, window: Window, complaints: Complaints
) -> None:
    complaints.forgive(r"ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    village = town.told["inspections"]["busiest"]
    page = enter(f"village:{village}", "dispatch")
    expect(page.get_by_role("heading", level=1)).to_contain_text(villages()[village])
    title = page.locator("a.title").first
    inspection = str(title.get_attribute("href")).rpartition("/")[2]
    page.locator("button:has-text('派给')").first.click()
    expect(notice(page)).to_be_visible()
    told = town.api("city").get(f"/v1/inspections/{inspection}")
    inspector = str(told["inspector"])
    assert inspector.startswith(inspector_id(village, 1))

    walking = window(NARROW, geolocation=HERE, permissions=["geolocation"])
    phone = enter(inspector, "phone", walking)
    card = phone.locator(f"a.card[href='#visit/{inspection}']")
    expect(card).to_be_visible(timeout=_SECONDS_30)
    phone.evaluate("navigator.serviceWorker.ready.then(() => null)")
    phone.wait_for_function("navigator.serviceWorker.controller !== null")
    walking.set_offline(True)
    card.click()
    checks = phone.locator("article.check")
    expect(checks.first).to_be_visible()
    for number in range(checks.count()):
        checks.nth(number).get_by_text("合格", exact=True).click()
    phone.get_by_role("button", name="完成并上报").click()
    expect(phone.locator("#queued")).to_have_text("待上传 1")
    assert town.api("city").get(f"/v1/inspections/{inspection}")["state"] == "assigned"
    walking.set_offline(False)  # and it goes up by itself
    expect(phone.locator("#queued")).to_have_text("全部已上传", timeout=_SECONDS_30)
    told = town.api("city").get(f"/v1/inspections/{inspection}")
    assert told["state"] == "closed" and len(told["visits"]) == 1


def test_a_citizen_finds_a_company_and_what_is_public_of_it(town: Town, window: Window) -> None:
    known = town.told["credit"]["after"]
    page = window().new_page()
    page.goto(town.base)
    page.locator("input[type=search]").first.fill(known["name"])
    page.locator("form[role=search] button").first.click()
    page.get_by_role("link", name=known["name"]).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(known["name"])
    expect(page.get_by_text("信息来源").first).to_be_visible()
    expect(page.get_by_text("公示至").first).to_be_visible()
    assert "/sign-in" not in page.url
    assert page.locator("form[method=post]").count() == 0


def test_a_counter_clerk_types_a_code_and_gets_measures_or_nothing(
    town: Town, enter: Enter
) -> None:
    known = town.told["credit"]
    unit = next(unit for unit, told in known["counters"].items() if told["measures"])
    page = enter(f"officer:{unit}", "counter")
    page.locator("#q").fill(known["after"]["subject"])
    page.keyboard.press("Enter")
    expect(page.locator(".verdict.due .measure").first).to_be_visible()
    page.locator("#q").fill(town.told["waiting"][0]["examples"][0]["code"])
    page.keyboard.press("Enter")
    expect(page.locator(".verdict.clear, .empty").first).to_be_visible()


def test_the_commission_reads_figures_down_to_their_list_and_publishes_a_bulletin(
    town: Town, enter: Enter
) -> None:
    page = enter("oversight", "oversight")
    pushed = page.locator("ul.counts a", has_text="推送").first
    number = int(pushed.locator("strong").inner_text())
    assert number > 0
    pushed.click()
    expect(page.locator("tbody tr:visible")).to_have_count(min(number, 50))
    company = page.locator("tbody td a:visible").first
    named = company.inner_text()
    company.click()
    expect(page.locator("main")).to_contain_text(named)
    page.goto(f"{town.base}/oversight?tab=departments")
    page.locator("td a:visible", has_text="市场监督管理局").first.click()
    expect(page.locator("tbody tr:visible", has_text="市场监督管理局（").first).to_be_visible()
    page.goto(f"{town.base}/bulletins")
    page.locator("button[value=bulletin_draft]").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("button[value=bulletin_publish]").click()
    expect(notice(page)).to_be_visible()
    page.goto(f"{town.base}/bulletins")
    page.locator("table.cards a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_rules_maintainer_tries_a_new_version_and_puts_it_in_force(
    town: Town, enter: Enter
) -> None:
    page = enter("rules", "rules")
    page.locator("p.notice a").first.click()
    page.locator("main input[type=search], main input[name=q]").first.fill("RS01")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="RS01").first.click()
    text = page.locator("#f-toml")
    text.fill(text.input_value().replace("words = [", 'words = ["企业管理咨询", ', 1))
    page.locator("input[name=version]").fill("journey")
    page.locator("button[value=items_edit]").click()
    expect(notice(page)).to_be_visible()
    expect(page.locator("mark", has_text="企业管理咨询").first).to_be_visible()
    page.locator("nav.tabs").get_by_role("link").last.click()
    page.locator("button[value=items_try]").click()
    expect(page.locator(".halves")).to_be_visible(timeout=_SECONDS_90)
    gained, lost = page.locator(".halves section").all()
    expect(gained.locator(".push mark").first).to_have_text("企业管理咨询")
    expect(lost.locator(".push")).to_have_count(0)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("button[value=items_force]").click()
    expect(notice(page)).to_be_visible()
    page.goto(f"{town.base}/rules")
    expect(page.locator("p.notice")).to_contain_text("journey")
