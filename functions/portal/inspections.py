"""An inspection and what the village does after two failures (B6-B10)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
