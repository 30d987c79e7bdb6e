"""The import contracts are those of the architecture, and they hold."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from transpiler.pipeline import PASSES

ROOT = Path(__file__).resolve().parents[2]
TRANSPILER = "store -> translate -> pipeline -> lower -> passes -> analyses -> ssa -> cfg -> evm | solc"


def contracts() -> dict[str, dict[str, Any]]:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {contract["name"]: contract for contract in found}


def test_packages() -> None:
    assert contracts()["audit -> transpiler -> zkvm"]["layers"] == ["audit", "transpiler", "zkvm"]


def test_stages_of_the_transpiler() -> None:
    """Every file and folder of the package has its layer, in the order of the name."""
    contract = contracts()[TRANSPILER]
    order = [name for layer in contract["layers"] for name in layer.split(" | ")]
    named = [name for layer in TRANSPILER.split(" -> ") for name in layer.split(" | ")]
    assert [name for name in order if name in named] == [*named[:-2], *sorted(named[-2:], reverse=True)]
    there = {path.stem for path in (ROOT / "transpiler").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert there - {"__init__"} == set(order)
    assert contract["exhaustive"]


def test_each_pass_is_independent() -> None:
    contract = contracts()["a pass imports no pass"]
    assert contract["type"] == "independence"
    assert set(contract["modules"]) == {f"transpiler.passes.{item.name}" for item in PASSES}


def test_no_circles() -> None:
    assert set(contracts()["no circle of files"]["ancestors"]) == {"audit", "transpiler", "zkvm"}


def test_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS
