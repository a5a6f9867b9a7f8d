"""Words of the pages in `work.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
