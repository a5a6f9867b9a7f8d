"""Who is competent for what was seen: units with the item, the law and the words (A5, A17)."""

from __future__ import annotations

from collections.abc import Iterator

from functions.clues.domain import Proposal
from functions.shared.matching.items import SupervisionItem
from functions.shared.matching.matcher import Match
from functions.shared.matching.prose import called_for
from functions.shared.rules_in_force import Rules

_MOST = 20  # of one clue: more than twenty are no help to anybody


def proposals_for(seen: str, name: str, town: str, rules: Rules) -> tuple[Proposal, ...]:
    """What `seen` calls for, each item once per unit that it falls to; nothing where it says
    nothing: then the office chooses from the directory, and nobody guesses."""
    found = called_for(seen, name, rules.matcher)
    items = {code: rules.item(match) for code, match in found.items()}
    proposals = [
        proposal
        for code, item in sorted(items.items())
        # Who does it, and since when, nobody has registered.
        if not (set(item.covered_by) & items.keys()) and item.admits(district=town)
        for proposal in _of(item, found[code], town, rules)
    ]
    return tuple(dict.fromkeys(proposals))[:_MOST]


def _of(item: SupervisionItem, match: Match, town: str, rules: Rules) -> Iterator[Proposal]:
    units = [rules.directory.unit_for(one, item.level, town) for one in item.departments]
    for unit in units:
        yield Proposal(
            unit=unit,
            item=item.code,
            item_version=item.version,
            licence=item.licence,
            law=match.law,
            words=match.words,
            clause=match.clause,
            certain=None not in units,
        )
