"""A fortnight in the life of a small city: its people, played through the API in its own time."""
