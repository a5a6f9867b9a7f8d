"""What participants carry out, and the check at the counter (C13)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
