"""The way of a batch in one process: objects arrive, messages are worked on in any order, and the
process may die at any call that changes something."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import md5
from typing import Any, TypeVar

from functions.credit import deciding, intake, processing
from functions.credit.batches import Batch
from functions.credit.desk import Desk
from functions.credit.store import Store
from functions.credit.subjects import take_registration
from functions.shared.events.registry import Happening, Registration
from functions.shared.table import Page, Record, Table
from tests.fakes.interrupted import Crash, Interrupted
from tests.fakes.objects import MemoryObjects
from tests.unit.credit.bureau import CODE, OTHER, SOURCE, TOWN, Bureau

T = TypeVar("T")
NAME, ANOTHER = "东莞市晴禾食品有限公司", "东莞市云样五金厂"
Row = dict[str, Any]


def honour(document: str, code: str = CODE, name: str = NAME, **more: Any) -> Row:
    """A good row of the item `honour`."""
    row: Row = {"XDR_MC": name, "XDR_SHXYM": code, "WSH": f"东市监〔2026〕{document}号"}
    return {**row, "JDRQ": "2026/03/31", "NR": "守合同重信用企业", **more}


@dataclass
class Fuse:
    """Dies at the `nth` point (0: never); every changing call has one before and one after it."""

    nth: int = 0
    points: int = 0

    def burn(self) -> None:
        self.points += 1
        if self.points == self.nth:
            raise Crash

    def around(self, call: Callable[[], T]) -> T:
        self.burn()
        result = call()
        self.burn()
        return result


class _Table(Interrupted):
    """A table whose writes burn the fuse."""

    def __init__(self, table: Table, fuse: Fuse) -> None:
        super().__init__(table, 0, lambda: None)
        self._fuse = fuse

    def put(self, record: Record, *, over: int | None) -> None:
        self._fuse.around(lambda: self._table.put(record, over=over))

    def query(self, pk: str, **query: Any) -> Page:
        return self._table.query(pk, **query)


@dataclass
class _Files:
    """A bucket whose writes burn the fuse."""

    files: MemoryObjects
    fuse: Fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self.files, name)

    def write(self, key: str, body: bytes) -> None:
        self.fuse.around(lambda: self.files.write(key, body))


@dataclass
class Mill:
    """A credit office whose queue is worked on here. `size` is of the chunks, `fuse` where the
    process dies next: whoever was at work is called again. Unless documents are `shared`, each is
    about one company, an honour too, so that rows of one item meet every end."""

    bureau: Bureau = field(default_factory=Bureau)
    size: int = 3
    fuse: Fuse = field(default_factory=Fuse)
    deaths: int = 0
    shared: bool = False

    def __post_init__(self) -> None:
        if not self.shared:
            config = self.bureau.config
            text = config.read("catalogue.toml").replace(b"shared = true", b"")
            config.write("catalogue.toml", text)
        self.knows(CODE, NAME)
        self.knows(OTHER, ANOTHER)

    def knows(self, code: str, name: str, edition: int = 1) -> None:
        """The registry knows a company."""
        told = Registration(
            code=code,
            edition=edition,
            happening=Happening.ESTABLISHMENT,
            name=name,
            town=TOWN,
            received_at=self.bureau.now,
        )
        take_registration(told, self.bureau.desk)

    @property
    def desk(self) -> Desk:
        """The desk, whose changing calls burn the fuse."""
        desk = self.bureau.desk
        cabinet = Store(_Table(self.bureau.table, self.fuse))
        files: Any = _Files(self.bureau.files, self.fuse)
        send = desk.send
        return replace(
            desk,
            cabinet=cabinet,
            files=files,
            send=lambda queue, body: self.fuse.around(lambda: send(queue, body)),
        )

    def put(
        self, rows: Sequence[Row] | bytes, item: str = "honour", name: str = "b1.json"
    ) -> Batch:
        """An object arrives: rows as JSON, or the bytes of a file; its batch."""
        body = rows if isinstance(rows, bytes) else json.dumps({"rows": list(rows)}).encode()
        key = f"in/{SOURCE}/{item}/{name}"
        self.bureau.files.write(key, body)
        etag = md5(body).hexdigest()  # noqa: S324
        return self.survive(lambda: intake.take_file(key, etag, self.desk, size=self.size))

    def run(self, pick: Callable[[int], int] = lambda waiting: 0, twice: bool = False) -> None:
        """Work until no message waits: each next one as `pick` chooses; `twice`: each comes again
        at the end."""
        done: list[str] = []
        while self.bureau.sent:
            _, body = self.bureau.sent.pop(pick(len(self.bureau.sent)))
            self.survive(lambda body=body: self.work(json.loads(body)))  # type: ignore[misc]
            done.append(body)
        for body in done if twice else ():
            self.work(json.loads(body))

    def work_check_only(self) -> None:
        """Check every chunk that waits; what is to be committed waits then."""
        for _ in range(len(self.bureau.sent)):
            self.work(json.loads(self.bureau.sent.pop(0)[1]))

    def work(self, message: Mapping[str, Any]) -> None:
        """What the function `credit_rows` does with a message."""
        if message["step"] in (deciding.DECIDE, deciding.FINISH):
            deciding.carry_out(message, self.desk)
        else:
            processing.take_chunk(message, self.desk)

    def survive(self, call: Callable[[], T]) -> T:
        """Call again what died."""
        try:
            return call()
        except Crash:
            self.deaths += 1
            return call()

    def take(
        self, rows: Sequence[Row] | bytes, item: str = "honour", name: str = "b1.json"
    ) -> Batch:
        """Hand in and work to the end; the batch as it is then."""
        batch = self.put(rows, item, name)
        self.run()
        return self.batch(batch.id)

    def batch(self, id: str) -> Batch:
        """A batch as it is now."""
        found = self.bureau.store.batches.get(id)
        assert found
        return found.value

    def state(self) -> dict[str, Any]:
        """What stands in the end, whoever died and whatever came twice: without who wrote when, and
        without what is encrypted anew each time."""
        records = [
            {name: value for name, value in one.items() if name not in _OF_WRITING}
            for one in self.bureau.table
        ]
        keyed = {f"{one['pk']}/{one['sk']}": one for one in records}
        return {**keyed, "files": list(self.bureau.files)}


_OF_WRITING = {"version", "by", "at", "prev_hash", "hash", "sealed"}
