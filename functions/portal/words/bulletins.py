"""Words of the pages in `bulletins.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
