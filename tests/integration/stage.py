"""The stage `dev` of a project on a server in AWS's place: deploys it and looks at what stands."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

import boto3

from infra import deploy as deployment
from layers.build import Layer

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

_TABLES = (".csv", ".toml")


class Stage:
    """The stage `dev` of a project on the server: deploys it and looks at what stands."""

    def __init__(self, project: Path, aws: boto3.Session) -> None:
        self.project = project
        self.functions = aws.client("lambda")
        self.apis = aws.client("apigateway")
        self.roles = aws.client("iam")
        self.rules = aws.client("events")
        self.tables = aws.client("dynamodb")
        self.stacks = aws.client("cloudformation")
        self.logs = aws.client("logs")
        self.objects = aws.client("s3")
        self.config = "sanwei-dev-config-123456789012"
        self.layer = "wheels"

    def deploy(self) -> str:
        return deployment.deploy(
            "dev", project=self.project, build_layer=self._layer, say=lambda _: None
        )

    def remove(self) -> None:
        deployment.remove("dev", project=self.project, say=lambda _: None)

    def _layer(self, architecture: str) -> Layer:
        archive = self.project / "layer.zip"
        with zipfile.ZipFile(archive, "w") as target:
            target.writestr("python/wheels.py", self.layer)
        return Layer(archive, self.layer, PYTHON, architecture, 0, 0)

    def settings(self, name: str) -> Any:
        return self.functions.get_function_configuration(FunctionName=f"sanwei-dev-{name}")

    def layer_arn(self, version: int) -> str:
        return f"arn:aws:lambda:eu-west-1:123456789012:layer:sanwei-dev-dependencies:{version}"

    def stream(self) -> str:
        table = self.tables.describe_table(TableName="sanwei-dev-registry")["Table"]
        return str(table["LatestStreamArn"])

    def configuration(self) -> dict[str, str]:
        """The tables in the configuration bucket."""
        listed = self.objects.list_objects_v2(Bucket=self.config)["Contents"]
        keys = [one["Key"] for one in listed if one["Key"].endswith(_TABLES)]
        bodies = (self.objects.get_object(Bucket=self.config, Key=key)["Body"] for key in keys)
        return {key: body.read().decode() for key, body in zip(keys, bodies, strict=True)}

    def keys(self) -> dict[str, bytes]:
        """The wrapped data keys."""
        listed = self.objects.list_objects_v2(Bucket=self.config, Prefix="keys/")["Contents"]
        return {
            one["Key"]: self.objects.get_object(Bucket=self.config, Key=one["Key"])["Body"].read()
            for one in listed
        }

    def package(self) -> Path:
        """The zip that every function got."""
        folder = self.project / "build" / "deploy-dev" / ".chalice" / "deployments"
        (package,) = folder.glob("*.zip")
        return package

    def packed(self) -> set[str]:
        """The names of the files in the package."""
        with zipfile.ZipFile(self.package()) as archive:
            return set(archive.namelist())

    def standing(self) -> dict[str, list[str]]:
        """The names of everything, sorted."""
        functions = self.functions.list_functions()["Functions"]
        mappings = self.functions.list_event_source_mappings()["EventSourceMappings"]
        layers = self.functions.list_layer_versions(LayerName="sanwei-dev-dependencies")
        return {
            "functions": sorted(one["FunctionName"] for one in functions),
            "roles": sorted(one["RoleName"] for one in self.roles.list_roles()["Roles"]),
            "rules": sorted(one["Name"] for one in self.rules.list_rules()["Rules"]),
            "apis": [one["id"] for one in self.apis.get_rest_apis()["items"]],
            "mappings": [one["EventSourceArn"] for one in mappings],
            "layers": [str(one["Version"]) for one in layers["LayerVersions"]],
            "tables": sorted(self.tables.list_tables()["TableNames"]),
            "stacks": sorted(one["StackName"] for one in self.stacks.describe_stacks()["Stacks"]),
        }

    def rewrite(self, name: str, old: str, new: str) -> None:
        path = self.project / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
