"""Words of the pages in `counter.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
