"""Columns: policies, news, towns' credit (C9)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
