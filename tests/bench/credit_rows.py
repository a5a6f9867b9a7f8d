"""How many rows of the national penalty layout one process checks in a second, beside what bare
pydantic validation of the same rows costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, create_model

from functions.credit.catalogue import Entry
from functions.credit.checking import check_row
from tests.unit.credit.bureau import TODAY, code_of
from tests.unit.credit.sample_rows import entry_of, penalty_row

_ROWS = 4_000
_RUNS = 5


def measure() -> dict[str, float]:
    """Rows per second of processor time, the best of some runs: clean rows, rows of which every
    fourth is dirty or wrong, and the same clean rows through a model that only knows lengths."""
    entry = entry_of("penalty")
    clean = [_row(number) for number in range(_ROWS)]
    dirty = [{**row, **_DIRT[n % len(_DIRT)]} if n % 4 == 0 else row for n, row in enumerate(clean)]
    bare = _bare(entry)
    checked = _rate(clean, lambda row: check_row(entry, row, 1, TODAY))
    mixed = _rate(dirty, lambda row: check_row(entry, row, 1, TODAY))
    validated = _rate(clean, bare.model_validate)
    return {
        "credit.rows_per_s": checked,
        "credit.dirty_rows_per_s": mixed,
        "credit.bare_rows_per_s": validated,
        "credit.bare_ratio": validated / checked,
    }


_DIRT: tuple[dict[str, str], ...] = (
    {"XDR_MC": " 东莞市　晴禾(食品)有限公司"},
    {"JDRQ": "42473", "GSJZQ": ""},
    {"NR_FK": "14,220元", "CFLB": "罚款、警告"},
    {"XDR_SHXYM": "无"},
    {"WSH": "2026/04/01", "JDRQ": "东市监处罚〔2026〕1号"},
    {"NR_FK": "2"},
)


def _row(number: int) -> dict[str, str]:
    fine = 500 + number
    return penalty_row(
        XDR_SHXYM=code_of(number),
        XDR_MC=f"东莞市晴禾第{number}食品有限公司",
        WSH=f"东市监处罚〔2026〕{number}号",
        NR=f"警告；罚款{fine}元",
        NR_FK=str(fine / 10_000),
    )


def _bare(entry: Entry) -> type[BaseModel]:
    """The layout as a plain model: every column a text with its length, nothing else."""
    fields: dict[str, Any] = {}
    for rule in entry.fields:
        longest = max(rule.longest, 20)
        text = Annotated[str, StringConstraints(min_length=rule.required, max_length=longest)]
        fields[rule.name] = (text, ... if rule.required else "")
    return create_model("Bare", __config__=ConfigDict(frozen=True, extra="forbid"), **fields)


def _rate(rows: list[dict[str, str]], work: Callable[[dict[str, str]], object]) -> float:
    best = float("inf")
    for _ in range(_RUNS):
        start = time.process_time()
        for row in rows:
            work(row)
        best = min(best, time.process_time() - start)
    return len(rows) / best
