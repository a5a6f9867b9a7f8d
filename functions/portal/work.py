"""The worklist of a unit or a person: what, why, until when; claims; spreadsheets (D2, A8, A9)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
