"""What reports say: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "period_reversed": ("结束日期早于开始日期", "The period ends before it begins"),
    "period_too_long": (
        "一次最多统计 {most} 天",
        "One question may cover at most {most} days",
    ),
    "period_not_over": (
        "{day} 尚未结束，不能通报",
        "The day {day} is not over yet; a bulletin states what was",
    ),
    "period_published": (
        "该统计期间已有通报：{number}",
        "These days already have a bulletin: {number}",
    ),
    "bulletin_rule": (
        "按时率＝按时办结÷（办结＋现逾期），由高到低排名；按时率相同的，"
        "逾期接收占接收的比例低者在前；仍相同的，名次并列。"
        "办结与现逾期合计不足{fewest}件的单位，以及镇街商改办、市级，不排名，列在其后",
        "Ranked by the share handled on time of all that was handled or is overdue now; "
        "where it is the same, by the smaller share of receipts that came late; who is alike in "
        "both shares a rank. Without a rank, at the end: who has fewer than {fewest} handled and "
        "overdue together, the town offices, and the city itself",
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
