"""`sanwei counter`, `sanction`, `constraint`: who is constrained, by whom, and until when (C13)."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from functions.shared import messages
from infra.commands.calling import As, AsJson, city, language, unit_of
from infra.showing import Screen, moment

_OFFICE = "credit"
_EFFECTS = {  # what counters do by a grade: (Chinese, English)
    "green_channel": ("绿色通道", "the green channel"),
    "tolerate_missing": ("容缺受理", "papers that are missing may follow"),
    "priority": ("优先办理", "served first"),
    "restricted": ("从严审查，不适用简化程序", "looked at closely, no simplified procedure"),
    "banned": ("市场禁入", "barred from the market"),
}
sanction_app = typer.Typer(no_args_is_help=True, help="Joint discipline of one subject.")
constraint_app = typer.Typer(no_args_is_help=True, help="What one participant carries out.")
Sanction = Annotated[str, typer.Argument(help="The sanction's id.")]
Constraint = Annotated[str, typer.Argument(help="The constraint's id: SANCTION@DEPARTMENT.")]
Note = Annotated[str, typer.Option(help="In words.")]


def counter(
    code: Annotated[str, typer.Argument(help="The subject's unified social credit code.")],
    unit: Annotated[str, typer.Option(help="Who asks, where you have several units.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Check a subject at the counter.

    Shows the measures that your department must apply, and what every counter may spare it."""
    screen = Screen(as_json=as_json)
    told = city(who).get(f"/v1/counter/{quote(code, safe='')}", unit=unit or None)
    screen.result(told)
    if not as_json:
        show_counter(screen, told)


