"""The recheck's timers: the state machine's functions, the sweep, the reconcile (B7)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
