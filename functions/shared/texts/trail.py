"""What trail says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "day_not_sealed": (
        "{day} 的痕迹尚未封存（每日零时三十分封存前一日）",
        "The trail of {day} is not sealed (each day is, half an hour after its end)",
    ),
}
