"""What reaches joint discipline from queues and its own stream (C13)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
