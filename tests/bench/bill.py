"""The bill on one line: what registrations cost to the end of their tasks and visits, in requests.

List prices of us-east-1 in USD per million: DynamoDB on demand 0.625 for write and 0.125 for read
units, SQS 0.40, Lambda's calls 0.20, Step Functions 25 for transitions. Not metered, so on top:
the functions' time, storage, and who reads. https://aws.amazon.com/dynamodb/pricing/on-demand/
"""

from __future__ import annotations

from collections.abc import Mapping

_WRITE, _READ, _REQUEST, _CALL, _TRANSITION = 0.625, 0.125, 0.40, 0.20, 25.0
_SHARES = {"passed": 0.8, "corrected": 0.15, "referred": 0.05}  # assumed of inspections
COUNT = 1000


def bill(figures: Mapping[str, float]) -> dict[str, float]:
    """USD for a thousand registrations, each with its tasks, and an inspection; an upper bound:
    what both the push and a task's life write counts twice. Prints it."""
    tasks = figures["push.tasks_per_company"]
    visits = {
        what: sum(share * figures[f"inspection.{what}_{path}"] for path, share in _SHARES.items())
        for what in ("write_units", "queue_requests", "transitions")
    }
    parts = {
        "push": figures["push.write_units_per_company"] * _WRITE
        + figures["push.read_units_per_company"] * _READ
        + figures["push.queue_requests_per_company"] * _REQUEST
        + figures["push.invocations_per_company"] * _CALL,
        "tasks": tasks * figures["life.write_units_per_task"] * _WRITE
        + tasks * figures["life.queue_requests_per_task"] * _REQUEST,
        "visits": visits["write_units"] * _WRITE
        + visits["queue_requests"] * _REQUEST
        + visits["transitions"] * _TRANSITION,
    }
    usd = {name: cost * COUNT / 1e6 for name, cost in parts.items()}
    shown = ", ".join(f"{name} {cost:.3f}" for name, cost in usd.items())
    print(f"\nThe bill: {COUNT} registrations, {sum(usd.values()):.3f} USD in requests ({shown})")
    return {f"bill.usd_per_1000_{name}": cost for name, cost in usd.items()}
