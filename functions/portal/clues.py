"""Clues: reported, assigned with what is proposed, fed back (A17, A18)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
