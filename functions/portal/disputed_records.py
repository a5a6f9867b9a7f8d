"""The credit records that a dispute may be about, as their subject's page tells them (C8, C11)."""

from __future__ import annotations

from typing import Any

from functions.portal.visiting import Visit

_SUBJECT = "/v1/credit/subjects/{code}"
_LONGEST = 200  # characters that a record's id may have


def record_of(visit: Visit, id: str) -> Any:
    """One record that counts, with what it says; None where the reader may see no such record."""
    code = id.rpartition(".")[0]
    told = visit.api.find(_SUBJECT, {"code": code}, record=id[:_LONGEST]) if code else None
    found = [record for group in told["groups"] for record in group["records"]] if told else []
    return found[0] if found else None


def records_of(visit: Visit, code: str) -> dict[str, Any]:
    """A page of a company's own records, and the number of the next."""
    asked = visit.query.get("page", "1")
    page = asked if asked.isascii() and asked.isdecimal() and 0 < int(asked[:4]) <= 1000 else "1"
    told = visit.api.find(_SUBJECT, {"code": code}, page=page[:4])
    if told is None:
        return {"records": [], "records_next": None}
    records = [record for group in told["groups"] for record in group["records"]]
    return {"records": records, "records_next": told.get("next")}
