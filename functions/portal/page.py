"""What a page is: who may open it, what it asks of the API, which template shows it, what it does.

A page is a function of `(visit, path arguments...)` that gives the data of its template. What can
be done on it is a form with a field `do`, whose function calls the API; a refusal shows the page
again with what was entered and each fault in its place, and success leads back to the page, so that
a reload repeats nothing (POST, redirect, GET).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial, wraps
from typing import Any

from chalice import Blueprint, Response

from functions.portal import forms, menu, paths, rendering
from functions.portal.calling import Fault, Refused
from functions.portal.sites import address
from functions.portal.visiting import OTHER_LANGUAGE, Visit, visit_of
from functions.shared.authorization import Action
from functions.shared.http import raw_body
from functions.shared.logging import correlate, log

_HTML = "text/html; charset=utf-8"
# No address but the site's own, nothing inline; pictures just taken are blobs, icons are data.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_SAFE = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a page declares. `action` is what a reader must be allowed to do somewhere; None only on
    public pages, which stand on a list of their own in the tests.

    `json`: asked by the site's own scripts. What they send is no form but `visit.content`, for the
    one deed, under ""; what is refused is told in JSON, to strangers with status 401.
    `unlisted`: search engines are told to keep off.
    `alike`: everybody gets the same and may keep it; no cookie is read, and none is set."""

    template: str = ""
    action: Action | None = None
    json: bool = False
    unlisted: bool = False
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """Another template or status than a page's own."""

    data: Mapping[str, Any]
    template: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Goto:
    """Where to go after something was done: a place of the site, and the word that says what."""

    place: str
    done: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


View = Callable[..., Any]
Deed = Callable[..., Goto | Response | Shown | None]


def page(
    bp: Blueprint, path: str, declared: Page, *, do: Mapping[str, Deed] | None = None
) -> Callable[[View], Callable[..., Response]]:
    """Make a route out of a page; `do` are its deeds by the value of the form's field `do`."""

    def decorate(view: View) -> Callable[..., Response]:
        @wraps(view)
        def answered(**arguments: str) -> Response:
            asked = {name: paths.sound(text) for name, text in arguments.items()}
            return _answered(bp, declared, view, do or {}, asked)

        answered.__page__ = declared  # type: ignore[attr-defined]
        methods = ["GET", "POST"] if do else ["GET"]
        # Whatever comes is taken: `forms.form_of` says whether it is a form.
        bp.route(path, methods=methods, name=f"page:{path}", content_types=["*/*"])(answered)
        return answered

    return decorate


def _answered(
    bp: Blueprint,
    declared: Page,
    view: View,
    deeds: Mapping[str, Deed],
    arguments: Mapping[str, str],
) -> Response:
    request = bp.current_request
    correlate(request.context.get("requestId") or request.headers.get("x-request-id", ""))
    visit = visit_of(bp, request, alike=declared.alike)
    try:
        reply = _let_in(request, visit, declared) or _reply(
            request, visit, declared, view, deeds, arguments
        )
    except Refused as refused:
        reply = _for_script(refused) if declared.json else _problem(visit, refused)
    except Exception:
        log.exception("page failed", path=request.path)
        reply = _shown(visit, "problem.html", {"problem": "broken"}, 503)
    if declared.json and reply.headers["Content-Type"] == _HTML:
        reply = in_json({"title": "", "faults": []}, reply.status_code)
    if declared.unlisted:
        reply.headers["X-Robots-Tag"] = "noindex, nofollow"
    if visit.set_cookies:
        reply.headers["Set-Cookie"] = visit.set_cookies
    return reply


def _let_in(request: Any, visit: Visit, declared: Page) -> Response | None:
    """None where the reader may open this page; else the way to the sign-in, or nothing there."""
    if declared.action is None or (visit.caller and visit.may(declared.action)):
        return None
    if visit.caller is None and declared.json:
        return in_json({"title": "", "faults": []}, 401)
    if visit.caller is None and request.method == "POST" and visit.own:
        return _kept(request, visit, declared)
    if visit.caller is None:
        return _to_sign_in(visit)
    return _problem(visit, None)


def _to_sign_in(visit: Visit) -> Response:
    wanted = paths.link("", visit.place, **visit.query)
    return _redirect(paths.link(visit.root, "sign-in", next=wanted))


def _kept(request: Any, visit: Visit, declared: Page) -> Response:
    """What was entered on a page of ours whose sign-in ended meanwhile: it stays in this page, to
    be sent after signing in beside it."""
    try:
        _take(request, visit, declared)
    except forms.Unreadable:
        return _to_sign_in(visit)
    return _shown(visit, "kept.html", {"files": bool(visit.form.files)}, 401)


