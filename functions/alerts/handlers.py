"""Alerts over HTTPS: what stands open about a subject, and a sweep at once (A15)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
