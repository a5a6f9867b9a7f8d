"""Who is competent for what was seen: units with the item, the law and the words (A5, A17)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from functions.clues.domain import Proposal
from functions.clues.prose import clauses, readings
from functions.shared.matching.items import SupervisionItem
from functions.shared.matching.matcher import Match
from functions.shared.rules_in_force import Rules

_MOST = 20  # of one clue: more than twenty are no help to anybody
_LONGEST = 100  # characters of a quote


def proposals_for(seen: str, name: str, town: str, rules: Rules) -> tuple[Proposal, ...]:
    """What `seen` calls for, each item once per unit that it falls to; nothing where it says
    nothing: then the office chooses from the directory, and nobody guesses."""
    found: dict[str, Match] = {}
    for clause in clauses(seen):
        for match in _read(clause, name, rules):
            known = found.get(match.code)
            if known:
                words = tuple(dict.fromkeys((*known.words, *match.words)))
                match = replace(known, words=words)
            found[match.code] = match
    items = {code: rules.item(match) for code, match in found.items()}
    proposals = [
        proposal
        for code, item in sorted(items.items())
        if not (set(item.covered_by) & items.keys()) and _applies(item, town)
        for proposal in _of(item, found[code], town, rules)
    ]
    return tuple(dict.fromkeys(proposals))[:_MOST]


def _read(clause: str, name: str, rules: Rules) -> Iterator[Match]:
    """The matches of the first reading that calls for anything, quoting the clause as it stands."""
    for reading in readings(clause):
        if items := rules.matcher.match(reading, name).items:
            for match in items:
                words = tuple(dict.fromkeys(_quoted(word, clause) for word in match.words))
                yield replace(match, words=words, clause=clause[:_LONGEST])
            return


def _quoted(word: str, clause: str) -> str:
    """A word as it stands in the clause; all of it, where only another way to say it matched."""
    return word if word in clause else clause[:_LONGEST]


def _applies(item: SupervisionItem, town: str) -> bool:
    """Whether the item holds in the town; who does it, and since when, nobody has registered."""
    return not item.districts or any(town.startswith(one) for one in item.districts)


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
