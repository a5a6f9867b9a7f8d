"""What the rules workbench shows of a version, by tab: items, one item, difference, trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from functions.portal.item_differences import differences
from functions.portal.paths import part
from functions.portal.slices import sliced
from functions.portal.tomls import items_text
from functions.portal.visiting import Visit
from functions.shared.authorization import Action

Told = Mapping[str, Any]


def _items(visit: Visit, whole: Told, register: Told) -> dict[str, Any]:
    if visit.query.get("item") or visit.form.get("item"):
        return _item(visit, whole)
    sought = visit.query.get("q", "").strip().lower()
    found = [one for one in whole["items"] if not sought or sought in _searched(one)]
    rows, pages = sliced(visit.query, found)
    return {"code": "", "rows": rows, "count": len(found), "pages": pages}


def _searched(item: Told) -> str:
    words = [word for rule in item.get("rules", ()) for word in rule["words"]]
    return " ".join((item["code"], item["licence"], *item["departments"], *words)).lower()


def _item(visit: Visit, whole: Told) -> dict[str, Any]:
    """One item with its entries; `new` is one that is not there yet."""
    code = visit.query.get("item") or visit.form.get("item")
    entries = [one for one in whole["items"] if one["code"] == code]
    if not entries and code != "new":
        code = "new"
    return {
        "code": code,
        "entries": entries,
        "text": visit.form.get("toml") or items_text(entries),
    }


def _difference(visit: Visit, whole: Told, register: Told) -> dict[str, Any]:
    others = [one["version"] for one in register["editions"] if one["version"] != whole["version"]]
    against = visit.query.get("against", "")
    against = against if against in others else _usual(whole["version"], others, register)
    if not against:
        return {"others": [], "against": "", "changes": [], "counts": {}, "pages": {}}
    other = visit.api.get("/v1/items/{version}", {"version": against})
    changes = differences(other["items"], whole["items"])
    kinds = ("added", "removed", "changed")
    counts = {kind: sum(one.kind == kind for one in changes) for kind in kinds}
    asked = visit.query.get("kind", "")
    rows, pages = sliced(
        visit.query, [one for one in changes if asked not in kinds or one.kind == asked]
    )
    told = {"others": list(reversed(others)), "against": against, "counts": counts}
    return {**told, "changes": rows, "pages": pages}


def _usual(version: str, others: list[str], register: Told) -> str:
    """What a version is compared with unasked: the one added before it, else any other."""
    names = [one["version"] for one in register["editions"]]
    before = names[: names.index(version)]
    return before[-1] if before else (others[0] if others else "")


def _trial(visit: Visit, whole: Told, register: Told) -> dict[str, Any]:
    trial = visit.query.get("trial", "")
    if not trial or not visit.may(Action.ITEMS_WRITE):
        return {"trial": None}
    told = visit.api.get("/v1/trials/{trial_id}", {"trial_id": trial})
    result = told.get("result")
    if result is None:
        return {"trial": told, "result": None}
    if result["order"]["version"] != whole["version"]:
        return {"trial": None}  # an address that somebody put together
    item = visit.query.get("push", "")
    gained = [one for one in result["gained_examples"] if item in ("", one["item"])]
    lost = [one for one in result["lost_examples"] if item in ("", one["item"])]
    longer = gained if len(gained) > len(lost) else lost
    _, pages = sliced(visit.query, longer)
    licences = {one["code"]: one["licence"] for one in whole["items"]}
    return {
        "trial": told,
        "result": result,
        "gained": [_marked(one) for one in sliced(visit.query, gained)[0]],
        "lost": [_marked(one) for one in sliced(visit.query, lost)[0]],
        "licences": licences,
        "before": f"rules/{part(result['order']['against'])}",
        "pages": pages,
        "company": "entities" if visit.may(Action.CASE_READ) else "credit",
    }


def _marked(push: Told) -> dict[str, Any]:
    """A push with its clause cut where its words stand: (text, whether it is a word)."""
    pieces: list[tuple[str, bool]] = [(push["clause"], False)]
    for word in sorted(push["words"], key=len, reverse=True):
        pieces = [cut for piece in pieces for cut in _cut(piece, word)]
    return {**push, "pieces": pieces}


def _cut(piece: tuple[str, bool], word: str) -> list[tuple[str, bool]]:
    text, is_word = piece
    before, found, after = text.partition(word)
    if is_word or not found:
        return [piece]
    return [one for one in ((before, False), (word, True), (after, False)) if one[0]]


VIEWS: dict[str, Callable[[Visit, Told, Told], Any]] = {
    "": _items,
    "difference": _difference,
    "trial": _trial,
}
