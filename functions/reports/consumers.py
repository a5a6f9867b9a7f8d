"""What reaches reports: every step of every task, to be counted (A20)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
