"""The command line explains itself, and says in one line what went wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from functions.supervision.feedback import REPORTED
from infra import cli
from infra.commands.tasks import Reported
from infra.showing import Screen, moment

COMMANDS = (
    *("up", "down", "load", "sweep", "tasks", "task", "feedback"),
    "inspection",
    *("worklist", "claim", "handover", "release"),
    *("redirect", "reassign", "extend", "suspend", "resume", "dispatch"),
    *("match", "counter", "deliveries", "replay", "alerts", "redrive", "token"),
    *("items", "calendar", "audit", "clues", "inspections", "roster", "reports", "credit"),
    *("person", "sanction", "constraint", "systems"),
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(list(arguments))
    told = capsys.readouterr()
    return code, told.out, told.err


def test_help_names_every_command_each_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    listed = out.partition("Commands:")[2].split("\n")
    assert [line.split()[0] for line in listed if line.strip()] == list(COMMANDS)
    assert all(len(line.split()) > 3 for line in listed if line.strip())
    assert not any("..." in line for line in listed)


@pytest.mark.parametrize("command", [one for one in COMMANDS if one != "match"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert f"Usage: sanwei {command}" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["bogus"],
        ["load"],
        ["load", "no-such-file.csv"],
        ["up", "--port", "0"],
        ["up", "--speed", "-1"],
        ["up", "--load", "no-such-file.csv"],
        ["feedback"],
        ["feedback", "T1", "--file", "a.json"],
        ["feedback", "T1"],
        ["tasks", "--limit", "many"],
        ["items", "bogus"],
        ["alerts"],
        ["alerts", "T1", "--sweep"],
        ["inspections"],
        ["inspections", "--unit", "441900106001", "--state", "closed"],
        ["inspections", "visit", "I1", "--fail", "address"],
        ["inspections", "dispose", "I1", "--note", "x", "--solved", "open", "--unsolved", "open"],
        ["roster", "load"],
        ["worklist", "--mine", "--counts"],
        ["feedback", "T1", "--verb", "suspend"],
    ],
)
def test_a_mistake_is_told_in_one_line_with_exit_code_1(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (1, "")
    assert set(json.loads(out)) == {"error"}


def test_down_where_no_city_is_up_is_no_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "down", "--state", str(tmp_path), "--json")
    assert (code, json.loads(out)) == (0, {"stopped": False, "state": str(tmp_path)})


def test_match_starts_without_what_it_does_not_need() -> None:
    heavy = ("boto3", "botocore", "chalice", "aws_lambda_powertools", "typer", "rich")
    code = f"import infra.commands.match, sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_failure_of_many_lines_is_told_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().failed("it\n  broke", {"counted": 3})
    Screen(as_json=True).failed("it\n  broke", {"counted": 3})
    told = capsys.readouterr()
    assert told.err == "sanwei: it broke\n"
    assert json.loads(told.out) == {"error": "it broke", "counted": 3}


def test_progress_without_a_terminal_is_a_few_plain_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Screen().progress("rows sent", 2000) as bar:
        for done in range(1, 2001):
            bar(done)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "rows sent: 2,000 of 2,000"
    assert 5 < len(lines) < 15


def test_what_is_piped_is_not_cut_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    sentence, id = "long " * 60 + "end", "T22i3rA3ZcWRpzCE0abcd"
    Screen().table("Title", ["Id", "What"], [[id, sentence]])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if id in line]
    assert sentence in line


def test_a_narrow_terminal_cuts_sentences_and_names_but_neither_ids_nor_days() -> None:
    screen, out = Screen(), StringIO()
    columns = ["Id", "Entity", "What", "State", "Due", "Late#"]
    row = ["T22i3rA3ZcWRpzCE0abcd", "东莞市试验餐饮管理有限公司" * 2, "许可证" * 20, "received"]
    for width in (30, 80, 120):
        screen.console = Console(file=out, width=width, force_terminal=True)
        screen.table("Title", columns, [[*row, "2026-03-04", "12"]])
        shown = out.getvalue()
        assert row[0] in shown and "2026-03-04" in shown and row[1] not in shown
        out.truncate(out.seek(0))


def test_times_are_shanghais_to_the_minute() -> None:
    assert moment("2026-03-04T16:00:59.123456Z") == "2026-03-05 00:00"
    assert moment("2026-03-04T16:00:00+08:00") == "2026-03-04 16:00"
    assert moment("") == ""


def test_the_help_of_feedback_names_the_steps_that_can_be_sent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = run(capsys, "feedback", "--help")
    assert "<receive|verify|handle|close|return>" in "".join(out.split())
    assert {one.value for one in Reported} == REPORTED


def test_what_failed_is_sent_again_as_whoever_may(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--as WHO" in run(capsys, "redrive", "--help")[1]


def test_for_scripts_standard_output_holds_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=True)
    screen.say("under way")
    screen.table("Title", ["A", "B#"], [["甲", "1"]])
    screen.result({"rows": "东莞"})
    out, err = capsys.readouterr()
    assert json.loads(out) == {"rows": "东莞"}
    assert "under way" in err and "甲" in err
