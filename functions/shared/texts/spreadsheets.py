"""What spreadsheets says."""

TEXTS: dict[str, tuple[str, str]] = {}
