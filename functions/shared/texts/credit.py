"""What public credit says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    # grades and books of rules
    "rule_item_unknown": (
        "评定规则 {rule} 中的信用事项 {item} 不在信用目录中",
        "Rule {rule} counts the item {item}, which the catalogue does not know",
    ),
}
