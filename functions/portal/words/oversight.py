"""Words of the pages in `oversight.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {
    "chart.table": ("数据表", "The figures as a table"),
    "chart.of": ("项目", "Of what"),
}
