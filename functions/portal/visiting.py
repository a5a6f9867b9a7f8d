"""One look at a page: who looks, in which language, at what, and how the city answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalice import Blueprint

from functions.portal import paths, sessions
from functions.portal.calling import Api, Fault, Refused
from functions.portal.forms import Form
from functions.portal.issuing import OpenId
from functions.portal.naming import Named, named
from functions.portal.sessions import Session
from functions.shared import messages
from functions.shared.authorization import RULES, Action, Caller

OTHER_LANGUAGE = {messages.ZH: messages.EN, messages.EN: messages.ZH}


@dataclass
class Visit:
    """One look at a page: who, in which language, asking what; `api` is the city as they see it."""

    api: Api
    caller: Caller | None
    language: str
    path: str
    query: Mapping[str, str]
    form: Form
    secure: bool
    base: str  # the site's own address, with its stage
    own: bool  # whether a page of ours led here
    root: str = "./"  # the way up to the first page
    cookies: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""  # what a script of ours sent
    media_type: str = ""  # of `content`
    faults: tuple[Fault, ...] = ()
    refused: Refused | None = None
    set_cookies: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """This page, as links name it."""
        return self.path.removeprefix("/")

    def may(self, action: Action) -> bool:
        """Whether the reader may do that anywhere; what exactly, the API decides."""
        held = {grant.role for grant in self.caller.grants} if self.caller else set()
        return bool(held & RULES[action].keys())

    def units(self, action: Action) -> list[str]:
        """The reader's units in which he may do that."""
        return sorted(self.caller.units(action)) if self.caller else []

    @property
    def named(self) -> Named:
        """What units and places are called."""
        return named()


def visit_of(bp: Blueprint, request: Any, *, alike: bool = False) -> Visit:
    """The visit that a request is; where all are `alike`, it is nobody's."""
    cookies = {} if alike else sessions.cookies_of(request.headers)
    secure = request.headers.get("x-forwarded-proto", "") == "https"
    session = sessions.session_of(cookies, OpenId())
    given = (request.query_params or {}).items()
    query = {paths.sound(name): paths.sound(value) for name, value in given}
    language = _language(request, cookies)
    context = request.context
    caller = session.caller if session else None
    visit = Visit(
        api=Api(
            bp.current_app,
            caller,
            language,
            str(context.get("requestId") or ""),
            str((context.get("identity") or {}).get("sourceIp") or ""),
        ),
        caller=caller,
        language=language,
        path=_path(context, request),
        query=query,
        form=Form(),
        secure=secure,
        base=_base(context, request, secure=secure),
        own=_own(request.headers, _base(context, request, secure=secure)),
        root=paths.root_of(_path(context, request), str(context.get("path") or "")),
        cookies=cookies,
    )
    _renew(visit, session)
    if query.pop("language", None) in OTHER_LANGUAGE and not alike:
        visit.set_cookies.append(
            sessions.cookie(sessions.LANGUAGE, language, secure=secure, seconds=365 * 86400)
        )
    return visit


def _renew(visit: Visit, session: Session | None) -> None:
    if session and session.renewed:
        visit.set_cookies += sessions.token_cookies(session.renewed, secure=visit.secure)


def _language(request: Any, cookies: Mapping[str, str]) -> str:
    """As asked, as kept, as the browser says; Chinese first."""
    asked = (request.query_params or {}).get("language") or cookies.get(sessions.LANGUAGE)
    if asked in OTHER_LANGUAGE:
        return str(asked)
    return messages.language(request.headers.get("accept-language", ""))


def _path(context: Mapping[str, Any], request: Any) -> str:
    """The path that was asked for, without the stage: the route's, with its arguments."""
    arguments = {name: paths.part(value) for name, value in (request.uri_params or {}).items()}
    return str(context["resourcePath"]).format_map(arguments)


def _base(context: Mapping[str, Any], request: Any, *, secure: bool) -> str:
    """The site's own address. The issuer knows it; a forged host leads nowhere."""
    whole, own = str(context.get("path") or ""), _path(context, request)
    whole = whole.rstrip("/")
    stage = whole[: -len(own)] if whole.endswith(own) else whole
    scheme = "https" if secure else "http"
    return f"{scheme}://{request.headers.get('host', '')}{stage}"


def _own(headers: Mapping[str, str], base: str) -> bool:
    """Whether a page of ours sent this: the cookies alone go along from anywhere. Old browsers say
    nothing of the site, but with a form where they come from, and else which page led here."""
    said = headers.get("sec-fetch-site")
    if said:
        return said == "same-origin"
    here = "/".join(base.split("/")[:3])
    came = headers.get("origin") or headers.get("referer", "")
    return f"{came}/".startswith(f"{here}/")
