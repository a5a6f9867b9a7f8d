"""Parcels for the national, provincial and city systems (C10)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
