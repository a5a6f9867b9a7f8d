"""Words of the pages in `tasks.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
