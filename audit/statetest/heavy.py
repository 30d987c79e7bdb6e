"""Test files that are skipped unless asked for: they run for too long, and show nothing that others do not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

SKIPPED: Final[Mapping[str, str]] = {}
"""Reason by `folder/file`. At most 20."""


def reason_to_skip(file: str) -> str | None:
    """Why a file is skipped, or None."""
    path = Path(file)
    return SKIPPED.get(f"{path.parent.name}/{path.name}")
