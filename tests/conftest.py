"""What several kinds of tests need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from transpiler.translate import strictly

os.environ["SOL2ZK_CACHE"] = "off"  # no run of the tests rests on an earlier one
strictly(True)  # no test passes because the generic tier stood in for a bug

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def contracts(root: Path) -> Path:
    """The contracts that ship with the project."""
    return root / "contracts"


@pytest.fixture(scope="session")
def packages(root: Path) -> Path:
    """The folder of npm packages that `make setup` fills."""
    return root / "node_modules"


@pytest.fixture(scope="session")
def shared(root: Path) -> Path:
    """The folder of test data beside the project; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("SOL2ZK_SHARED", root.parent / "shared"))
    if not (folder / "conformance").is_dir():
        pytest.skip(f"no test data in {folder}: set SOL2ZK_SHARED")
    return folder
