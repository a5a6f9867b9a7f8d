"""What public credit says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {}
