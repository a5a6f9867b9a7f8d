"""How pages ask: the city's own API, called in this process, as the person who looks (D3).

Every call goes through the route as the gateway would bring it: its rights, its models, its
answers. So nothing here knows a rule, and no page can show what the API would not tell.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from chalice import Chalice

from functions.shared.authorization import Caller

_JSON = "application/json"
_ANY = "*/*"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a refusal as the API tells it: row from 1 and field where it has them."""

    field: str
    code: str
    message: str
    row: int | None = None


class Refused(Exception):
    """The API did not do it: its status, its title and its faults, in the reader's language."""

    def __init__(self, status: int, title: str, faults: tuple[Fault, ...], count: int) -> None:
        super().__init__(f"{status}: {title}")
        self.status, self.title, self.faults, self.count = status, title, faults, count

    @property
    def hidden(self) -> bool:
        """Whether it is not there, or not the caller's: pages show both alike."""
        return self.status == 404


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered, where it is not asked for as JSON."""

    status: int
    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is not JSON."""

    content: bytes
    media_type: str


@dataclass
class Api:
    """The API as `caller` (nobody: None) may use it, answering in `language`.

    Paths are the routes' own templates; what stands in braces is given as `path` values:
    `api.get("/v1/tasks/{task_id}", {"task_id": id})`. Queries leave out what is None or "".
    """

    app: Chalice
    caller: Caller | None
    language: str
    request_id: str = ""
    source_ip: str = ""

    def get(self, route: str, path: Mapping[str, str] | None = None, /, **query: Any) -> Any:
        """The JSON at a route; raises Refused."""
        return _json_of(self.ask("GET", route, path, query=query))

    def post(self, route: str, path: Mapping[str, str] | None = None, body: Any = None) -> Any:
        """What the API answers to the JSON `body`, or to a Body; raises Refused."""
        return _json_of(self.ask("POST", route, path, body=body))

    def put(self, route: str, path: Mapping[str, str] | None = None, body: Any = None) -> Any:
        """What the API answers to the JSON `body`; raises Refused."""
        return _json_of(self.ask("PUT", route, path, body=body))

    def delete(self, route: str, path: Mapping[str, str] | None = None) -> Any:
        """What the API answers; raises Refused."""
        return _json_of(self.ask("DELETE", route, path))

    def find(self, route: str, path: Mapping[str, str] | None = None, /, **query: Any) -> Any:
        """Like `get`; None where it is not there, or not the caller's."""
        try:
            return self.get(route, path, **query)
        except Refused as refused:
            if refused.hidden:
                return None
            raise

    def ask(
        self,
        method: str,
        route: str,
        path: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Answer:
        """Any answer below 400; raises Refused."""
        outer, context = self.app.current_request, self.app.lambda_context
        try:  # the same function goes on: what time it has left is the page's
            reply = self.app(self._event(method, route, path or {}, query or {}, body), context)
        finally:
            self.app.current_request = outer
        answer = _answer(reply)
        if answer.status >= 400:
            raise _refusal(answer)
        return answer

    def _event(
        self, method: str, route: str, path: Mapping[str, str], query: Mapping[str, Any], body: Any
    ) -> dict[str, Any]:
        content = body if isinstance(body, Body) else Body(_dumped(body), _JSON)
        authorizer = {}
        if self.caller:
            grants = sorted(f"{one.unit}:{one.role}" for one in self.caller.grants)
            authorizer = {"principalId": self.caller.id, "grants": json.dumps(grants)}
        return {
            "resource": route,
            "path": route.format_map({name: quote(text, "") for name, text in path.items()}),
            "httpMethod": method,
            "headers": {
                "accept": _ANY,
                "accept-language": self.language,
                "content-type": content.media_type,
            },
            "multiValueQueryStringParameters": _listed(query) or None,
            "pathParameters": dict(path),
            "stageVariables": None,
            "requestContext": {
                "resourcePath": route,
                "httpMethod": method,
                "requestId": self.request_id,
                "path": route,
                "identity": {"sourceIp": self.source_ip},
                "authorizer": authorizer,
            },
            "body": base64.b64encode(content.content).decode() if body is not None else None,
            "isBase64Encoded": body is not None,
        }


def _dumped(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()


def _listed(query: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: [_written(one) for one in (value if isinstance(value, list | tuple) else [value])]
        for name, value in query.items()
        if value not in (None, "", [], ())
    }


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer(reply: Mapping[str, Any]) -> Answer:
    body = reply["body"] or ""
    content = base64.b64decode(body) if reply.get("isBase64Encoded") else body
    headers = {name.lower(): str(value) for name, value in reply.get("headers", {}).items()}
    return Answer(
        reply["statusCode"],
        content if isinstance(content, bytes) else content.encode(),
        headers.get("content-type", ""),
        headers,
    )


def _json_of(answer: Answer) -> Any:
    return json.loads(answer.body) if answer.body else None


def _refusal(answer: Answer) -> Refused:
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = {}
    faults = tuple(
        Fault(one.get("field", ""), one["code"], one["message"], one.get("row"))
        for one in told.get("faults", ())
    )
    title = str(told.get("title") or told.get("Message") or "")
    return Refused(answer.status, title, faults, int(told.get("fault_count", len(faults))))
