"""Which visit an upload of the command line goes on with, and what it says of each check (B6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from functions.shared.trail import fingerprint
from infra.commands.calling import Failed

Found = tuple[str, str, str]  # a check, the result, a kind


@dataclass(frozen=True, slots=True)
class Saying:
    """What one call says: what was `found` wrong, with which words, and of the visit's end. `rest`:
    that all else is as it should be."""

    round: str
    found: tuple[Found, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    end: Mapping[str, Any] = field(default_factory=dict)
    pictures: int = 0
    rest: bool = False

    def ref(self, id: str) -> str:
        """The call's own id: the same for the same words."""
        told = [id, self.round, self.found, self.said, self.end, self.pictures, self.rest]
        return fingerprint(told)[:32]

    def wrong(self) -> dict[str, dict[str, Any]]:
        """What was found wrong, check by check; raises Failed where one is given two results."""
        found: dict[str, dict[str, Any]] = {}
        for check, result, kind in self.found:
            begun = {"check": check, "result": result, "kinds": [], **self.said}
            finding = found.setdefault(check, begun)
            if finding["result"] != result:
                told = f"{finding['result']} and {result}"
                raise Failed(f"{check} is said to be {told}: say one result of each check")
            finding["kinds"].append(kind)
        return found


@dataclass(frozen=True, slots=True)
class Turn:
    """One upload in a visit: the visit's name and the upload's `ref`; `before` is what has arrived
    of the visit, this upload too where it is sent `again`."""

    visit: str
    ref: str
    before: Mapping[str, Any] = field(default_factory=dict)
    again: bool = False


def turn_of(one: Mapping[str, Any], by: str, saying: Saying, ref: str = "") -> Turn:
    """Where in the visits of `one` the saying of `by` belongs: to the upload that it repeats, else
    to the visit that is under way, else to a new one."""
    own = [v for v in one.get("visits", []) if (v["by"], v["round"]) == (by, saying.round)]
    made = ref or saying.ref(one["id"])
    for visit in own:
        if made in visit.get("refs", {}) and (ref or _stands(visit, saying)):
            return Turn(visit["id"], made, visit, again=True)
    said = [name for visit in own for name in visit.get("refs", {})]
    if made in said:  # said, unsaid, and said once more
        made = f"{made[:28]}-{len(said)}"
    if under_way := [visit for visit in own if lacking(visit, one)]:
        newest = max(under_way, key=lambda visit: str(visit["started_at"]))
        return Turn(newest["id"], made, newest)
    taken = {visit["id"] for visit in own}
    first = f"cli-{saying.round}"
    names = (first if number == 1 else f"{first}-{number}" for number in count(1))
    return Turn(next(name for name in names if name not in taken), made)


def keys_of(one: Mapping[str, Any], round: str) -> list[str]:
    """The checks of a round: of a recheck, those of the notice."""
    if round == "recheck":
        return list(one["notice"]["checks"]) if one.get("notice") else []
    return [check["key"] for check in one["checks"]]


def lacking(visit: Mapping[str, Any], one: Mapping[str, Any]) -> list[str]:
    """What a visit still lacks before it can count: checks, parts, its end; of one that counts, or
    is whole and waits for the time to correct, nothing."""
    if visit.get("decided_at"):
        return []
    said = {finding["check"] for finding in visit.get("findings", [])}
    checks = [key for key in keys_of(one, visit["round"]) if key not in said]
    end = visit.get("finished")
    if end is None:
        return [*checks, "its end"]
    parts = [part for part in end.get("parts", []) if part not in visit.get("refs", {})]
    return [*checks, *(f"part {part}" for part in parts)]


def findings_of(one: Mapping[str, Any], saying: Saying, turn: Turn) -> list[dict[str, Any]]:
    """What an upload says of each check: what was found wrong, and with `rest` that everything is
    well of which neither it nor what has arrived of the visit says anything. Raises Failed."""
    wrong = saying.wrong()
    known = {each["check"]: each["result"] for each in turn.before.get("findings", [])}
    left = [
        key
        for key in keys_of(one, saying.round)
        if saying.rest and key not in wrong
        # A repeat must say what it said: what it passed then has arrived since.
        if (known.get(key) == "passed" if turn.again else key not in known)
    ]
    return [*wrong.values(), *({"check": key, "result": "passed"} for key in left)]


def upload_of(
    one: Mapping[str, Any], saying: Saying, turn: Turn, photos: list[str], now: str
) -> dict[str, Any]:
    """The whole upload, with `photos` of everything that was found wrong. Raises Failed."""
    findings = findings_of(one, saying, turn)
    for finding in findings:
        finding["noted_at"] = now
        finding["photos"] = photos if finding["result"] != "passed" else []
    body = {"ref": turn.ref, "visit": turn.visit, "round": saying.round, "findings": findings}
    return {**body, "started_at": now, "finished": {**_end(saying, turn), "at": now}}


def _end(saying: Saying, turn: Turn) -> dict[str, Any]:
    """How the visit ended: what was said of that before stands where this says nothing else."""
    before = turn.before.get("finished") or {}
    return {name: value for name, value in (*before.items(), *saying.end.items()) if value}


def _stands(visit: Mapping[str, Any], saying: Saying) -> bool:
    """Whether a visit still says what `saying` does."""
    now = {each["check"]: each for each in visit.get("findings", [])}
    return all(_says(now.get(check), result, kind) for check, result, kind in saying.found)


def _says(finding: Mapping[str, Any] | None, result: str, kind: str) -> bool:
    if finding is None:
        return False
    return finding["result"] == result and kind in finding.get("kinds", [])


def pairs(texts: Iterable[str], form: str) -> list[tuple[str, str]]:
    """`CHECK=KIND` in two; raises Failed."""
    texts = list(texts)
    found = [text.partition("=") for text in texts]
    if not all(name and value for name, _, value in found):
        raise Failed(f"say {form}, not {', '.join(texts)}")
    return [(name, value) for name, _, value in found]
