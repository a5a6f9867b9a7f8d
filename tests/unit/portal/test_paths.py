"""Links from one page to another, wherever the site stands."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest

from functions.portal import paths

HOST = "https://api.example"


@pytest.mark.parametrize("stage", ["", "/prod", "/base/path"])
@pytest.mark.parametrize("path", ["/", "/work", "/tasks/T7", "/bulletins/2026/1"])
@pytest.mark.parametrize("slash", [True, False])
def test_links_lead_where_they_should_with_and_without_a_slash_at_the_end(
    stage: str, path: str, slash: bool
) -> None:
    asked = f"{stage}{path}".rstrip("/") + "/" * slash
    root = paths.root_of(path, asked or "/")
    there = urljoin(f"{HOST}{asked}", paths.link(root, "clues/C1"))
    assert there == f"{HOST}{stage}/clues/C1"
