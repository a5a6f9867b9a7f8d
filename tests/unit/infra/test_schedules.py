"""When the driver of a fast city fires: as the rules would, in the city's time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from infra.schedules import following, rest, run


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("rate(30 minutes)", "2024-05-01T10:15", "2024-05-01T10:45"),
        ("rate(1 hour)", "2024-05-01T10:15", "2024-05-01T11:15"),
        ("rate(1 day)", "2024-05-01T10:15", "2024-05-02T10:15"),
        ("cron(30 16 * * ? *)", "2024-05-01T10:15", "2024-05-01T16:30"),
        ("cron(30 16 * * ? *)", "2024-05-01T16:30", "2024-05-02T16:30"),
        ("cron(30 16 * * ? *)", "2024-12-31T23:59", "2025-01-01T16:30"),
    ],
)
def test_the_next_instant_follows_from_the_expression(
    expression: str, after: str, expected: str
) -> None:
    assert following(expression, at(after)) == at(expected)


@pytest.mark.parametrize("expression", ["cron(0 8 ? * MON *)", "rate(30 seconds)", ""])
def test_a_schedule_that_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        following(expression, at("2024-05-01T10:15"))


@dataclass
class Workers:
    """A queue that a sweep fills and that empties by two at every look."""

    fired: list[str] = field(default_factory=list)
    left: int = 0
    asked: list[str] = field(default_factory=list)

    def fire(self, function: str, at: datetime) -> None:
        self.fired.append(function)
        self.left = 5

    def waiting(self, queue: str) -> int:
        self.asked.append(queue)
        self.left = max(0, self.left - 2)
        return self.left


def test_a_sweep_is_over_when_what_it_set_off_is_done() -> None:
    work = Workers()
    pauses: list[float] = []
    run("alerts_sweep", at("2024-05-01T10:15"), work, pauses.append)
    assert (work.fired, work.left) == (["alerts_sweep"], 0)
    assert work.asked == ["alerts-raise"] * 3
    assert len(pauses) == 2


def test_a_queue_that_never_empties_does_not_end_the_sweeps() -> None:
    class Stuck(Workers):
        def waiting(self, queue: str) -> int:
            return 1

    work = Stuck()
    pauses: list[float] = []
    run("registry_sweep", at("2024-05-01T10:15"), work, pauses.append)
    assert sum(pauses) <= 60


def test_a_schedule_that_fills_no_queue_waits_for_none() -> None:
    work = Workers()
    run("trail_seal", at("2024-05-01T10:15"), work, lambda seconds: None)
    assert (work.fired, work.asked) == (["trail_seal"], [])


@pytest.mark.parametrize("taken", [0.0, 0.1, 1.0])
def test_schedules_leave_most_of_the_machine_to_the_city(taken: float) -> None:
    assert taken / (taken + rest(taken)) <= 0.2
    assert rest(taken) >= 1


def test_a_cold_start_does_not_put_off_the_next_firing_for_long() -> None:
    assert rest(8.0) == rest(100.0) == 5
