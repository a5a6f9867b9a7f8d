"""What interfaces says."""

TEXTS: dict[str, tuple[str, str]] = {}
