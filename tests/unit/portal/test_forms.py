"""What a browser sends, read as the API wants it; links and pages of lists; words; foreign text."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.portal import paths, rendering, sessions, wording
from functions.portal.forms import Form, Unreadable, form_of

TEMPLATES = Path(rendering.__file__).parent / "templates"
_URLENCODED = "application/x-www-form-urlencoded"


def test_fields_become_objects_and_lists_and_what_is_empty_is_left_out() -> None:
    body = "do=send&note=+a+&proof.number=7&proof.day=&findings.1.code=y&findings.0.code=x"
    body += "&u%5B%5D=p&u%5B%5D=q"
    form = form_of(body.encode(), _URLENCODED)
    assert form.json() == {
        "note": "a",
        "proof": {"number": "7"},
        "findings": [{"code": "x"}, {"code": "y"}],
        "u": ["p", "q"],
    }


def test_a_field_that_is_both_a_value_and_an_object_harms_nothing() -> None:
    assert Form({"a": ["1"], "a.b": ["2"]}).json() == {"a": "1"}


def test_a_number_that_is_too_long_to_be_a_place_in_a_list_is_a_name() -> None:
    assert Form({f"a.{'9' * 5000}": ["1"]}).json() == {"a": {"9" * 5000: "1"}}


def test_a_form_with_a_file_keeps_its_name_and_its_bytes() -> None:
    body = (
        '--x\r\nContent-Disposition: form-data; name="do"\r\n\r\nread\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="表.xlsx"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + b"\x00\xff\r\n--x--\r\n"
    form = form_of(body, "multipart/form-data; boundary=x")
    assert form.get("do") == "read"
    assert form.files["file"].name == "表.xlsx"
    assert form.files["file"].content == b"\x00\xff"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b"x", "multipart/form-data"),
        (b"not a form", "multipart/form-data; boundary=x"),
        (b"a=%ff&b=\xff", _URLENCODED),
        (b"&".join(b"a=1" for _ in range(2001)), _URLENCODED),
    ],
)
def test_what_is_no_form_is_said_to_be_none(body: bytes, kind: str) -> None:
    with pytest.raises(Unreadable):
        form_of(body, kind)


@given(st.binary(max_size=300), st.sampled_from([_URLENCODED, "multipart/form-data; boundary=x"]))
def test_any_bytes_are_a_form_or_unreadable(body: bytes, kind: str) -> None:
    with suppress(Unreadable):
        form_of(body, kind).json()


def test_links_lead_up_to_the_first_page_from_any_depth() -> None:
    assert [paths.root_of(path) for path in ("/", "/work", "/tasks/7", "/a/b/c")] == [
        *("./", "./", "../", "../../")
    ]


def walk(last: int) -> list[str]:
    """The pages seen on the way to page `last` and back again, by their cursors."""
    seen, query = [], dict[str, str]()
    for number in range(last):
        seen.append(query.get("after", ""))
        forward = paths.pager(query, f"c{number + 1}")["next"]
        assert forward
        query = forward
    seen.append(query.get("after", ""))
    while (back := paths.pager(query, None)["back"]) is not None:
        query = back
        seen.append(query.get("after", ""))
    return seen


def test_d2_one_comes_back_through_the_pages_that_one_came_by() -> None:
    assert walk(3) == ["", "c1", "c2", "c3", "c2", "c1", ""]


def test_d2_after_many_pages_the_link_stays_short_and_still_leads_to_the_first() -> None:
    seen = walk(40)
    assert seen[:41] == ["", *(f"c{number}" for number in range(1, 41))]
    assert len(seen) == 41 + 12  # as far back as a link remembers
    assert paths.pager({"after": "c9"}, None)["first"] == {}


def test_d5_marks_that_turn_text_around_are_shown_as_what_they_are() -> None:
    shown = str(rendering.shown("店\u202e<b>\u2066𠮷"))
    assert "\u202e" not in shown and "\u2066" not in shown
    assert "U+202E" in shown and "𠮷" in shown
    assert "&lt;b&gt;" in shown and "<b>" not in shown


def test_a_token_longer_than_a_cookie_comes_back_in_one_piece() -> None:
    token = "x" * 9000 + "end"
    lines = sessions.session_cookies("session", token, secure=True)
    kept = dict(line.split(";")[0].split("=", 1) for line in lines)
    assert sessions.joined(kept)["session"] == token
    assert all("HttpOnly" in line and "Secure" in line for line in lines)


def test_every_word_is_there_in_both_languages() -> None:
    assert all(zh and en for zh, en in wording.WORDS.values())


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda one: one.name)
def test_every_word_that_a_template_says_is_written(template: Path) -> None:
    said = re.findall(r"""\bt\(\s*["']([\w.]+)["']\s*[,)]""", template.read_text(encoding="utf-8"))
    assert [key for key in said if key not in wording.WORDS] == []


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda one: one.name)
def test_no_template_trusts_a_text_or_runs_a_script_of_its_own(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|\son\w+=|\sstyle=|javascript:|https?://", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"""(href|src|action)="/""", text)  # the API has a stage before its paths
