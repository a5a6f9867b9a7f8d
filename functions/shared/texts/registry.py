"""What registry says."""

TEXTS: dict[str, tuple[str, str]] = {}
