"""`make bench`: every figure as a table, and flat in bench.json. Figures, never assertions."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from infra.packaging import package
from tests.bench.bill import bill
from tests.bench.credit import credit_figures
from tests.bench.imports import import_figures
from tests.bench.inspections import inspection_figures
from tests.bench.life import life_figures
from tests.bench.matching import matching_figures
from tests.bench.pages import page_figures
from tests.bench.rooms import alert_figures, clue_figures, report_figures
from tests.bench.spine import push_figures, sweep_figures

ROOT = Path(__file__).parents[2]


def zip_figures() -> dict[str, float]:
    """The size of the code's zip, which every function shares; the dependencies are a layer."""
    with tempfile.TemporaryDirectory() as out:
        built = package(ROOT, "local", Path(out))
        return {"zip.mb": built.zip.stat().st_size / 1e6}


def main() -> None:
    """Measure everything and write bench.json."""
    figures = {
        **matching_figures(),
        **push_figures(),
        **sweep_figures(),
        **life_figures(),
        **alert_figures(),
        **report_figures(),
        **clue_figures(),
        **inspection_figures(),
        **credit_figures(),
        **page_figures(),
        **import_figures(),
        **zip_figures(),
    }
    print()
    for name, value in figures.items():
        print(f"{name:<48}{value:12.3f}")
    figures |= bill(figures)
    text = json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=1)
    (ROOT / "bench.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