@sanction_app.command()
def initiate(
    subject: Annotated[str, typer.Argument(help="The subject's code.")],
    instrument: Annotated[str, typer.Option(help="The memorandum's or document's id.")],
    ground: Annotated[str, typer.Option(help="Why.")],
    record: Annotated[list[str] | None, typer.Option(help="Only by these records.")] = None,
    unit: Annotated[str, typer.Option(help="For which unit, where you have several.")] = "",
    ref: Annotated[str, typer.Option(help="Your id of this order; it counts once.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Propose, as a lead (--as lead:UNIT), to put a subject under an instrument; the credit office
    approves."""
    body: dict[str, Any] = {"subject": subject, "instrument": instrument, "ground": ground}
    given = {"records": record or [], "unit": unit, "ref": ref}
    body |= {name: value for name, value in given.items() if value}
    _sanction(Screen(as_json=as_json), city(who).post("/v1/sanctions", body))


@sanction_app.command("show")
def show_one(sanction: Sanction, who: As = "", as_json: AsJson = False) -> None:
    """Show a sanction with its life, and of its participants what you may see."""
    _sanction(Screen(as_json=as_json), city(who).get(_at("sanctions", sanction)))


@sanction_app.command()
def approve(
    sanction: Sanction, note: Note = "", who: As = _OFFICE, as_json: AsJson = False
) -> None:
    """Approve it: its participants have their measures from now on."""
    _step("approve", sanction, note, who, as_json)


@sanction_app.command()
def refuse(sanction: Sanction, note: Note, who: As = _OFFICE, as_json: AsJson = False) -> None:
    """Refuse it."""
    _step("refuse", sanction, note, who, as_json)


@sanction_app.command()
def lift(sanction: Sanction, note: Note, who: As = "", as_json: AsJson = False) -> None:
    """Lift it, as whoever initiated it."""
    _step("lift", sanction, note, who, as_json)


@constraint_app.command("list")
def list_constraints(
    unit: Annotated[str, typer.Argument(help="The department, e.g. scjg; else yours.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """List what a department has to carry out, the earliest due first."""
    screen, unit = Screen(as_json=as_json), unit_of(unit, who)
    told = city(who).get("/v1/constraints", unit=unit)
    screen.result(told)
    if as_json:
        return
    rows = [
        [one["id"], one["state"], one["name"], one["title"], one.get("until") or "until lifted"]
        for one in told["constraints"]
    ]
    columns = ["Id", "State", "Name", "Instrument", "Until"]
    screen.table(unit, columns, rows, f"{unit} has nothing to carry out")


@constraint_app.command("show")
def show_constraint(constraint: Constraint, who: As = "", as_json: AsJson = False) -> None:
    """Show what a participant has to do about a subject."""
    _constraint(Screen(as_json=as_json), city(who).get(_at("constraints", constraint)))


@constraint_app.command()
def receive(constraint: Constraint, note: Note = "", who: As = "", as_json: AsJson = False) -> None:
    """Say that it was received."""
    _answer("receive", constraint, note, who, as_json)


@constraint_app.command()
def execute(constraint: Constraint, note: Note, who: As = "", as_json: AsJson = False) -> None:
    """Say how the measures are carried out."""
    _answer("execute", constraint, note, who, as_json)


@constraint_app.command()
def confirm(constraint: Constraint, note: Note = "", who: As = "", as_json: AsJson = False) -> None:
    """Confirm that lifted measures are applied no longer."""
    _answer("confirm", constraint, note, who, as_json)


def show_counter(screen: Screen, told: dict[str, Any]) -> None:
    """What the officer at the counter sees."""
    screen.say(f"{told['code']} at the counter of {told['unit']}")
    effects = ", ".join(map(effect_text, told["effects"])) or "nothing out of the ordinary"
    screen.say(f"by its published grade, at every counter: {effects}")
    rows = [
        [one["code"], one["title"], one["law"], one.get("until") or "until lifted"]
        for one in told["measures"]
    ]
    none = "by the memoranda, at this counter: no measure is to be applied"
    screen.table("measures to apply", ["Code", "Measure", "Law", "Until"], rows, none)


def effect_text(code: str) -> str:
    """What a grade brings at counters: in the caller's words, with its code."""
    if code not in _EFFECTS:
        return code
    zh, en = _EFFECTS[code]
    return f"{zh if language() == messages.ZH else en} ({code})"


def show_sanction(screen: Screen, told: dict[str, Any]) -> None:
    """What a person sees of a sanction."""
    screen.say(f"{told['id']} is {told['state']}: {told['title']} ({told['instrument']})")
    screen.say(f"{told['subject']} {told['name']}; by {told['unit']}: {told['ground']}")
    parts = ", ".join(f"{count} {state}" for state, count in told["parts"].items())
    screen.say(f"participants: {parts or 'none yet'}")
    rows = [
        [one["id"], one["state"], "; ".join(measure["title"] for measure in one["measures"])]
        for one in told["constraints"]
    ]
    if rows:
        screen.table("what they carry out", ["Id", "State", "Measures"], rows)
    steps = [
        [moment(one["at"]), one["verb"], one["unit"], one["by"], one.get("note", "")]
        for one in told["steps"]
    ]
    screen.table("its life", ["When", "What", "Unit", "Who", "Note"], steps)


def show_constraint_of(screen: Screen, told: dict[str, Any]) -> None:
    """What a participant sees of its part."""
    until = told.get("until") or "it is lifted"
    applied = f"to be applied until {until}" if told["live"] else "not to be applied"
    screen.say(f"{told['id']} is {told['state']}, {applied}: {told['title']}")
    screen.say(f"{told['subject']} {told['name']}: {told['ground']}")
    rows = [[one["code"], one["title"], one["law"]] for one in told["measures"]]
    screen.table("measures", ["Code", "Measure", "Law"], rows)


def _step(how: str, sanction: str, note: str, who: str, as_json: bool) -> None:
    path = f"{_at('sanctions', sanction)}/{how}"
    _sanction(Screen(as_json=as_json), city(who).post(path, {"note": note}))


def _answer(how: str, constraint: str, note: str, who: str, as_json: bool) -> None:
    path = f"{_at('constraints', constraint)}/{how}"
    _constraint(Screen(as_json=as_json), city(who).post(path, {"note": note}))


def _sanction(screen: Screen, told: dict[str, Any]) -> None:
    screen.result(told)
    if not screen.as_json:
        show_sanction(screen, told)


def _constraint(screen: Screen, told: dict[str, Any]) -> None:
    screen.result(told)
    if not screen.as_json:
        show_constraint_of(screen, told)


def _at(what: str, id: str) -> str:
    return f"/v1/{what}/{quote(id, safe='@')}"
