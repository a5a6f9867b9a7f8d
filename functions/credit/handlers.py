"""Batches over HTTPS: sent, followed, fetched back (C4–C6)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
