"""The one function that the API calls to handle identity numbers (C8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from functions.credit import persons
from functions.credit.store import Store
from functions.shared import ports
from functions.shared.keys import Purpose

bp = Blueprint(__name__)


@bp.lambda_function()
def credit_persons(event: Mapping[str, Any], context: Any) -> Mapping[str, str]:
    """Called by the API, which has no right to the key: a person's key, or one number opened; only
    for a look-up that stands in the log. What it is told is logged nowhere."""
    asked = persons.AskedOf.model_validate(event)
    return persons.answer(asked, ports.vault(Purpose.IDENTITY), Store(ports.table("credit")))
