"""Figures with charts, each leading to the list behind it (A19, A23)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
