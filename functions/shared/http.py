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
from typing import Any, TypeVar

from chalice import Blueprint, Response
from pydantic import BaseModel, ValidationError

from functions.shared import access, messages
from functions.shared.authorization import Action
from functions.shared.errors import Fault, Invalid, Kind, Problem
from functions.shared.findings import faults_of
from functions.shared.logging import correlate, log
from functions.shared.table import Stale

STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
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
            language = language_of(request)
            correlate(request.context.get("requestId") or request.headers.get("x-request-id", ""))
            try:
                return _reply(view(**path, **_arguments(request, declared)), declared.status)
            except Problem as problem:
                return problem_response(problem, language)
            except ValidationError as error:
                return problem_response(Invalid.all(faults_of(error)), language)
            except Stale:
                return problem_response(Unexpected(Fault("busy")), language)
            except Exception:
                log.exception("request failed", path=request.path)
                return problem_response(Unexpected(Fault("unexpected")), language, status=500)

        answered.__operation__ = declared  # type: ignore[attr-defined]
        return answered

    return decorate


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
        given["caller"] = access.caller_in(request)
    if declared.query:
        given["query"] = _read(declared.query, _query(request))
    if declared.body and not declared.signature:  # nothing of a stranger's is read
        given["body"] = _read(declared.body, _json(request.raw_body))
    return given


def _query(request: Any) -> dict[str, Any]:
    params = request.query_params
    if params is None:
        return {}
    lists = {name: params.getlist(name) for name in params}
    return {name: values[0] if len(values) == 1 else values for name, values in lists.items()}


def body_as(model: type[M], request: Any) -> M:
    """The body of a request as `model`: for routes that verify a signature first."""
    return _read(model, _json(request.raw_body))


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


def _reply(given: Any, status: int) -> Response:
    if isinstance(given, Response):
        return given
    body = given.model_dump_json(exclude_none=True) if given is not None else ""
    return Response(body, {"Content-Type": "application/json"}, status)


def problem_response(problem: Problem, language: str, status: int | None = None) -> Response:
    """The answer to `problem`: every fault with its field, row, code and sentence."""
    body = ProblemTold(
        type=f"urn:sanwei:problem:{problem.kind}",
        title=messages.text(problem.kind, language),
        status=status or STATUS[problem.kind],
        fault_count=len(problem.faults),
        faults=[told(fault, language) for fault in problem.faults[:_MOST_FAULTS]],
    )
    return Response(
        body.model_dump_json(exclude_none=True), {"Content-Type": _PROBLEM}, body.status
    )


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
