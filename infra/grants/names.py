"""The short names that rights are about: queues, and tables whose streams are read."""

from __future__ import annotations

QUEUES = (
    *("registry-files", "registry-rows", "registry-release", "supervision-match"),
    *("worklist-project", "push-plan", "push-deliver", "items-trial"),
    *("registry-redrive", "supervision-redrive", "supervision-recount", "supervision-retell"),
    *("alerts-watch", "alerts-raise", "alerts-redrive", "clues-redrive"),
    *("clues-recount", "reports-count", "reports-rebuild", "push-replay"),
    *("inspections-dispatch", "inspections-timers", "inspections-print", "inspections-answers"),
    *("inspections-due", "inspections-redrive", "inspections-recount", "supervision-refer"),
    *("inspections-plan", "credit-files", "credit-rows", "credit-subjects", "credit-share"),
    *("credit-due", "credit-grades", "credit-loop", "credit-recount", "credit-redrive"),
    *("discipline-grounds", "discipline-standing", "discipline-due", "discipline-recount"),
    "discipline-redrive",
)
PARKED = (
    *("registry-parked", "supervision-parked", "alerts-parked", "clues-parked"),
    *("inspections-parked", "credit-parked", "discipline-parked"),
)
DEAD = tuple(f"{queue}-dead" for queue in QUEUES)
STREAMS = (
    *("registry", "supervision", "worklist", "alerts", "clues", "inspections", "reports"),
    *("interfaces", "credit", "discipline"),
)