def _reply(
    request: Any,
    visit: Visit,
    declared: Page,
    view: View,
    deeds: Mapping[str, Deed],
    arguments: Mapping[str, str],
) -> Response:
    if request.method != "POST":
        return _page_of(visit, declared, view(visit, **arguments))
    if not visit.own:
        return _shown(visit, "problem.html", {"problem": "broken"}, 403)
    try:
        _take(request, visit, declared)
    except forms.Unreadable:
        return _shown(visit, "problem.html", {"problem": "broken"}, 400)
    deed = deeds.get(visit.form.get("do"))
    if deed is None:
        return _problem(visit, None)
    try:
        done = deed(visit, **arguments)
    except Refused as refused:
        if declared.json or (refused.hidden and not refused.faults):
            raise
        visit.refused, visit.faults = refused, refused.faults
        return _page_of(visit, declared, view(visit, **arguments), refused.status)
    if isinstance(done, Response | Shown):  # what is shown this once, such as a new secret
        return _page_of(visit, declared, done)
    goto = done or Goto(visit.place, visit.form.get("do"))
    return _redirect(paths.link(visit.root, goto.place, **goto.query, done=goto.done))


def _take(request: Any, visit: Visit, declared: Page) -> None:
    """What was sent: a form, or whatever a script of ours sends. Raises forms.Unreadable."""
    kind = request.headers.get("content-type", "")
    if declared.json:
        visit.content, visit.media_type = raw_body(request), kind
    else:
        visit.form = forms.form_of(raw_body(request), kind)


def _page_of(visit: Visit, declared: Page, told: Any, status: int = 200) -> Response:
    if isinstance(told, Response):
        return told
    if isinstance(told, Goto):
        return _redirect(paths.link(visit.root, told.place, **told.query, done=told.done))
    if isinstance(told, Shown):
        return _shown(
            visit, told.template or declared.template, told.data, max(status, told.status)
        )
    return _shown(visit, declared.template, told or {}, status)


def _problem(visit: Visit, refused: Refused | None) -> Response:
    """Not there and not yours look alike; what is broken says so, with the request's id."""
    if refused is None or refused.status in (401, 403, 404):
        return _shown(visit, "problem.html", {"problem": "missing"}, 404)
    visit.refused = refused
    return _shown(visit, "problem.html", {"problem": "broken"}, refused.status)


def _shown(visit: Visit, template: str, data: Mapping[str, Any], status: int) -> Response:
    labels: dict[str, str] = {}  # of the fields, by name: the content's forms fill it
    told = {
        "visit": visit,
        "language": visit.language,
        "other_language": OTHER_LANGUAGE[visit.language],
        "menu": menu.entries(visit.may, signed_in=visit.caller is not None),
        "to": lambda place, /, **query: paths.link(visit.root, place, **query),
        "same": lambda **query: paths.link(
            visit.root, visit.place, **{**visit.query, "done": None, **query}
        ),
        "here": paths.link("", visit.place, **{**visit.query, "done": None}),
        "asset": lambda name: paths.link(visit.root, f"assets/{address(name)}"),
        "unit_name": lambda unit: visit.named.unit(unit or "", visit.language),
        "fault_of": partial(_faults_of, visit),
        "labels": labels,
        "label_of": partial(_label_of, labels),
        "today": rendering.today(),
        **rendering.words(visit.language),
        **data,
    }
    headers: dict[str, str | list[str]] = {"Content-Type": _HTML, **_SAFE}
    return Response(rendering.render(template, **told), headers, status)


def _faults_of(visit: Visit, name: str) -> list[Fault]:
    """What is wrong with a field of a form; of a list `a[]`, with any line of it."""
    if (plain := name.removesuffix("[]")) == name:
        return [one for one in visit.faults if one.field == name]
    return [one for one in visit.faults if one.field == plain or one.field.startswith(f"{plain}.")]


def _label_of(labels: Mapping[str, str], name: str) -> str:
    """By what label the page shows a field; a line of a list `a[]` by the list's. "" for none."""
    above, _, last = name.rpartition(".")
    named = [name, f"{name}[]", f"{above}[]" if last.isdecimal() else name]
    return next((labels[one] for one in named if one in labels), "")


def _redirect(where: str) -> Response:
    return Response("", {"Location": where, **_SAFE}, 303)


def _for_script(refused: Refused) -> Response:
    """A refusal as a script can show it."""
    told = {"title": refused.title, "faults": [asdict(fault) for fault in refused.faults]}
    return in_json(told, refused.status)


def in_json(told: Any, status: int = 200) -> Response:
    """An answer to a script of ours."""
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json", **_SAFE}
    return Response(json.dumps(told, ensure_ascii=False), headers, status)


def passed_on(body: bytes | str, media_type: str, name: str = "") -> Response:
    """A file of the API, passed on to the browser; it is saved where it has a `name`."""
    headers: dict[str, str | list[str]] = {"Content-Type": media_type, **_SAFE}
    if name:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{paths.part(name)}"
    return Response(body, headers, 200)
