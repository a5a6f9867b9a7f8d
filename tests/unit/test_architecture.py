"""The house rules that ruff, mypy and plain import-linter do not know."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MACHINE = {"boto3", "botocore", "chalice", "aws_lambda_powertools"}
EDGES = {"shared", "portal"}  # a page is a route, every one of them
DOORS = ("handlers.py", "consumers.py", "standard.py")  # who calls, what arrives: item_handlers.py
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
PATCHES = {"mock.patch", "patch", "patch.object", "monkeypatch.setattr", "time.sleep", "sleep"}
MOST_LINES = 350
DISTRIBUTIONS = importlib.metadata.packages_distributions()


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(module: ast.Module) -> Iterator[str]:
    """The packages that a module imports when it runs (not those for type checkers only)."""
    nodes: list[ast.AST] = [module]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            nodes += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        nodes += ast.iter_child_nodes(node)


def calls(module: ast.Module) -> Iterator[str]:
    """The dotted names that are called, the last two parts of each."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield ".".join(ast.unparse(node.func).split(".")[-2:])


@pytest.mark.parametrize("path", modules("functions"), ids=name)
def test_only_the_edges_of_a_feature_know_the_machine(path: Path) -> None:
    feature = path.relative_to(ROOT / "functions").parts[0]
    if feature in EDGES or path.name.endswith((*DOORS, "store.py")):
        return
    assert not MACHINE & set(imported(tree(path)))


@pytest.mark.parametrize("path", modules("functions"), ids=name)
def test_nobody_inside_goes_back_out_through_a_door(path: Path) -> None:
    """Routes and consumers are imported by app.py and by the other doors of their feature."""
    if not path.name.endswith(DOORS):
        froms = (node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom))
        names = {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
        parts = {part for dotted in names for part in dotted.split(".")}
        doors = tuple(door.removesuffix(".py") for door in DOORS)
        assert not {part for part in parts if part.endswith(doors)}


@pytest.mark.parametrize("path", modules("functions"), ids=name)
def test_lambda_has_whatever_a_function_imports(path: Path) -> None:
    """The layer, or Chalice's runtime, which each package carries."""
    lock = (ROOT / "requirements" / "layer.txt").read_text(encoding="utf-8")
    layer = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    for package in set(imported(tree(path))) - sys.stdlib_module_names - {"functions", "chalice"}:
        assert {dist.lower().replace("_", "-") for dist in DISTRIBUTIONS[package]} & layer, package


@pytest.mark.parametrize("path", modules("functions"), ids=name)
def test_only_the_clock_asks_the_time(path: Path) -> None:
    if name(path) != "functions/shared/clock.py":
        assert not CLOCKS & set(calls(tree(path)))


@pytest.mark.parametrize("path", modules("tests"), ids=name)
def test_tests_replace_by_hand_and_do_not_sleep(path: Path) -> None:
    if path.relative_to(ROOT).parts[1] != "e2e":
        assert not PATCHES & set(calls(tree(path)))


@pytest.mark.parametrize("path", modules("functions", "infra", "layers"), ids=name)
def test_a_module_says_its_job_and_fits_a_reader(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES
    assert not lines or ast.get_docstring(tree(path))


VIOLATIONS = {
    "a feature imports a feature": ("registry/domain.py", "import functions.worklist"),
    "shared imports a feature": ("shared/extra.py", "import functions.registry"),
    "a room nobody declared": ("attic/__init__.py", "ATTIC = True"),
    "a store imports a use case": ("worklist/store.py", "import functions.worklist.usecases"),
    "a rule imports its store": ("worklist/domain.py", "import functions.worklist.store"),
    "a use case reaches boto3 by a detour": ("worklist/usecases.py", "import functions.shared.aws"),
    "a function imports infra": ("registry/handlers.py", "import infra"),
}


@pytest.mark.parametrize("case", VIOLATIONS)
def test_the_import_rules_catch(case: str, tmp_path: Path) -> None:
    """On a skeleton of the house, so that the real one may be under repair meanwhile."""
    for room in ("registry", "worklist", "shared", "shared/matching", "shared/events"):
        (tmp_path / "functions" / room).mkdir(parents=True, exist_ok=True)
    for folder in [*tmp_path.rglob("functions"), *(tmp_path / "functions").rglob("*")]:
        (folder / "__init__.py").touch()
    for room in ("registry", "worklist"):
        for module in ("domain", "usecases", "store", "handlers", "consumers"):
            (tmp_path / "functions" / room / f"{module}.py").touch()
    (tmp_path / "functions/shared/errors.py").touch()
    (tmp_path / "functions/shared/aws.py").write_text("import boto3\n", encoding="utf-8")
    for package in ("infra", "layers"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lint_imports(tmp_path) == 0

    path, line = VIOLATIONS[case]
    (tmp_path / "functions" / path).parent.mkdir(exist_ok=True)
    (tmp_path / "functions" / path).write_text(line + "\n", encoding="utf-8")
    assert lint_imports(tmp_path) == 1


def lint_imports(root: Path) -> int:
    # The script of the environment that runs the tests, wherever its folder is on the path.
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=root, capture_output=True, timeout=60).returncode
