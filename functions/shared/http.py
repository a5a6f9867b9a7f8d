"""How a route speaks: it declares what it takes and gives, and every problem has one form (D4).

`operation` parses the query and the body into models, calls the view with them and the caller, and
answers problems as RFC 9457 `application/problem+json` in the caller's language. What it was told
is kept on the view, so that OpenAPI is generated from the routes themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal, TypeVar

from chalice import Blueprint, Response
from pydantic import BaseModel, ValidationError

from functions.shared import access, admission, clock, messages, rehearsal, systems
from functions.shared.authorization import Action, Caller
from functions.shared.errors import Fault, Invalid, Kind, Problem, TooMany
from functions.shared.findings import faults_of
from functions.shared.logging import correlate, log
from functions.shared.table import Stale

STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
_MOST_FAULTS = 200  # in one answer; the count says how many there were
_PROBLEM = "application/problem+json"
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route takes and gives, for `operation` itself and for OpenAPI.

    `action` is None on public routes and on those that verify a signature themselves. `raw` is the
    media type of a body that is not JSON, `gives` the media type of a reply that is not.
    """

    summary: str
    action: Action | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    reply: type[BaseModel] | None = None
    status: int = 200
    raw: str = ""
    gives: str = "application/json"
    signature: bool = False
    tags: tuple[str, ...] = field(default=())


def operation(
    bp: Blueprint, declared: Operation
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a view out of a function of `(path arguments..., [caller], [query], [body])`.

    The function gets `caller` where `declared.action` is set, `query` and `body` where they are
    declared, and returns a model, or a Response for anything but JSON.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def answered(**path: str) -> Response:
            request = bp.current_request
            correlate(request.context.get("requestId") or request.headers.get("x-request-id", ""))
            with admission.visiting() as visit:
                reply = _answered(
                    request, lambda: _reply(view(**path, **_arguments(request, declared)), declared)
                )
            if visit.unit:
                admission.leave(visit, reply.status_code, systems.door(), clock.real_now())
            return reply

        answered.__operation__ = declared  # type: ignore[attr-defined]
        return answered

    return decorate


def _answered(request: Any, answer: Callable[[], Response]) -> Response:
    """What `answer` gives, or the problem that it met."""
    language = language_of(request)
    try:
        return answer()
    except Problem as problem:
        return problem_response(problem, language)
    except ValidationError as error:
        return problem_response(Invalid.all(faults_of(error)), language)
    except Stale:
        return problem_response(Unexpected(Fault("busy")), language)
    except Exception:
        log.exception("request failed", path=request.path)
        return problem_response(Unexpected(Fault("unexpected")), language, status=500)


def file_reply(body: bytes | str, media_type: str, **more: str) -> Response:
    """A reply that is not JSON from a model; `more` are further headers, `_` standing for `-`."""
    headers: dict[str, str | list[str]] = {"Content-Type": media_type}
    headers.update({name.replace("_", "-"): value for name, value in more.items()})
    return Response(body, headers, 200)


def raw_body(request: Any) -> bytes:
    """The body as bytes, whatever the gateway made of it."""
    raw = request.raw_body
    return raw if isinstance(raw, bytes) else str(raw).encode()


class Unexpected(Problem):
    """Something broke on our side; the log has it under the request's id."""

    kind = Kind.UNAVAILABLE


def _arguments(request: Any, declared: Operation) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if declared.action:
        given["caller"] = _caller(request, declared.action)
    if declared.query:
        given["query"] = _read(declared.query, _query(request))
    if declared.body and not declared.signature:  # nothing of a stranger's is read
        given["body"] = _read(declared.body, _json(request.raw_body))
    return given


def _caller(request: Any, action: Action) -> Caller:
    """Who calls; a machine only where its registration lets it in."""
    caller = access.caller_in(request)
    if caller.client:
        admission.admit(caller, action, systems.door(), clock.real_now())
    return caller


def _query(request: Any) -> dict[str, Any]:
    params = request.query_params
    if params is None:
        return {}
    lists = {name: params.getlist(name) for name in params}
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}


def body_as(model: type[M], request: Any) -> M:
    """The body of a request as `model`: for routes that verify a signature first.

    It may come in a CloudEvents envelope (structured mode), as our own messages do: then it is the
    envelope's `data`.
    """
    given = _json(request.raw_body)
    if isinstance(given, dict) and "specversion" in given:
        return _read(_Envelope, given).read(model)
    return _read(model, given)


class _Envelope(BaseModel):
    """What we need to see of a CloudEvent that comes in."""

    specversion: Literal["1.0"]
    data: dict[str, Any]

    def read(self, model: type[M]) -> M:
        return _read(model, self.data)


def _read(model: type[M], given: Any) -> M:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Invalid.all(faults_of(error, model)) from None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Invalid.of("json_broken", "body") from None


def _reply(given: Any, declared: Operation) -> Response:
    if isinstance(given, Response):
        return given
    body = given.model_dump_json(exclude_none=True) if given is not None else ""
    if rehearsal.is_on():
        body = json.dumps({**json.loads(body or "{}"), "test": True}, ensure_ascii=False)
    return Response(body, {"Content-Type": "application/json"}, declared.status)


def problem_response(problem: Problem, language: str, status: int | None = None) -> Response:
    """The answer to `problem`: every fault with its field, row, code and sentence."""
    body = ProblemTold(
        type=f"urn:sanwei:problem:{problem.kind}",
        title=messages.text(problem.kind, language),
        status=status or STATUS[problem.kind],
        fault_count=len(problem.faults),
        faults=[told(fault, language) for fault in problem.faults[:_MOST_FAULTS]],
    )
    headers: dict[str, str | list[str]] = {"Content-Type": _PROBLEM}
    if isinstance(problem, TooMany):
        headers["Retry-After"] = str(problem.seconds)
    return Response(body.model_dump_json(exclude_none=True), headers, body.status)


class FaultTold(BaseModel):
    """One fault as callers see it: where (row from 1, field), which code, and a sentence."""

    row: int | None = None
    field: str
    code: str
    message: str


class ProblemTold(BaseModel):
    """RFC 9457: every problem in one form; `faults` holds at most 200 of `fault_count`."""

    type: str
    title: str
    status: int
    fault_count: int
    faults: list[FaultTold]


def told(fault: Fault, language: str) -> FaultTold:
    """`fault` with its sentence."""
    sentence = messages.text(fault.code, language, **fault.params)
    return FaultTold(row=fault.row, field=fault.field, code=fault.code, message=sentence)


def language_of(request: Any) -> str:
    """The language that the caller of `request` reads."""
    return messages.language(request.headers.get("accept-language", ""))
