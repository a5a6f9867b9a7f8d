"""The interface console: systems, secrets, calls, deliveries, replay (A22)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
