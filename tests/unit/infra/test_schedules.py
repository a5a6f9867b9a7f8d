"""When the driver of a fast city fires: as the rules would, in the city's time."""

from datetime import UTC, datetime

import pytest

from infra.schedules import due, following


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


def test_what_waits_longest_is_fired_first_and_the_future_not_at_all() -> None:
    next_at = {
        "soon": at("2024-05-01T10:20"),
        "late": at("2024-05-01T10:10"),
        "later": at("2024-05-01T10:05"),
    }
    assert due(next_at, at("2024-05-01T10:15")) == ["later", "late"]
