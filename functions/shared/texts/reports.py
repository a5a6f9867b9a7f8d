"""What reports say: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {}
