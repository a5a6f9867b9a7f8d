"""Inspections over HTTPS: read, assign, call back, place (B4)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
