"""Words of the pages in `rules.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
