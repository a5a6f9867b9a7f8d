"""What a person decides: held batches and rows (C4, C6)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
