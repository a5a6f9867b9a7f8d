"""The inspector's phone: visits without a signal, sent once and in order later (B5-B8, B11)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
