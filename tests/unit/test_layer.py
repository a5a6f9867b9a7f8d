"""The dependency layer: what is left out, and that the same wheels make the same bytes."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path

import pytest

from layers import build


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder as uv leaves it: invented packages."""
    root = tmp_path / "python"
    for name in (
        "grid/__init__.py",
        "grid/docs/__init__.py",
        "grid/tests/test_grid.py",
        "grid/core.pyi",
        "grid/data/tests/service.json",
        "grid-1.0.dist-info/METADATA",
        "grid-1.0.dist-info/RECORD",
        "grid-1.0.dist-info/licenses/LICENSE.md",
        "bin/grid",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("NAME = __name__\n" if name.endswith(".py") else name)
    return root


def names(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_pruning_keeps_modules_data_and_licences(packages: Path) -> None:
    build.prune(packages)
    assert names(packages) == {
        "grid/__init__.py",
        "grid/docs/__init__.py",
        "grid/data/tests/service.json",
        "grid-1.0.dist-info/METADATA",
        "grid-1.0.dist-info/licenses/LICENSE.md",
    }


def test_the_digest_knows_content_python_and_processor_but_not_byte_code(packages: Path) -> None:
    build.prune(packages)
    first = build.digest_of(packages, "3.11", "arm64")
    assert build.digest_of(packages, "3.12", "arm64") != first
    assert build.digest_of(packages, "3.11", "x86_64") != first
    assert build.digest_of(packages, "3.11", "arm64") == first
    (packages / "grid/__init__.py").write_text("NAME = 'other'\n")
    assert build.digest_of(packages, "3.11", "arm64") != first


def test_byte_code_is_taken_without_looking_at_its_source(packages: Path) -> None:
    build.compile_all(packages, Path("/opt/python"))
    source = packages / "grid/__init__.py"
    code = Path(importlib.util.cache_from_source(str(source))).read_bytes()
    assert code[4:8] == b"\x01\x00\x00\x00"  # PEP 552: hash-based, never checked
    assert b"/opt/python/grid/__init__.py" in code


def test_the_same_files_make_the_same_zip(packages: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    size = build.zip_folder(tmp_path, packages, first)
    (packages / "grid/__init__.py").touch()
    build.zip_folder(tmp_path, packages, second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert set(archive.namelist()) == {f"python/{name}" for name in names(packages)}
        assert sum(info.file_size for info in archive.infolist()) == size
