"""The journeys through the pages use the browser of tests/browser."""

from tests.browser.conftest import browser, complaints, window

__all__ = ["browser", "complaints", "window"]
