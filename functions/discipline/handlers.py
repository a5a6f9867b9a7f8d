"""Joint sanctions over HTTPS: initiated, approved, lifted (C13)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
