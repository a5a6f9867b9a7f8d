"""How a page becomes HTML: templates that escape everything, and the few things they may say."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from functions.portal import paths, wording
from functions.shared import clock
from functions.shared.calendar import SHANGHAI

_TEMPLATES = Path(__file__).parent / "templates"
# Marks that turn the direction of text around them (UAX #9); a name may hold them, and nothing
# outside the name may be touched by them. `bdi` isolates, but an unclosed override still reaches
# the end of its paragraph in some readers, so they are shown as what they are.
_TURNING = {code: f"⟦U+{code:04X}⟧" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_TURNING |= {code: f"⟦U+{code:04X}⟧" for code in (0x200E, 0x200F, 0x061C)}


def render(template: str, **told: Any) -> str:
    """The page from a template. A name that a template uses and nobody gave is an error."""
    return _environment().get_template(template).render(**told)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": day,
        "at": at,
        "shown": shown,
        "visible": visible,
        "json_attribute": json_attribute,
        "part": paths.part,
    }
    made.tests["known_word"] = wording.WORDS.__contains__
    return made


def shown(text: Any) -> Markup:
    """A text that others wrote (a name, a scope, a note): isolated, its turning marks visible."""
    if text in (None, ""):
        return Markup("")
    return Markup('<bdi class="said">{}</bdi>').format(visible(text))


def visible(text: Any) -> str:
    """A part of such a text, for where the whole is isolated or stands in an attribute."""
    return str(text).translate(_TURNING)


def day(value: date | str | None) -> str:
    """A day as it is written everywhere: 2026-03-02."""
    return str(value or "")[:10]


def at(value: datetime | str | None) -> Markup:
    """An instant in the city's own time, to the minute."""
    if not value:
        return Markup("")
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = instant.astimezone(SHANGHAI)
    return Markup('<time datetime="{}">{}</time>').format(
        instant.isoformat(), local.strftime("%Y-%m-%d %H:%M")
    )


def json_attribute(value: Any) -> Markup:
    """Data for a script, as the value of an attribute: escaped, never run."""
    return escape(json.dumps(value, ensure_ascii=False))


def today() -> str:
    """The day that it is in the city."""
    return clock.now().astimezone(SHANGHAI).date().isoformat()


def words(language: str) -> dict[str, Any]:
    """What templates say words with: `t(key, ...)` and `term(group, value)`."""
    return {
        "t": lambda key, **parts: wording.word(key, language, **parts),
        "term": lambda group, value: wording.term(group, value, language),
    }
