"""One JSON line per fact, each with a correlation id; ids of records, never of persons."""

from __future__ import annotations

from aws_lambda_powertools import Logger

log = Logger(service="sanwei", utc=True, log_uncaught_exceptions=False)


def correlate(correlation_id: str) -> None:
    """Put `correlation_id` on every further line of this invocation."""
    log.set_correlation_id(correlation_id)
