"""Public credit without sign-in: search, subjects, columns, how to object (C7-C9)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
