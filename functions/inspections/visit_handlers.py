"""What phones send over HTTPS: the uploads of a visit (B6, B7)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
