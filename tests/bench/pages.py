"""What a page costs: calls on AWS (that is what a reader waits for), bytes, and our own time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from functions.shared import aws
from tests.integration.motocity import CONFIG, MotoCity, moto_city
from tests.integration.pages import Reader, Seen, furnish
from tests.integration.test_spine import HENGLI, code, load, row, sweep, tasks_of

_RUNS = 5
_UNIT = f"scjg.{HENGLI}"
_COMPANIES = 60  # so that a list fills its page of 50


def page_figures() -> dict[str, float]:
    """Of each page: calls on AWS, kilobytes of HTML and milliseconds of our own, moto's included;
    and all that a browser loads for the first page and for a citizen's."""
    with moto_city() as city:
        furnish(city)
        city.put_items_in_force((CONFIG / "supervision_items.toml").read_text(encoding="utf-8"))
        load(city, *(row(number) for number in range(1, _COMPANIES + 1)))
        sweep(city)
        [task, *_] = tasks_of(city, _UNIT, row(1)["企业名称"])
        officer = Reader(city, f"{_UNIT}:officer", name="li")
        office = Reader(city, f"office.{HENGLI}:town_office", name="mei")
        seen = {
            "work": (officer, "/work"),
            "task": (officer, f"/tasks/{task['id']}"),
            "entity": (office, f"/entities/{code(1)}"),
            "counter": (officer, f"/counter?q={code(1)}"),
            "oversight": (Reader(city, "oversight:oversight"), "/oversight"),
            "subject": (Reader(city), f"/credit/{code(1)}"),
        }
        figures: dict[str, float] = {}
        for name, (reader, path) in seen.items():
            figures |= _page(name, city, lambda r=reader, p=path: r.open(p))  # type: ignore[misc]
        figures["site.first_page_kb"] = _whole(Reader(city), "/")
        figures["site.subject_kb"] = _whole(Reader(city), f"/credit/{code(1)}")
        return figures


def _page(name: str, city: MotoCity, look: Callable[[], Seen]) -> dict[str, float]:
    first = look()  # what a warm process keeps is kept
    if first.status != 200:
        return {}
    with _counted() as calls:
        look()
    times = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        look()
        times.append(time.perf_counter() - began)
    return {
        f"page.{name}.aws_calls": float(len(calls)),
        f"page.{name}.kb": len(first.text.encode()) / 1000,
        f"page.{name}.ms": statistics.median(times) * 1000,
    }


def _whole(reader: Reader, path: str) -> float:
    """Kilobytes of a page with its scripts and styles, as they are before compression."""
    seen = reader.open(path)
    names = {part.split('"')[0] for part in seen.text.split("assets/")[1:]}
    assets = sum(len(reader.open(f"/assets/{name}").text.encode()) for name in names)
    return (len(seen.text.encode()) + assets) / 1000


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The calls that the process's own clients make meanwhile."""
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(str(model.name))

    clients = [aws.dynamodb(), aws.s3(), aws.sqs(), aws.lambdas()]
    for client in clients:
        client.meta.events.register("before-call", note, unique_id="bench")
    try:
        yield calls
    finally:
        for client in clients:
            client.meta.events.unregister("before-call", unique_id="bench")


if __name__ == "__main__":
    for figure, value in page_figures().items():
        print(f"{figure:<48}{value:12.3f}")
