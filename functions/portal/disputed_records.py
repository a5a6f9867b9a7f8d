"""The credit records that a dispute may be about, as their subject's page tells them (C8, C11)."""

from __future__ import annotations

from typing import Any

from functions.portal.visiting import Visit

_SUBJECT = "/v1/credit/subjects/{code}"
_MOST_PAGES = 20  # of a subject's records that are looked through for one


def record_of(visit: Visit, id: str) -> Any:
    """One record that counts, with what it says; None where the reader may see no such record."""
    code = id.rpartition(".")[0]
    page: int | None = 1
    while code and page and page <= _MOST_PAGES:
        told = visit.api.find(_SUBJECT, {"code": code}, page=page)
        if told is None:
            return None
        for group in told["groups"]:
            for record in group["records"]:
                if record["id"] == id:
                    return record
        page = told.get("next")
    return None


def records_of(visit: Visit, code: str) -> dict[str, Any]:
    """A page of a company's own records, and the number of the next."""
    asked = visit.query.get("page", "1")
    page = asked if asked.isascii() and asked.isdecimal() and 0 < int(asked[:4]) <= 1000 else "1"
    told = visit.api.find(_SUBJECT, {"code": code}, page=page[:4])
    if told is None:
        return {"records": [], "records_next": None}
    records = [record for group in told["groups"] for record in group["records"]]
    return {"records": records, "records_next": told.get("next")}
