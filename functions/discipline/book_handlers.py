"""The constraint list and the instruments: read, published in versions (C13)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
