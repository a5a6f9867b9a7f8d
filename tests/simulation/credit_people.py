"""Who uses public credit and joint discipline from outside, and what they do over thirteen months.

Each repeats what was not answered, and waits for what is not there yet; so calm and storm lead to
the same end, which `ENDS` says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any, NamedTuple

from functions.credit import deciding, disputes, filing, parcels, submitting
from functions.credit.batches import Batch, Destination, Form
from functions.credit.domain import CreditRecord
from functions.credit.intake import batch_id
from functions.credit.parcels import SharedRecord
from functions.credit.store import record_in
from functions.discipline import usecases as discipline
from functions.discipline.domain import SanctionVerb
from functions.shared.authorization import Caller, Grant, Role
from functions.shared.errors import Conflict, NotFound
from functions.shared.events import CloudEvent, body_of
from functions.shared.events.credit import PARCEL_READY, BatchState, DisputeKind
from functions.shared.events.discipline import (
    CONSTRAINT_CHANGED,
    ConstraintState,
    ConstraintTold,
)
from functions.shared.table import Stale
from infra.city.credit_samples import Cells, Company, Organ, penalty
from tests.simulation.credit_city import CreditCity
from tests.simulation.credit_story import (
    DAYS,
    DECIDED,
    FIXED,
    GOOD,
    KNOWN,
    LISTED,
    LOOP_DOCUMENT,
    MEANT,
    OTHER,
    SOURCE,
    STRANGER,
    TAX,
    TROUBLED,
    closed,
    of_person,
    registered,
)
from tests.simulation.faults import FAULTS, Faults
from tests.simulation.world import START

_AGAIN, _LATER = 5.0, 6 * 3600.0  # seconds: after no answer, after "not yet"
_PATIENCE = 40  # times that somebody asks before waiting for the storm to end
_VERBS = {
    ConstraintState.PUSHED: SanctionVerb.RECEIVE,
    ConstraintState.RECEIVED: SanctionVerb.EXECUTE,
    ConstraintState.LIFTED: SanctionVerb.CONFIRM,
}


class NotYet(Exception):
    """What somebody waits for has not happened."""


class Stuck(NamedTuple):
    """An act that somebody gave up for now, and why."""

    what: str
    act: Callable[[], None]
    why: Exception


def caller(unit: str, role: Role) -> Caller:
    """Somebody with one post."""
    return Caller(f"{role}:{unit}", frozenset({Grant(unit, role)}))


CREDIT, LEAD = caller("credit", Role.CREDIT), caller(SOURCE, Role.LEAD)


class People:
    """Everybody outside; `falls`: the record that grounds the sanctions is disputed with success,
    else one of them is lifted and the other goes on."""

    def __init__(self, city: CreditCity, seed: int) -> None:
        self.city, self.falls = city, bool(seed % 2)
        self.random = Random(f"people {seed}")
        self.stuck: list[Stuck] = []
        self.storm: Faults = city.world.faults
        self.copies: dict[Destination, dict[str, SharedRecord]] = {
            one: {} for one in parcels.SYSTEMS
        }
        self._ids: dict[str, str] = {}  # of disputes and sanctions, by their name here
        source = city.books.catalogue.on(DECIDED).source(SOURCE)
        assert source
        self.organ = Organ(source.name, source.code)
        city.subscribe("destinations", self._fetch, PARCEL_READY, batch=10)
        city.subscribe("participants", self._carry_out, CONSTRAINT_CHANGED, batch=10)
        self._plan()

    def resume(self) -> int:
        """Let those go on who had given up; how many there were."""
        stuck, self.stuck = self.stuck, []
        for one in stuck:
            self._insist(one.what, one.act)
        return len(stuck)

    def records(self) -> dict[str, CreditRecord]:
        """The records as they stand, by the number of their document, or by item and subject."""
        found = map(record_in, self.city.tables["credit"].inner)
        return {one.document or f"{one.item} {one.id}": one for one in found if one}

    def _plan(self) -> None:
        for company in KNOWN:
            self.city.tell(registered(company))
        self._at(0, 1, "hand in penalties", self._hand_in)
        self._at(0, 2, "put a list", self._put_list)
        self._at(0, 2, "hand in good records", self._hand_in_good)
        self._at(1, 1, "close a task", lambda: self.city.tell(closed()))
        self._at(1, 2, "settle a held row", self._settle)
        self._at(1, 3, "hand in again", self._hand_in_again)
        self._at(2, 1, "hand in what a task brought", self._hand_in_closed)
        self._dispute(3, "objection", "东处罚〔2026〕000004号", TROUBLED)
        for name, unit in (("serious_market", SOURCE), ("food_drugs", "wsjk")):
            self._at(4, 1, f"initiate {name}", partial(self._initiate, name, unit))
            self._at(5, 1, f"approve {name}", partial(self._approve, name))
        if self.falls:
            self._dispute(40, "objection to the list", "东市监列〔2026〕1号", LISTED)
        else:
            self._at(40, 1, "lift", self._lift)
        self._at(100, 1, "file a repair", self._file_repair)
        self._at(103, 1, "uphold the repair", partial(self._decide, "repair"))
        for day in (1, 4, 6, 42, 104, 300):
            self._at(day, 12, "redrive", self._redrive)
        for day in (95, 370, DAYS):
            self._at(day, 5, "sweep", self._sweep)

    def _at(self, day: int, hour: int, what: str, act: Callable[[], object]) -> None:
        at = START + timedelta(days=day, hours=hour, seconds=self.random.randrange(1800))
        seconds = (at - self.city.world.now).total_seconds()
        self.city.world.after(seconds, partial(self._insist, what, lambda: _nothing(act())), what)

    def _insist(self, what: str, act: Callable[[], None], tries: int = 0) -> None:
        try:
            act()
            if self.city.world.chance(self.city.world.weather.double):
                act()  # the answer was lost on the way
        except (*FAULTS, Stale):
            self.city.world.after(_AGAIN, partial(self._insist, what, act, tries), what)
        except (NotYet, NotFound, Conflict) as why:
            if tries >= _PATIENCE:
                self.stuck.append(Stuck(what, act, why))
                return
            again = partial(self._insist, what, act, tries + 1)
            self.city.world.after(_LATER, again, what)

    def _redrive(self) -> None:
        self.city.redrive()

    def _sweep(self) -> None:
        for sweep in (self.city.sweep, self.city.sweep_sanctions):
            with suppress(*FAULTS):  # it died half-way: the next one does the rest
                sweep()

    # What sources do.

    def _hand_in(self) -> None:
        rows = [
            self._penalty(1, TROUBLED),
            self._penalty(4, TROUBLED),
            self._penalty(7, TROUBLED),
            self._penalty(1, TROUBLED),
            self._penalty(10, FIXED) | {"YJ": ""},
            self._penalty(13, MEANT) | {"XDR_SHXYM": STRANGER.code},
            of_person(self._penalty(16, OTHER)),
            self._penalty(19, OTHER) | {"XDR_SHXYM": OTHER.code.lower()},
        ]
        self._submit("b1", "penalty", rows)

    def _hand_in_again(self) -> None:
        self._done("b1")
        rows = [self._penalty(10, FIXED), self._penalty(1, TROUBLED)]
        self._submit("b2", "penalty", rows, replaces=batch_id(SOURCE, "b1"))

    def _hand_in_closed(self) -> None:
        """The department's own row of the document that ended a task."""
        if LOOP_DOCUMENT not in self.records():
            raise NotYet("the task's record")
        row = self._penalty(22, FIXED, date(2026, 3, 3)) | {"WSH": LOOP_DOCUMENT}
        self._submit("b3", "penalty", [row])

    def _hand_in_good(self) -> None:
        same = {"XDR_MC": GOOD.name, "XDR_SHXYM": GOOD.code}
        days = {"2024": "2025-11-03", "2025": "2026-01-05"}
        rows = [{**same, "PJND": year, "JDRQ": day} for year, day in days.items()]
        self._submit("good", "tax_a", rows, source=TAX)

    def _put_list(self) -> None:
        row = {
            **{"单位名称": LISTED.name, "统一社会信用代码": LISTED.code},
            **{"文号": "东市监列〔2026〕1号", "决定日期": "2026年2月27日"},
            **{"决定机关": self.organ.name, "决定机关代码": self.organ.code},
            **{"违法领域": "食品安全", "列入事由": "生产经营不符合食品安全标准的食品"},
        }
        text = io.StringIO()
        writer = csv.DictWriter(text, row)
        writer.writeheader()
        writer.writerow(row)
        body = text.getvalue().encode("gb18030")
        self.city.files.write(f"in/{SOURCE}/serious_violation/list.csv", body)

    def _penalty(self, number: int, company: Company, decided: date = DECIDED) -> Cells:
        return penalty(number, company, self.organ, decided, Random(number))

    def _submit(
        self,
        name: str,
        item: str,
        rows: list[dict[str, str]],
        *,
        source: str = SOURCE,
        replaces: str = "",
    ) -> None:
        now = self.city.world.now
        batch = Batch(
            id=batch_id(source, name),
            source=source,
            item=item,
            form=Form.JSON,
            replaces=replaces,
            by=f"system:{source}",
            received_at=now,
            changed_at=now,
        )
        submitting.submit(batch, rows, self.city.desk())

    def _done(self, name: str) -> None:
        found = self.city.store.batches.get(batch_id(SOURCE, name))
        if found is None or found.value.state is not BatchState.DONE:
            raise NotYet(name)

    # What the credit office, the entities, and those do who are told.

    def _settle(self) -> None:
        id = batch_id(SOURCE, "b1")
        note = "来源部门确认为该企业"
        deciding.decide_row(id, 6, MEANT.code, note, CREDIT.id, self.city.desk())

    def _dispute(self, day: int, name: str, document: str, company: Company) -> None:
        """An objection, from its filing until it is upheld."""
        self._at(day, 1, f"file the {name}", partial(self._file, name, document, company))
        self._at(day, 3, f"ask about the {name}", partial(self._ask, name))
        self._at(day + 1, 1, f"answer the {name}", partial(self._answer, name))
        self._at(day + 1, 2, f"uphold the {name}", partial(self._decide, name, answered=True))

    def _file(self, name: str, document: str, company: Company, **more: Any) -> None:
        record = self.records().get(document)
        if record is None:
            raise NotYet(document)
        kind = DisputeKind.REPAIR if more else DisputeKind.OBJECTION
        filed = filing.Filing(kind=kind, ground="决定书已被撤销", ref=name, **more)
        entity = caller(company.code, Role.ENTITY)
        self._ids[name] = filing.file_dispute(record.id, filed, entity, self.city.desk()).id

    def _file_repair(self) -> None:
        more = {"commitment": "承诺依法经营", "duties_done_on": date(2026, 3, 20)}
        self._file("repair", "东处罚〔2026〕000001号", TROUBLED, **more)

    def _ask(self, name: str) -> None:
        said = disputes.Said(note="请核实", ref="ask")
        disputes.ask_source(self._id(name), said, CREDIT, self.city.desk())

    def _answer(self, name: str) -> None:
        said = disputes.Answer(note="决定书已撤销", stands=False, ref="answer")
        disputes.answer(self._id(name), said, LEAD, self.city.desk())

    def _decide(self, name: str, *, answered: bool = False) -> None:
        found = self.city.store.disputes.get(self._id(name))
        if answered and found and found.value.state in ("filed", "asked"):
            raise NotYet("the source's answer")
        said = disputes.DisputeDecision(note="属实", uphold=True, ref="decide")
        disputes.decide(self._id(name), said, CREDIT, self.city.desk())

    def _initiate(self, name: str, unit: str) -> None:
        order = discipline.SanctionOrder(
            unit=unit, instrument=name, subject=LISTED.code, ground="列入严重违法失信名单"
        )
        desk = self.city.discipline_desk()
        if not desk.cabinet.list_grounds(LISTED.code):
            raise NotYet("a ground")
        lead = caller(unit, Role.LEAD)
        self._ids[name] = discipline.initiate(order, lead, desk).id

    def _approve(self, name: str) -> None:
        said = discipline.SanctionRemark(note="同意")
        discipline.approve(self._id(name), said, CREDIT, self.city.discipline_desk())

    def _lift(self) -> None:
        reason = discipline.SanctionReason(note="已纠正")
        discipline.lift(self._id("serious_market"), reason, LEAD, self.city.discipline_desk())

    def _id(self, name: str) -> str:
        if name not in self._ids:
            raise NotYet(name)
        return self._ids[name]

    def _carry_out(self, told: CloudEvent) -> None:
        """Each participant does what it is told; a late word asks for nothing any more."""
        constraint = body_of(told, ConstraintTold)
        verb = _VERBS.get(constraint.state)
        if verb is None:
            return
        officer = caller(constraint.unit, Role.LEAD)
        try:
            discipline.answer(constraint.id, verb, "", officer, self.city.discipline_desk())
        except Conflict:
            return

    def _fetch(self, told: CloudEvent) -> None:
        """A destination fetches a parcel and acknowledges it; the province refuses one record."""
        destination = Destination(told.data["unit"])
        system, desk = caller(destination, Role.DESTINATION), self.city.desk()
        opened = parcels.open_parcel(told.data["id"], "", system, desk)
        for one in opened.records:
            self.copies[destination][one.id] = one
        picky = destination is Destination.PROVINCE
        refused = {
            one.id: "文书号不符合省平台要求"
            for one in opened.records
            if picky and one.document == "东处罚〔2026〕000007号"
        }
        said = parcels.Acknowledgement(refused=refused)
        parcels.acknowledge(opened.id, said, system, desk)


def _nothing(done: object) -> None:
    """An act answers nothing."""
