"""What can be done with a task on its page: each a form, each a call of the API (A10-A13, A16)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from functions.portal.page import Deed, Goto
from functions.portal.visiting import Visit

_REPORTED = ("receive", "verify", "handle", "close", "return")
_ROUTES = {
    **dict.fromkeys(_REPORTED, "/v1/tasks/{task_id}/feedback"),
    "reassign": "/v1/tasks/{task_id}/reassign",
    "redirect": "/v1/tasks/{task_id}/redirect",
    "extend": "/v1/tasks/{task_id}/extend",
    "suspend": "/v1/tasks/{task_id}/suspend",
    "resume": "/v1/tasks/{task_id}/resume",
}
_LEAVES = ("return", "reassign", "redirect")  # after these it may be somebody else's
LEFT = frozenset(f"task_{verb}" for verb in _LEAVES)
"""What was done where a task is no longer the unit's: its list hears of it a little later."""


def _do(visit: Visit, task_id: str, *, verb: str) -> Goto | None:
    body = visit.form.json()
    if verb in _REPORTED:
        body["verb"] = verb
    visit.api.post(_ROUTES[verb], {"task_id": task_id}, body)
    return Goto("work", f"task_{verb}") if verb in _LEAVES else None


def _deed(verb: str) -> Callable[..., Goto | None]:
    return partial(_do, verb=verb)


DEEDS: dict[str, Deed] = {f"task_{verb}": _deed(verb) for verb in _ROUTES}
