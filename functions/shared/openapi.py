"""The API's description, OpenAPI 3.1, made from the routes and the models they declare (A21)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.shared.http import Operation, ProblemTold

_REF = "#/components/schemas/{model}"
_PROBLEMS = {
    "400": "The input breaks a rule; nothing was changed",
    "401": "Not signed in",
    "404": "Not there, or not the caller's",
    "409": "The present state does not allow this",
}
_PATH_ARGUMENT = re.compile(r"{(\w+)}")


class Undeclared(Exception):
    """A route does not say what it takes, what it gives and who may call it."""


def document(routes: Mapping[str, Mapping[str, Any]], version: str) -> dict[str, Any]:
    """The description of `routes` (path → method → Chalice route entry).

    Raises Undeclared for a route without an `Operation`.
    """
    declared = [
        (path, method, _declared(path, method, entry), bool(entry.authorizer))
        for path, methods in sorted(routes.items())
        for method, entry in sorted(methods.items())
        if not hasattr(entry.view_function, "__page__")  # for people, not for systems
    ]
    models = {
        model
        for _, _, operation, _ in declared
        for model in (operation.body, operation.reply)
        if model
    } | {ProblemTold}
    refs, schemas = _schemas(models)
    paths: dict[str, dict[str, Any]] = {}
    for path, method, operation, token in declared:
        paths.setdefault(path, {})[method.lower()] = _operation(path, operation, token, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sanwei 三位一体",
            "version": version,
            "description": "Market supervision for a city: every registration reaches whoever must"
            " act. Problems are RFC 9457 documents, in Chinese or (Accept-Language) English.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                    "description": "Standard Webhooks, with webhook-id and webhook-timestamp",
                },
            },
        },
    }


def _declared(path: str, method: str, entry: Any) -> Operation:
    operation = getattr(entry.view_function, "__operation__", None)
    if not isinstance(operation, Operation):
        raise Undeclared(f"{method} {path}")
    return operation


def _schemas(
    models: Iterable[type[BaseModel]],
) -> tuple[dict[type[BaseModel], str], dict[str, Any]]:
    ordered = sorted(models, key=lambda model: (model.__name__, model.__module__))
    made, whole = models_json_schema(
        [(model, "validation") for model in ordered], ref_template=_REF
    )
    refs = {model: made[model, "validation"]["$ref"] for model in ordered}
    return refs, whole["$defs"]


def _operation(
    path: str, operation: Operation, token: bool, refs: Mapping[type[BaseModel], str]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "tags": [path.split("/")[2].partition(".")[0]],
        "security": [{"token": []}] if token else [{"signature": []}] * operation.signature,
        "parameters": [*_path_parameters(path), *_query_parameters(operation.query)],
        "responses": {**_reply(operation, refs), **_problems(operation, token, refs)},
    }
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": refs[operation.body]}}},
        }
    elif operation.raw:
        described["requestBody"] = {
            "required": True,
            "content": {operation.raw: {"schema": {"type": "string", "format": "binary"}}},
        }
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_ARGUMENT.findall(path)
    ]


def _query_parameters(query: type[BaseModel] | None) -> list[dict[str, Any]]:
    if query is None:
        return []
    schema = query.model_json_schema(ref_template=_REF)
    inner = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _inlined(one, inner),
        }
        for name, one in schema["properties"].items()
    ]


def _inlined(schema: Any, inner: Mapping[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(inner[schema["$ref"].rpartition("/")[2]], inner)
        return {key: _inlined(value, inner) for key, value in schema.items()}
    return [_inlined(one, inner) for one in schema] if isinstance(schema, list) else schema


def _reply(operation: Operation, refs: Mapping[type[BaseModel], str]) -> dict[str, Any]:
    schema = (
        {"$ref": refs[operation.reply]}
        if operation.reply
        else {}
        if operation.gives == "application/json"
        else {"type": "string", "format": "binary"}
    )
    content = {operation.gives: {"schema": schema}}
    return {str(operation.status): {"description": "Done", "content": content}}


def _problems(
    operation: Operation, token: bool, refs: Mapping[type[BaseModel], str]
) -> dict[str, Any]:
    body = {"application/problem+json": {"schema": {"$ref": refs[ProblemTold]}}}
    told = {
        status: {"description": text, "content": body}
        for status, text in _PROBLEMS.items()
        if status != "401" or token or operation.signature
    }
    if operation.body or operation.raw:
        told["413"] = {"description": "More than one call may carry", "content": body}
        told["415"] = {"description": "Another media type is wanted"}
    if token:
        text = "The token is not accepted, or the machine's registration does not cover this"
        told["403"] = {"description": text, "content": body}
    if token or operation.signature:
        retry = {"description": "Seconds until it may be sent again", "schema": {"type": "integer"}}
        told["429"] = {
            "description": "More calls than were agreed",
            "headers": {"Retry-After": retry},
            "content": body,
        }
    return told
