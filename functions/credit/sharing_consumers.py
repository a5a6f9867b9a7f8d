"""Sharing onward, and taking down what was public long enough (C7, C10)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
