"""Words of the pages in `disputes.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
