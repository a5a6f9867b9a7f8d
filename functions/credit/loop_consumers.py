"""Licences and penalties that closed tasks become records (A16)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
