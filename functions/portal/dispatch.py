"""The dispatcher's board of a village, a town, the city: who walks where (B1, B4, B12)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
