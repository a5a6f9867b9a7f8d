"""Publish the dependency layer to AWS, only when its content is new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from layers.build import Layer

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import LayerVersionsListItemTypeDef


def publish(client: LambdaClient, name: str, layer: Layer) -> str:
    """The ARN of the version that holds this content, published if there is none.

    A version carries the digest of its content as description.
    """
    for version in _versions(client, name):
        if version["Description"] == layer.digest:
            return version["LayerVersionArn"]
    return client.publish_layer_version(
        LayerName=name,
        Description=layer.digest,
        Content={"ZipFile": layer.archive.read_bytes()},
        CompatibleRuntimes=[f"python{layer.python}"],  # type: ignore[list-item]  # one of many
        CompatibleArchitectures=[layer.architecture],  # type: ignore[list-item]
    )["LayerVersionArn"]


def remove(client: LambdaClient, name: str) -> None:
    """Delete every version; functions that still run on one keep it until they go."""
    for version in list(_versions(client, name)):
        client.delete_layer_version(LayerName=name, VersionNumber=version["Version"])


def _versions(client: LambdaClient, name: str) -> Iterator[LayerVersionsListItemTypeDef]:
    for page in client.get_paginator("list_layer_versions").paginate(LayerName=name):
        yield from page["LayerVersions"]
