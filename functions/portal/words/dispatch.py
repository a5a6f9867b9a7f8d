"""Words of the pages in `dispatch.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
