"""Windows of a real browser: what they complain of, who is signed in, the site they look at."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Response

from tests.integration import tokens
from tests.integration.motocity import MotoCity
from tests.integration.pages import furnish, served

WIDE, NARROW = (1280, 800), (360, 740)
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PATIENCE = 15_000  # milliseconds for anything to appear
_KNOWN = "/usr/bin/chromium"
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
)
_LOAD_FAILED = "Failed to load resource"


def chromium() -> str:
    """Where Chromium is on this machine; "" where there is none."""
    if Path(_KNOWN).exists():
        return _KNOWN
    return shutil.which("chromium") or shutil.which("chromium-browser") or ""


def required() -> bool:
    """Whether a missing browser is a failure (on the build server) and no reason to pass over."""
    return os.environ.get("SANWEI_BROWSER", "") == "required"


def launched(playwright: Playwright) -> Browser:
    """A headless Chromium that asks for nothing of its own."""
    return playwright.chromium.launch(executable_path=chromium(), args=list(_QUIET))


class Complaints:
    """What the browser complains of: errors in the console (what the policy refused is one), and
    scripts that broke. What a test brings about on purpose it forgives beforehand."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._forgiven: list[str] = []
        self._documents: set[str] = set()

    def forgive(self, pattern: str) -> None:
        """Lets complaints pass in which `pattern` (a regular expression) is found."""
        self._forgiven.append(pattern)

    def listen(self, context: BrowserContext) -> None:
        """From now on, hears every page of the window."""
        context.on("response", self._heard)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._found.append(f"script broke: {error.error}"))

    @property
    def found(self) -> list[str]:
        """The complaints that nobody forgave."""
        return [one for one in self._found if not any(re.search(p, one) for p in self._forgiven)]

    def _heard(self, response: Any) -> None:
        if response.request.is_navigation_request():
            self._documents.add(response.url)

    def _said(self, message: Any) -> None:
        # A page that is not there, or a form refused, is told with its status: that is no fault.
        where = (message.location or {}).get("url", "")
        refused_page = _LOAD_FAILED in message.text and where in self._documents
        if message.type == "error" and not refused_page:
            self._found.append(f"{message.text} ({where})")


@contextmanager
def site(city: MotoCity) -> Iterator[str]:
    """The moto city's pages, with their scripts, for a real browser; the address."""
    furnish(city)
    with served(city) as base:
        yield base


def sign_in(context: BrowserContext, base: str, *grants: str, name: str = "somebody") -> None:
    """Whoever looks through this window has `grants` (`unit:role`) from now on."""
    token = tokens.token(*grants, name=name)
    context.add_cookies([{"name": "session", "value": token, "url": base}])


def look(page: Page, base: str, path: str) -> Response | None:
    """Opens the page at a path; what its script shows behind a `#` once it knows what there is."""
    place, _, within = path.partition("#")
    answer = page.goto(f"{base}{place}", wait_until="networkidle")
    if within:
        page.evaluate("(within) => { location.hash = within }", within)
    return answer


def overflow(page: Any) -> int:
    """How many pixels the page is wider than its window."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
