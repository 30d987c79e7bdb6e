"""The project lints its own shape: import directions, file and function sizes, names, and what must never be called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from transpiler.pipeline import PASSES

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("zkvm", "transpiler", "audit")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
EXTENSION_IMPORTERS = {"zkvm/proof.py", "audit/differential/oracle.py"}
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "misc", "util", "helper"}


def python_files() -> list[Path]:
    files = [
        file for package in PACKAGES for file in (ROOT / package).rglob("*.py") if "prover" not in file.relative_to(ROOT).parts
    ]
    return sorted(files)


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", python_files(), ids=name_of)
def test_file(file: Path) -> None:
    text = file.read_text()
    tree = ast.parse(text)
    assert text.count("\n") <= MAX_FILE_LINES
    assert file.stem not in VAGUE_NAMES
    assert ast.get_docstring(tree), "a module says what it is"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= MAX_FUNCTION_LINES, f"{node.name} has {lines} lines"
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_") and node in tree.body:
            assert ast.get_docstring(node), f"{node.name} has no docstring"


@pytest.mark.parametrize("file", python_files(), ids=name_of)
def test_imports(file: Path) -> None:
    found = set(imports(ast.parse(file.read_text())))
    below = {"zkvm": ("transpiler", "audit"), "transpiler": ("audit",), "audit": ()}[file.relative_to(ROOT).parts[0]]
    assert not [name for name in found if name.partition(".")[0] in below]
    named = {node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant)}
    if any(name.startswith("zkvm._native") for name in found) or "zkvm._native" in named or "zkvm.proof.extension" in found:
        assert name_of(file) in EXTENSION_IMPORTERS


@pytest.mark.parametrize("file", python_files(), ids=name_of)
def test_hostile_input_meets_no_interpreter(file: Path) -> None:
    """No pickle, eval, shell strings or unsafe YAML (AUDIT.md 6)."""
    tree = ast.parse(file.read_text())
    assert not {"pickle", "marshal", "shelve", "yaml"} & {name.partition(".")[0] for name in imports(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            assert called not in ("eval", "exec")
            for keyword in node.keywords:
                assert not (keyword.arg == "shell" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True)


def test_passes_do_not_import_each_other() -> None:
    passes = {f"transpiler.passes.{item.name}" for item in PASSES}
    for file in (ROOT / "transpiler" / "passes").glob("*.py"):
        others = passes - {f"transpiler.passes.{file.stem}"}
        assert not others & set(imports(ast.parse(file.read_text()))), file.name


def test_packages_are_typed() -> None:
    for package in PACKAGES:
        assert (ROOT / package / "py.typed").is_file()
