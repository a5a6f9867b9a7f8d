"""What the integration tests share: a server in AWS's place, and an eye on permissions."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.integration.permissions import watched

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def watching() -> Iterator[list[str]]:
    """From the start: a client that a wider fixture made is watched, too."""
    with watched() as refused:
        yield refused


@pytest.fixture(autouse=True)
def refused(watching: list[str]) -> Iterator[list[str]]:
    """No function makes a call on AWS that its policy does not allow."""
    yield watching
    found = watching.copy()
    watching.clear()
    assert not found


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.integration.moto_shim"]
    env = {**os.environ, "TZ": "UTC", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def aws(moto_server: str, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    urllib.request.urlopen(f"{moto_server}/moto-api/reset", data=b"").close()
    return boto3.Session()
