"""Grades with their reasons and history (C12)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
