"""What worklist says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "claimed_already": (
        "已由 {person} 于 {since} 认领",
        "{person} has claimed this since {since}",
    ),
    "work_assigned": (
        "已派发给 {person}；如需换人，请由村（社区）改派或收回",
        "This is assigned to {person}: whoever assigns inspections reassigns or recalls it",
    ),
    "not_claimed": (
        "尚无人认领；请先认领，或由负责人移交",
        "Nobody has claimed this; claim it first, or let a lead hand it over",
    ),
    "work_over": ("该事项已办结，无需认领", "This is over; there is nothing to take on"),
    "not_with_mine": (
        "查询本人待办（mine）时不能同时使用此项",
        "This does not go together with mine",
    ),
    "not_with_since": (
        "按变更（since）查询时不能同时使用此项",
        "This does not go together with since",
    ),
}
