"""Every code that the way of a batch raises has its words in both languages (D4)."""

from __future__ import annotations

import re
from pathlib import Path

from functions.credit import deciding, habits, intake, returns
from functions.shared.messages import TEXTS

_ROOM = Path(__file__).parents[3] / "functions" / "credit"
_MODULES = (
    *("intake", "forms", "headings", "ownership", "committing"),
    *("deciding", "submitting", "telling"),
)
_ROUTES = ("handlers", "held_handlers", "quality_handlers")
_RAISED = re.compile(r'(?:Fault|Invalid\.of|Conflict\.of|TooLarge\.of)\(\s*"([a-z_]+)"')


def test_d4_every_code_has_its_words() -> None:
    texts = (_ROOM / f"{one}.py" for one in (*_MODULES, *_ROUTES))
    raised = {code for one in texts for code in _RAISED.findall(one.read_text(encoding="utf-8"))}
    raised |= {habits.FAR_ROWS, habits.FAR_ERRORS, habits.FIRST_ERRORS, intake.UNKNOWN_COLUMNS}
    raised |= {returns.REFUSED, deciding.SENT_BACK, "value_subject_or_return"}
    assert {"document_taken", "entry_unknown", "number_rounded"} <= raised
    assert raised <= TEXTS.keys(), raised - TEXTS.keys()
