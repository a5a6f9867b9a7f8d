"""An entity and its registrations, and what waits for manual dispatch (A6)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
