"""How often what everybody may read is read: limits at the gateway, on each route without a token
(pages too: whoever signed in to them brings a cookie, of which the gateway knows nothing).

These bound all callers of a route together, so that no crowd takes the functions from those who
work. One address alone is stopped earlier, by the rule in wiring.yaml that counts per address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigateway.type_defs import PatchOperationTypeDef

PER_SECOND, BURST = 100, 200
_MOST_PATCHES = 40  # of one call


def throttle(client: APIGatewayClient, api: str, stage: str) -> list[str]:
    """Limit every route of an API that is read without a token; returns their paths.

    What is signed instead (webhooks) has the quota that was agreed with its system.
    """
    paths = sorted(_open(client, api))
    patches = [patch for path in paths for patch in _patches(path)]
    for start in range(0, len(patches), _MOST_PATCHES):
        client.update_stage(
            restApiId=api, stageName=stage, patchOperations=patches[start : start + _MOST_PATCHES]
        )
    return paths


def _open(client: APIGatewayClient, api: str) -> Iterator[str]:
    pages = client.get_paginator("get_resources").paginate(restApiId=api, embed=["methods"])
    for page in pages:
        for resource in page["items"]:
            method = resource.get("resourceMethods", {}).get("GET")
            if method is not None and method.get("authorizationType", "NONE") == "NONE":
                yield resource["path"]


def _patches(path: str) -> Iterator[PatchOperationTypeDef]:
    place = f"/{path.replace('/', '~1')}/GET/throttling"
    yield {"op": "replace", "path": f"{place}/rateLimit", "value": str(PER_SECOND)}
    yield {"op": "replace", "path": f"{place}/burstLimit", "value": str(BURST)}
