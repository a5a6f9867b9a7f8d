"""Rights in the rooms of public credit and joint discipline (C)."""

from __future__ import annotations

from collections.abc import Mapping

from infra.grants.words import (
    ANNOUNCES,
    Grant,
    consumes,
    counts,
    follows,
    gets,
    puts,
    reads,
    sends,
    unwraps,
    writes,
)


def _keeps(room: str) -> tuple[Grant, ...]:
    """Works on a room's table, by its books and the city's rules in force."""
    return (*gets("config"), *reads("supervision"), *writes(room))


CREDIT: Mapping[str, tuple[Grant, ...]] = {
    "credit_files": (
        *consumes("credit-files"),
        *_keeps("credit"),
        *gets("credit", "/in/*"),
        *puts("credit", "/raw/*"),
        *sends("credit-rows"),
    ),
    "credit_rows": (
        *consumes("credit-rows"),
        *_keeps("credit"),
        *gets("credit"),
        *puts("credit", "/checked/*"),
        *puts("credit", "/settled/*"),
        *puts("credit", "/returned/*"),
        *unwraps("identity"),
        *sends("credit-rows"),
    ),
    "credit_persons": (*unwraps("identity"), *reads("credit")),
    "credit_subjects": (*consumes("credit-subjects"), *_keeps("credit")),
    "credit_share": (*consumes("credit-share"), *_keeps("credit")),
    "credit_sweep": (*sends("credit-due"),),
    "credit_due": (
        *consumes("credit-due"),
        *_keeps("credit"),
        *counts("credit"),  # grades, with the figures of their towns
        *sends("credit-due"),
    ),
    "credit_grades": (*consumes("credit-grades"), *_keeps("credit"), *counts("credit")),
    "credit_loop": (*consumes("credit-loop"), *_keeps("credit"), *puts("credit", "/in/*")),
    "credit_recount": (*consumes("credit-recount"), *_keeps("credit"), *sends("credit-recount")),
    "credit_publish": (*follows("credit"), *ANNOUNCES, *sends("credit-parked")),
    "credit_redrive": (*consumes("credit-redrive"), *reads("credit"), *ANNOUNCES),
}
DISCIPLINE: Mapping[str, tuple[Grant, ...]] = {
    "discipline_grounds": (*consumes("discipline-grounds"), *_keeps("discipline")),
    "discipline_standing": (*consumes("discipline-standing"), *_keeps("discipline")),
    "discipline_sweep": (*sends("discipline-due"),),
    "discipline_due": (
        *consumes("discipline-due"),
        *_keeps("discipline"),
        *sends("discipline-due"),
    ),
    "discipline_recount": (
        *consumes("discipline-recount"),
        *_keeps("discipline"),
        *sends("discipline-recount"),
    ),
    "discipline_publish": (*follows("discipline"), *ANNOUNCES, *sends("discipline-parked")),
    "discipline_redrive": (*consumes("discipline-redrive"), *reads("discipline"), *ANNOUNCES),
}
