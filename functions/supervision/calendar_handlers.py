"""The working calendar over HTTPS: load a version, see which holds and which did (A14)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
