"""Prints notices as they are issued (B7)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
