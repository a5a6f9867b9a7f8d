"""Words of the pages in `inspections.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
