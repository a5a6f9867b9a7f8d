"""The story of public credit in a city that came up at once: played once, told at every start."""

from __future__ import annotations

import csv
import json
from itertools import islice
from pathlib import Path
from typing import Any

from functions.shared import clock
from functions.shared.calendar import shanghai_day
from functions.shared.encodings import decoded_lines
from functions.shared.errors import Invalid
from infra import people
from infra.city.credit_samples import Company, companies_in
from infra.client import CallFailed
from infra.commands.calling import language
from infra.life.cast import Cast
from infra.life.credit import LEAST, Credit, lines_of
from infra.localcity import City
from infra.showing import Screen

_NOTE = "credit.json"
_COMPANIES = 20


def tell_credit(screen: Screen, city: City, file: Path | None) -> dict[str, Any]:
    """Plays the story about companies of `file`, the city's own sample, unless it was played
    before; says it, and returns what it came to. Without a sample there is none: about companies of
    a registry's export no penalty is invented. What the city did not do in time is said, and holds
    up nothing."""
    note = Path(city.state) / _NOTE
    if note.exists():
        told: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
    else:
        known = _companies(file) if file else []
        if len(known) < LEAST:
            return {}
        told = _play(screen, city, known)
        note.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    if not screen.as_json:
        for line in lines_of(told):
            screen.say(line)
    return told


def _play(screen: Screen, city: City, known: list[Company]) -> dict[str, Any]:
    cast = Cast(city.url, lambda who: people.sign_in(city, who), language())
    story = Credit(cast, known, "sample", lambda: shanghai_day(city.time(clock.real_now())))
    screen.say("a department hands in penalties, and a list of serious violations")
    try:
        story.play()
    except CallFailed as late:
        screen.say(f"the city did not come to the end of its credit: {late}")
    return story.told


def _companies(file: Path) -> list[Company]:
    """Some companies of the sample; none where its columns are other ones."""
    try:
        with file.open("rb") as stream:
            return list(islice(companies_in(csv.DictReader(decoded_lines(stream))), _COMPANIES))
    except (Invalid, csv.Error):
        return []
