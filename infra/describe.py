"""Writes the API's description from the routes and the events' schemas: `make openapi`."""

from __future__ import annotations

import json
import sys
from typing import Any

from functions.interfaces import schemas
from functions.interfaces.standard import DESCRIPTION
from functions.shared.openapi import document

VERSION = "1.0.0"


def described(app: Any) -> dict[str, Any]:
    """The description of all routes of the application."""
    return document(app.routes, VERSION)


def main() -> None:
    """Write both next to the routes that serve them; schemas that were published must hold."""
    from app import app

    try:
        before = schemas.read() if schemas.PUBLISHED.exists() else {}
        published = schemas.published_with(before, schemas.present())
    except schemas.Broken as broken:
        sys.exit(f"a new version is needed in events.VERSIONS: {broken}")
    text = json.dumps(published, ensure_ascii=False, indent=1, sort_keys=True)
    schemas.PUBLISHED.write_text(text + "\n", encoding="utf-8")
    text = json.dumps(described(app), ensure_ascii=False, indent=1, sort_keys=True)
    DESCRIPTION.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
