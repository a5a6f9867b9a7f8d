"""MiniStack, the AWS of the local city: one process on 127.0.0.1, its state in a directory."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra import processes

HOST = "127.0.0.1"
ACCOUNT = "000000000000"
REGION = "us-east-1"
NAME = "emulator"
PROJECT = Path(__file__).resolve().parents[1]
_START_SECONDS = 60.0
_STOP_SECONDS = 180.0  # it writes everything it holds
# What could lead calls past the emulator, to a real account or through a proxy.
_FOREIGN = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_SECURITY_TOKEN",
)


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator, by its port."""

    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client that talks to this emulator, whatever the environment says."""
        session = boto3.Session(
            aws_access_key_id=ACCOUNT, aws_secret_access_key="local", region_name=REGION
        )
        config = Config(
            proxies={},
            read_timeout=120,
            retries={"mode": "standard"},
            s3={"addressing_style": "path"},
        )
        return session.client(service, endpoint_url=self.url, config=config)

    def environment(self) -> dict[str, str]:
        """This process's environment, turned so that boto3 in a child reaches the emulator only."""
        kept = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
        return kept | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": f"{HOST},localhost",
            "no_proxy": f"{HOST},localhost",
        }


def start(state: Path, port: int, speed: float = 1.0) -> Emulator:
    """Starts the emulator over `state`, its state machines waiting at `speed`, and waits until it
    answers; raises processes.NotStarted."""
    emulator = Emulator(port)
    scratch = state / "scratch"  # of its Lambda workers; a killed emulator leaves it behind
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    environment = emulator.environment() | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "emulator"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "emulator" / "objects"),
        "TMPDIR": str(scratch),
        "LOG_LEVEL": "WARNING",
        "LAMBDA_EXECUTOR": "local",
        "SFN_WAIT_SCALE": repr(1 / speed),
        "DOCKER_HOST": f"unix://{scratch}/none",  # no containers, even where Docker is there
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    processes.start(state, NAME, [sys.executable, "-m", "infra.keeper"], environment, PROJECT)
    processes.wait_until_ready(state, NAME, lambda: _healthy(emulator), _START_SECONDS)
    return emulator


def stop(state: Path) -> bool:
    """Ends the emulator, which then saves everything; False where it did not run."""
    return processes.stop(state, NAME, patience=_STOP_SECONDS)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def taken(port: int) -> bool:
    """Whether somebody listens on `port` already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def answers(url: str) -> bool:
    """Whether an HTTP server answers at `url`, with whatever status."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _healthy(emulator: Emulator) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{emulator.url}/_ministack/health", timeout=5) as reply:
            return "services" in json.load(reply)
    except (OSError, ValueError):
        return False
