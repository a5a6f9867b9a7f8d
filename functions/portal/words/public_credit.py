"""Words of the pages in `public_credit.py`: zh first, en second."""

WORDS: dict[str, tuple[str, str]] = {}
