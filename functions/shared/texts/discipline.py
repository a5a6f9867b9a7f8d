"""What joint discipline says: code → (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {}
