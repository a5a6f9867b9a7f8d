"""A task: why it came, its clocks, its life, and what can be done with it (A5, A10-A13, A16)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
