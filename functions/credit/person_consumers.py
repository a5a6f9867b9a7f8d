"""The one function that opens identity numbers (C8)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
