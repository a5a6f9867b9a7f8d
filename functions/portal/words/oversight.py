"""Words of the pages in `oversight.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
