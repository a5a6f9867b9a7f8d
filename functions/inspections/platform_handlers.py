"""What the grid platform sends, signed (B11)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
