"""What several kinds of tests need."""

from __future__ import annotations

from pathlib import Path

import pytest

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
