"""Grids and inspectors of a village over HTTPS (B4)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
