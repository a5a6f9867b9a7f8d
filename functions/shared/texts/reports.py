"""What reports say: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "period_reversed": ("结束日期早于开始日期", "The period ends before it begins"),
    "period_too_long": (
        "一次最多统计 {most} 天",
        "One question may cover at most {most} days",
    ),
    "period_in_future": (
        "{day} 尚未到来，不能通报",
        "The day {day} has not come yet; a bulletin states what was",
    ),
    "figures_too_many_rows": (
        "结果有 {rows} 行，超过 {most} 行；请缩小范围或减少分组",
        "That makes {rows} rows, more than {most}; ask for less, or group by less",
    ),
    "figures_too_many_cells": (
        "统计范围过大；请缩短期间，或指定部门",
        "That is too much to add up at once; ask for a shorter period or one department",
    ),
    "bulletin_altered": (
        "通报原件缺失或与发布时不一致，不予显示；请联系运维",
        "What is stored is not what was published, so it is not shown; ask the operators",
    ),
}
