"""Figures and bulletins over HTTPS (A19, A20, A23)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
