"""The authorizer in front of every route that asks for a token."""

from __future__ import annotations

import json

from chalice import AuthResponse, Blueprint
from chalice.app import AuthRequest, Request

from functions.shared import identity
from functions.shared.authorization import Caller, Grant
from functions.shared.errors import Fault, NotSignedIn
from functions.shared.logging import log
from functions.shared.settings import settings

access = Blueprint(__name__)


@access.authorizer(ttl_seconds=300)
def signed_in(request: AuthRequest) -> AuthResponse:
    """Let the holder of a good token through, with its grants; the gateway caches it by token."""
    scheme, _, token = request.token.partition(" ")
    config = settings()
    try:
        if scheme.lower() != "bearer":
            raise NotSignedIn(Fault("token_refused", "authorization"))
        caller = identity.caller_of(
            token.strip(),
            issuer=config.issuer,
            audience=config.audience,
            keys=identity.issuer_keys(config.keys_url),
        )
    except NotSignedIn as refused:
        log.info("token refused", reason=str(refused.__cause__ or refused))
        return AuthResponse(routes=[], principal_id="nobody")
    grants = json.dumps(sorted(f"{grant.unit}:{grant.role}" for grant in caller.grants))
    context = {"grants": grants} | ({"client": caller.client} if caller.client else {})
    return AuthResponse(routes=["*"], principal_id=caller.id, context=context)


def caller_in(request: Request) -> Caller:
    """The caller as the authorizer found it; raises NotSignedIn on a route without one."""
    context = request.context.get("authorizer") or {}
    if "principalId" not in context:
        raise NotSignedIn(Fault("token_missing", "authorization"))
    texts = json.loads(context.get("grants", "[]"))
    grants = frozenset(grant for text in texts if (grant := Grant.parse(text)))
    return Caller(str(context["principalId"]), grants, str(context.get("client") or ""))
