"""Words of the pages in `entities.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
