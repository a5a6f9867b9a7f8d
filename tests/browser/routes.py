"""The pages that people look at, by their routes, and what pictures of them are called."""

from __future__ import annotations

import re
from typing import Any

from app import app


def pages() -> list[str]:
    """The routes of the pages that people look at."""
    return sorted(
        path
        for path, methods in app.routes.items()
        for entry in methods.values()
        if entry.method == "GET" and template_of(entry)
    )


def template_of(entry: Any) -> str:
    declared = getattr(entry.view_function, "__page__", None)
    return str(declared.template) if declared else ""


def name_of(route: str, label: str = "") -> str:
    """What a picture of a route's page is called, without its width; the first look at a page has
    no label.

    >>> name_of("/tasks/{task_id}"), name_of("/"), name_of("/dispatch", "town")
    ('tasks-one', 'first', 'dispatch-town')
    """
    plain = re.sub(r"{\w+}", "one", route).strip("/").replace("/", "-") or "first"
    return f"{plain}-{label}" if label else plain
