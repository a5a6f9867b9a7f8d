"""How long each function takes to import, beside `import boto3`: what a cold start pays."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
_RUNS = 5
_MODULES = {
    "api_handler": "app",
    "signed_in": "functions.shared.access",
    "registry_files": "functions.registry.consumers",
    "registry_rows": "functions.registry.consumers",
    "registry_release": "functions.registry.consumers",
    "registry_sweep": "functions.registry.consumers",
    "registry_publish": "functions.registry.consumers",
    "registry_redrive": "functions.registry.consumers",
    "supervision_match": "functions.supervision.consumers",
    "supervision_publish": "functions.supervision.consumers",
    "supervision_redrive": "functions.supervision.consumers",
    "items_trial": "functions.supervision.consumers",
    "worklist_project": "functions.worklist.consumers",
    "push_plan": "functions.interfaces.consumers",
    "push_deliver": "functions.interfaces.consumers",
    "push_retry": "functions.interfaces.consumers",
    "alerts_watch": "functions.alerts.consumers",
    "alerts_sweep": "functions.alerts.consumers",
    "alerts_raise": "functions.alerts.consumers",
    "alerts_publish": "functions.alerts.consumers",
    "alerts_redrive": "functions.alerts.consumers",
    "clues_publish": "functions.clues.consumers",
    "clues_redrive": "functions.clues.consumers",
    "clues_recount": "functions.clues.consumers",
    "inspections_answers": "functions.inspections.answer_consumers",
    "inspections_publish": "functions.inspections.consumers",
    "inspections_dispatch": "functions.inspections.consumers",
    "inspections_redrive": "functions.inspections.consumers",
    "inspections_recount": "functions.inspections.consumers",
    "inspections_print": "functions.inspections.notice_consumers",
    "inspections_timers": "functions.inspections.recheck_consumers",
    "recheck_send": "functions.inspections.recheck_consumers",
    "recheck_await": "functions.inspections.recheck_consumers",
    "inspections_sweep": "functions.inspections.recheck_consumers",
    "recheck_reconcile": "functions.inspections.recheck_consumers",
    "inspections_due": "functions.inspections.recheck_consumers",
    "supervision_refer": "functions.supervision.consumers",
    "push_replay": "functions.interfaces.consumers",
    "reports_count": "functions.reports.consumers",
    "reports_rebuild": "functions.reports.consumers",
    "supervision_recount": "functions.supervision.consumers",
    "supervision_retell": "functions.supervision.consumers",
    "trail_archive": "functions.trail.consumers",
    "trail_seal": "functions.trail.consumers",
}


def import_figures() -> dict[str, float]:
    """Median of five fresh processes each, less the start of the interpreter itself."""
    bare = _seconds("sys")
    base = _seconds("boto3") - bare
    print(f"\nImports, beside boto3's {base * 1000:.0f} ms")
    ratios = {module: (_seconds(module) - bare) / base for module in sorted(set(_MODULES.values()))}
    for module, ratio in ratios.items():
        print(f"  {module:<36}{ratio:6.2f} × boto3")
    return {
        f"import.{function}.ratio_to_boto3": ratios[module] for function, module in _MODULES.items()
    }


def _seconds(module: str) -> float:
    times = []
    env = {**os.environ, "SANWEI_STAGE": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
    for _ in range(_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, env=env, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)
