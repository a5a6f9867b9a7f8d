"""Which supervision items a scope of business calls for (A5): the grammar here, words as data."""
