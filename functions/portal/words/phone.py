"""Words of the pages in `phone.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
