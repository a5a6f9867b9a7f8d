"""What departments answer to referrals (B10)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
