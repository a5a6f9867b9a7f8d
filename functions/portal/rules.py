"""The rules workbench: a version of an item tried on the past and put in force (A4)."""

from __future__ import annotations

from chalice import Blueprint

bp = Blueprint(__name__)
