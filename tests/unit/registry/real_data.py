"""Where the real rows lie on machines that have them; tests skip elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "../shared/data"

needs_real_rows = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the real rows are not on this machine"
)


def real_rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
