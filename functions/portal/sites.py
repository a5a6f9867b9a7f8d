"""The site's bucket: scripts and styles, each under a name that changes with its content.

`infra/assets.py` fills it: what the pages take from the npm registry, pinned, and our own.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import PurePath
from typing import Any

from functions.shared import ports
from functions.shared.errors import NotFound

MANIFEST = "manifest.json"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
}


def address(name: str) -> str:
    """The name under which an asset stands now: `portal.css` is `portal.3f2a91c0.css`."""
    return str(_manifest().get(name, name))


def asset(stored: str) -> tuple[str, str]:
    """An asset's text and media type by the name under which it stands; raises NotFound."""
    kind = TYPES.get(PurePath(stored).suffix)
    if kind is None:
        raise NotFound("asset")
    return ports.objects("site").read(stored).decode(), kind


@cache
def _manifest() -> dict[str, Any]:
    """Read once per process: another release is another process."""
    try:
        found: dict[str, Any] = json.loads(ports.objects("site").read(MANIFEST))
    except NotFound:  # nothing was built: pages without script and style
        return {}
    return found
