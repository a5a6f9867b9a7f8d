"""What reaches alerts: news of everything that has limits, and the sweep (A13-A15)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
