"""Build the dependency layer: the locked wheels for Lambda, byte-compiled, pruned and zipped.

It holds what Lambda's Python lacks and boto3 too, at the locked version: Lambda's own changes
without notice. Chalice is not in it; `chalice deploy` puts its runtime into each package.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "layer.txt"
MOST_ZIPPED = 50_000_000  # bytes of a direct upload
MOST_UNZIPPED = 250_000_000  # bytes of a function and its layers together

# Lambda runs on Amazon Linux 2 and 2023; manylinux2014 wheels run on both.
_PLATFORMS = {"arm64": "aarch64-manylinux2014", "x86_64": "x86_64-manylinux2014"}
_MOUNT = Path("/opt/python")  # where Lambda unpacks the folder `python` of a layer
_NEEDLESS_FOLDERS = {"tests", "test", "__pycache__", "bin"}
_NEEDLESS_FILES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "examples-1.json.gz"}
_NEEDLESS_FILES |= {"examples-1.json", ".lock", "uv_cache.json"}
_NEEDLESS_SUFFIXES = {".pyi", ".pyx", ".pxd", ".c", ".h", ".exe", ".md"}


@dataclass(frozen=True, slots=True)
class Layer:
    """A built layer; `digest` names its content, for one Python and one processor."""

    archive: Path
    digest: str
    python: str
    architecture: str
    zipped: int
    unzipped: int

    def __str__(self) -> str:
        return (
            f"layer {self.digest[:12]} for Python {self.python} on {self.architecture}: "
            f"{self.zipped / 1e6:.1f} MB zipped, {self.unzipped / 1e6:.1f} MB unzipped"
        )


class LayerTooLarge(Exception):
    """Lambda would not take the layer."""


def build(architecture: str = "arm64", into: Path = ROOT / "build" / "layer") -> Layer:
    """Build the layer for this interpreter's version of Python under `into`.

    Raises LayerTooLarge, or CalledProcessError where a wheel is missing for `architecture`.
    """
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    shutil.rmtree(into, ignore_errors=True)
    packages = into / "python"
    _install(packages, python, architecture)
    prune(packages)
    digest = digest_of(packages, python, architecture)
    compile_all(packages, _MOUNT)
    archive = into / f"layer-{python}-{architecture}.zip"
    unzipped = zip_folder(into, packages, archive)
    zipped = archive.stat().st_size
    layer = Layer(archive, digest, python, architecture, zipped, unzipped)
    if zipped > MOST_ZIPPED or unzipped > MOST_UNZIPPED:
        raise LayerTooLarge(str(layer))
    return layer


def _install(packages: Path, python: str, architecture: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "--quiet", "--target", str(packages)]
    command += ["--python-version", python, "--python-platform", _PLATFORMS[architecture]]
    command += ["--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", str(LOCK)]
    command += ["--link-mode", "copy"]  # what is pruned here must stay in uv's cache
    subprocess.run(command, check=True)


def prune(packages: Path) -> None:
    """Remove what no Lambda reads: tests, stubs, sources of extensions, records of installs."""
    for folder in sorted(packages.rglob("*"), reverse=True):
        if folder.is_dir() and folder.name in _NEEDLESS_FOLDERS and not _is_data(folder):
            shutil.rmtree(folder)
    for file in packages.rglob("*"):
        needless = file.name in _NEEDLESS_FILES or file.suffix in _NEEDLESS_SUFFIXES
        if file.is_file() and (needless and ".dist-info/licenses" not in file.as_posix()):
            file.unlink()


def _is_data(folder: Path) -> bool:
    # A service or a time zone may be called anything.
    return {"data", "zoneinfo"} & set(folder.parts[-4:-1]) != set()


def digest_of(packages: Path, python: str, architecture: str) -> str:
    """SHA-256 over names and contents, before compiling: byte code differs from run to run."""
    digest = hashlib.sha256(f"{python} {architecture}".encode())
    for file in _files(packages):
        digest.update(f"\n{file.relative_to(packages).as_posix()}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def compile_all(folder: Path, mounted: Path) -> None:
    """Put byte code beside every module that Python will not check against its source again.

    Tracebacks show the path under `mounted`. A module for another Python stays source.
    """
    for source in sorted(folder.rglob("*.py")):
        py_compile.compile(
            str(source),
            dfile=str(mounted / source.relative_to(folder)),
            doraise=False,
            quiet=2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


def zip_folder(root: Path, folder: Path, archive: Path) -> int:
    """Zip `folder` with names relative to `root`, the same bytes for the same files; returns the
    size unzipped."""
    size = 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for file in _files(folder):
            info = zipfile.ZipInfo(file.relative_to(root).as_posix())  # dated 1980-01-01
            info.external_attr = (0o755 if os.access(file, os.X_OK) else 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, file.read_bytes(), compresslevel=9)
            size += file.stat().st_size
    return size


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def main() -> None:
    """Build and say how large it became."""
    parser = argparse.ArgumentParser(description="Build the dependency layer.")
    parser.add_argument("--architecture", choices=sorted(_PLATFORMS), default="arm64")
    sys.stdout.write(f"{build(parser.parse_args().architecture)}\n")


if __name__ == "__main__":
    main()
