"""Objections and repairs: filed by the entity, answered, decided (C11)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
