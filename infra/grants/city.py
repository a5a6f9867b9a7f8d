"""Rights in the rooms of supervision and grid inspection, and in those that serve every room."""

from __future__ import annotations

from collections.abc import Mapping

from infra.grants.names import STREAMS
from infra.grants.words import (
    ANNOUNCES,
    Grant,
    calls,
    consumes,
    counts,
    follows,
    gets,
    of_each,
    puts,
    reads,
    redrives,
    scans,
    sends,
    unwraps,
    writes,
)


def inspects() -> tuple[Grant, ...]:
    """Works on inspections, by the rules in force."""
    return (*gets("config"), *reads("supervision"), *writes("inspections"))


# Answering takes a task's token, and a token names no execution: the right is on the machine.
STARTS = (Grant(("states:StartExecution",), "machine", "recheck"),)
ANSWERS = (Grant(("states:SendTaskSuccess",), "machine", "recheck"),)
LOOKS_AFTER = (
    Grant(("states:ListExecutions",), "machine", "recheck"),
    Grant(("states:DescribeExecution",), "execution", "recheck"),
)

CITY: Mapping[str, tuple[Grant, ...]] = {
    "signed_in": (),
    "api_handler": (
        *of_each(writes, "registry", "supervision", "worklist", "clues", "inspections", "reports"),
        *of_each(writes, "credit", "discipline"),
        *counts("interfaces"),
        *reads("alerts"),
        *gets("config"),
        *gets("site"),
        *puts("config", "/items/*"),
        *puts("config", "/calendar*"),
        *puts("exchange", "/in/*"),
        *gets("evidence"),
        *puts("evidence", "/photos/*"),
        *gets("reports"),
        *puts("reports", "/bulletins/*"),
        *gets("trail"),
        *gets("trail-roots"),
        *puts("credit", "/in/*"),
        *gets("credit", "/checked/*"),
        *gets("credit", "/settled/*"),
        *gets("credit", "/returned/*"),
        *puts("credit", "/returned/*"),
        *calls("credit_persons"),
        *unwraps("systems"),
        # By pattern: an operator sends everything again, and each queue by name is too long a list.
        *sends("*"),
        *redrives("*-dead", "*-parked"),
    ),
    "registry_files": (
        *consumes("registry-files"),
        *gets("exchange", "/in/*"),
        *puts("exchange", "/chunks/*"),
        *writes("registry"),
        *sends("registry-rows"),
    ),
    "registry_rows": (
        *consumes("registry-rows"),
        *gets("exchange", "/chunks/*"),
        *gets("config"),
        *writes("registry"),
    ),
    "registry_sweep": (*sends("registry-release"),),
    "registry_release": (
        *consumes("registry-release"),
        *writes("registry"),
        *sends("registry-release"),
    ),
    "registry_publish": (*follows("registry"), *ANNOUNCES, *sends("registry-parked")),
    "registry_redrive": (*consumes("registry-redrive"), *reads("registry"), *ANNOUNCES),
    "supervision_match": (
        *consumes("supervision-match"),
        *gets("config"),
        *puts("config", "/released/*"),
        *writes("supervision"),
    ),
    "supervision_publish": (*follows("supervision"), *ANNOUNCES, *sends("supervision-parked")),
    "supervision_redrive": (
        *consumes("supervision-redrive"),
        *reads("supervision"),
        *ANNOUNCES,
    ),
    "supervision_recount": (
        *consumes("supervision-recount"),
        *gets("config"),
        *puts("config", "/calendar*"),
        *writes("supervision"),
        *sends("supervision-recount"),
    ),
    "supervision_retell": (
        *consumes("supervision-retell"),
        *scans("supervision"),
        *puts("reports", "/retold/*"),
        *sends("supervision-retell", "reports-rebuild"),
    ),
    "items_trial": (
        *consumes("items-trial"),
        *gets("config"),
        *puts("config", "/trials/*"),
        *writes("supervision"),
    ),
    "alerts_watch": (
        *consumes("alerts-watch"),
        *gets("config"),
        *writes("alerts"),
        *reads("worklist"),
    ),
    "alerts_sweep": (*sends("alerts-raise"),),
    "alerts_raise": (
        *consumes("alerts-raise"),
        *gets("config"),
        *writes("alerts"),
        *reads("worklist"),
        *sends("alerts-raise"),
    ),
    "alerts_publish": (*follows("alerts"), *ANNOUNCES, *sends("alerts-parked")),
    "alerts_redrive": (*consumes("alerts-redrive"), *reads("alerts"), *ANNOUNCES),
    "clues_publish": (*follows("clues"), *ANNOUNCES, *sends("clues-parked")),
    "clues_redrive": (*consumes("clues-redrive"), *reads("clues"), *ANNOUNCES),
    "clues_recount": (
        *consumes("clues-recount"),
        *gets("config"),
        *reads("supervision"),
        *writes("clues"),
        *sends("clues-recount"),
    ),
    "supervision_refer": (
        *consumes("supervision-refer"),
        *gets("config"),
        *writes("supervision"),
    ),
    "inspections_publish": (*follows("inspections"), *ANNOUNCES, *sends("inspections-parked")),
    "inspections_redrive": (
        *consumes("inspections-redrive"),
        *reads("inspections"),
        *ANNOUNCES,
    ),
    "inspections_recount": (
        *consumes("inspections-recount"),
        *inspects(),
        *sends("inspections-recount"),
    ),
    "inspections_dispatch": (*consumes("inspections-dispatch"), *inspects()),
    "inspections_timers": (
        *consumes("inspections-timers"),
        *inspects(),
        *STARTS,
        *ANSWERS,
    ),
    "inspections_print": (
        *consumes("inspections-print"),
        *gets("config"),
        *reads("inspections"),
        *gets("evidence", "/notices/*"),
        *puts("evidence", "/notices/*"),
    ),
    "inspections_answers": (*consumes("inspections-answers"), *inspects()),
    "inspections_sweep": (*sends("inspections-due"),),
    "inspections_due": (
        *consumes("inspections-due"),
        *inspects(),
        *sends("inspections-due"),
        *STARTS,
        *LOOKS_AFTER,
    ),
    "inspections_plan": (*consumes("inspections-plan"), *inspects()),
    "recheck_send": inspects(),
    "recheck_await": (*inspects(), *ANSWERS),
    "recheck_reconcile": (*sends("inspections-due"),),
    "reports_count": (*consumes("reports-count"), *counts("reports")),
    "reports_rebuild": (
        *consumes("reports-rebuild"),
        *counts("reports"),
        *gets("reports"),
        *puts("reports", "/rebuilt/*"),
        *sends("supervision-retell", "reports-rebuild"),
    ),
    "worklist_project": (*consumes("worklist-project"), *writes("worklist")),
    "push_plan": (*consumes("push-plan"), *writes("interfaces"), *sends("push-deliver")),
    "push_deliver": (
        *consumes("push-deliver"),
        *writes("interfaces"),
        *unwraps("systems"),
    ),
    "push_retry": (*writes("interfaces"), *sends("push-deliver")),
    "push_replay": (
        *consumes("push-replay"),
        *writes("interfaces"),
        *sends("push-replay", "push-deliver"),
    ),
    "trail_archive": (*of_each(follows, *STREAMS), *puts("trail")),
    "trail_seal": (*gets("trail"), *gets("trail-roots"), *puts("trail-roots")),
}
