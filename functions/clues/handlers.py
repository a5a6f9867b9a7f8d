"""Clues over HTTPS: reporting, assigning, feeding back (A17, A18)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
