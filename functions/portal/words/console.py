"""Words of the pages in `console.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
