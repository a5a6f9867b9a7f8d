"""The project itself is deployed, with its own templates, to a server in AWS's place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import boto3
import pytest

from infra.policies import GRANTS
from tests.integration.stage import Stage

ROOT = Path(__file__).parents[2]

# As Lambda loads functions: their module, and nothing before it.
LOAD = """
import importlib, sys
module, *names = sys.argv[1:]
loaded = importlib.import_module(module)
assert all(callable(getattr(loaded, name)) for name in names)
assert module == "app" or "app" not in sys.modules, "app.py was imported"
print(loaded.__file__)
"""


@pytest.fixture
def stage(tmp_path: Path, aws: boto3.Session) -> Stage:
    clean = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "functions", tmp_path / "functions", ignore=clean)
    shutil.copy(ROOT / "app.py", tmp_path)
    shutil.copytree(ROOT / "infra" / "city", tmp_path / "infra" / "city", ignore=clean)
    for folder, names in ((".chalice", "config.json"), ("infra", "*.yaml"), ("infra", "*.json")):
        (tmp_path / folder).mkdir(exist_ok=True)
        for file in (ROOT / folder).glob(names):
            shutil.copy(file, tmp_path / folder)
    return Stage(tmp_path, aws)


def load(module: str, names: list[str], unpacked: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env |= {"SANWEI_STAGE": "dev", "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-c", LOAD, module, *names]
    return subprocess.run(
        command, cwd=unpacked, env=env, capture_output=True, text=True, timeout=60
    )


def test_the_project_stands_people_come_back_to_it_and_each_function_loads_from_its_package(
    stage: Stage, tmp_path: Path
) -> None:
    address = stage.deploy().rstrip("/")  # known only once it stands
    assert site_of(stage) == address
    assets = {one["Key"] for one in stage.objects.list_objects_v2(Bucket=SITE)["Contents"]}
    assert "manifest.json" in assets
    functions = {
        one["FunctionName"]: one["Handler"] for one in stage.functions.list_functions()["Functions"]
    }
    granted = {f"sanwei-dev-{name}" for name in GRANTS} - {"sanwei-dev-api_handler"}
    assert set(functions) == granted | {"sanwei-dev"}
    mappings = stage.functions.list_event_source_mappings()["EventSourceMappings"]
    driven = {one["FunctionArn"].rpartition(":")[2] for one in mappings}
    assert driven < set(functions)

    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(stage.package()) as archive:
        archive.extractall(unpacked)
    modules: dict[str, list[str]] = {}
    for handler in functions.values():
        module, _, name = handler.rpartition(".")
        modules.setdefault(module, []).append(name)
    for module, names in modules.items():
        done = load(module, names, unpacked)
        assert done.returncode == 0, f"{module}: {done.stderr}"
        assert done.stdout.startswith(str(unpacked)), f"{module} came from elsewhere"

    assert stage.deploy().rstrip("/") == address
    assert site_of(stage) == address


def test_people_come_back_to_a_domain_of_ones_own(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANWEI_SITE_URL", "https://sanwei.example/")
    monkeypatch.setenv("SANWEI_SIGN_IN_URL", "https://login.example")
    monkeypatch.setenv("SANWEI_PORTAL_CLIENT", "pages")
    stage.deploy()
    assert site_of(stage) == "https://sanwei.example"
    told = stage.functions.get_function_configuration(FunctionName="sanwei-dev")
    given = told["Environment"]["Variables"]
    assert given["SANWEI_SIGN_IN_URL"] == "https://login.example"
    assert given["SANWEI_PORTAL_CLIENT"] == "pages"


SITE = "sanwei-dev-site-123456789012"


def site_of(stage: Stage) -> str:
    """Where the foundation was told that the pages are."""
    (stack,) = stage.stacks.describe_stacks(StackName="sanwei-dev-foundation")["Stacks"]
    told = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    return str(told["SiteUrl"])
