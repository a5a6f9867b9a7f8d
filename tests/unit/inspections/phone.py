"""A phone at the door: findings and uploads for the tests of visits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from functions.inspections.domain import Inspection
from functions.inspections.visits import Upload, take_upload
from functions.shared.authorization import Caller
from functions.shared.errors import Problem
from tests.unit.inspections.hamlet import VILLAGE, WALKER, Hamlet

PHOTO = f"photos/{VILLAGE}/door.jpg"
KINDS = {
    "address": "not_found",
    "open": "ceased",
    "annual_report": "not_reported",
    "display": "not_displayed",
    "licence": "unlicensed",
    "host": "host_lost",
}


def codes(problem: pytest.ExceptionInfo[Problem]) -> list[tuple[str, str]]:
    """What was wrong: field and code of each fault."""
    return [(fault.field, fault.code) for fault in problem.value.faults]


class Phone:
    """One inspector's phone; the photo of the door has arrived."""

    def __init__(self, hamlet: Hamlet, caller: Caller = WALKER) -> None:
        self.hamlet = hamlet
        self.caller = caller
        hamlet.photos.sizes[PHOTO] = 9

    def finding(self, check: str, result: str = "passed", **change: Any) -> dict[str, Any]:
        """What the phone noted of one check, now."""
        given: dict[str, Any] = {"check": check, "result": result, "noted_at": self.hamlet.now}
        kind = KINDS.get(check.partition(".")[0])
        if kind and result in ("failed", "settled", "urged"):
            given["kinds"] = [kind]
        if result == "failed":
            given["photos"] = [PHOTO]
        return {**given, **change}

    def upload(self, ref: str = "1", *findings: dict[str, Any], **change: Any) -> Upload:
        """One upload of the first visit; `ends=True`: which ends it, now, all by itself."""
        given: dict[str, Any] = {"ref": ref, "visit": "v1", "round": "first", "findings": findings}
        given["started_at"] = self.hamlet.now - timedelta(minutes=5)
        if change.pop("ends", False):
            given["finished"] = {"at": self.hamlet.now}
        return Upload.model_validate({**given, **change})

    def visit(self, inspection: Inspection, ref: str = "1", **results: str) -> Upload:
        """A whole first visit in one upload: all passed but for `results` (`_` stands for `.`)."""
        said = {
            key.replace("_SJ", ".SJ").replace("_GA", ".GA"): one for key, one in results.items()
        }
        found = [self.finding(one.key, said.get(one.key, "passed")) for one in inspection.checks]
        return self.upload(ref, *found, ends=True)

    def recheck(self, ref: str, *findings: dict[str, Any]) -> Upload:
        """A whole recheck in one upload."""
        given: dict[str, Any] = {"visit": "v2", "round": "recheck", "started_at": self.hamlet.now}
        return self.upload(ref, *findings, **given, ends=True)

    def send(self, inspection: Inspection, upload: Upload) -> Inspection:
        """What the inspection is after an upload."""
        return take_upload(inspection.id, upload, self.caller, self.hamlet.desk)
