"""The judgement wanted, on real scopes labelled by hand, where that folder is present."""

import json
from pathlib import Path

import pytest

from functions.shared.matching.matcher import Matcher
from tests.bench.matching import confusion

_EXAMPLES = Path(__file__).parents[3] / "../shared/data/scope_examples.jsonl"


@pytest.mark.skipif(not _EXAMPLES.exists(), reason="no labelled real scopes here")
def test_a5_precision_and_recall_on_the_labelled_scopes(city: Matcher) -> None:
    rows = [json.loads(line) for line in _EXAMPLES.read_text(encoding="utf-8").splitlines()]
    report = confusion(city, rows)
    assert report.precision >= 0.98, report.table()
    assert report.recall >= 0.97, report.table()
