"""Writes the API's description from the routes: `make openapi`."""

from __future__ import annotations

import json
from typing import Any

from functions.interfaces.standard import DESCRIPTION
from functions.shared.openapi import document

VERSION = "1.0.0"


def described(app: Any) -> dict[str, Any]:
    """The description of all routes of the application."""
    return document(app.routes, VERSION)


def main() -> None:
    """Write the description next to the route that serves it."""
    from app import app

    text = json.dumps(described(app), ensure_ascii=False, indent=1, sort_keys=True)
    DESCRIPTION.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
