"""The legacy VMTests in both machines, where the vectors lie beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.statetest.files import load
from audit.statetest.runner import run_all
from audit.statetest.vectors import Unread
from zkvm import proof

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "VMTests"
KNOWN = 303


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors are not beside the project")
@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
def test_all_pass_in_both_machines() -> None:
    read = list(load(VECTORS))
    assert not [each for each in read if isinstance(each, Unread)]
    rows = list(run_all((vector for each in read if not isinstance(each, Unread) for vector in each), "both"))
    assert [f"{row.name}: {row.error}" for row in rows if not row.passed] == []
    assert len(rows) == KNOWN
