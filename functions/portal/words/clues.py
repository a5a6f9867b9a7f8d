"""Words of the pages in `clues.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
