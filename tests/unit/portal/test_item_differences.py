"""What a version of the items changes is told item by item and word by word (A4)."""

from functions.portal.item_differences import differences

RULE = {"words": ["典当", "抵押"], "acts": [], "alone": False}


def item(code: str, **more: object) -> dict[str, object]:
    return {"code": code, "version": 1, "licence": f"{code}许可", "rules": [RULE], **more}


def test_a4_items_that_only_one_version_has_are_added_or_removed() -> None:
    found = differences([item("AA01"), item("AA02")], [item("AA02"), item("AA03")])
    assert [(one.kind, one.code) for one in found] == [("removed", "AA01"), ("added", "AA03")]


def test_a4_a_changed_field_shows_what_only_one_side_has() -> None:
    rule = {**RULE, "words": ["典当", "质押"]}
    [change] = differences([item("AA01", law="甲法")], [item("AA01", law="甲法", rules=[rule])])
    [field] = change.fields
    assert (change.kind, field.name) == ("changed", "rules")
    assert [text for text, own in field.before if own] == ['"抵押"']
    assert [text for text, own in field.after if own] == ['"质押"']


def test_a4_entries_of_an_item_are_told_apart_by_their_version() -> None:
    before = item("AA01", holds_until=None)
    ended = item("AA01", holds_until="2026-06-30")
    found = differences([before], [ended, item("AA01", version=2)])
    assert [(one.kind, one.version) for one in found] == [("changed", 1), ("added", 2)]
    [field] = found[0].fields
    assert (field.name, field.before) == ("holds_until", [])
