"""A sample of the public state tests in both machines, where they lie beside the project; `make conformance` runs them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.statetest.files import load
from audit.statetest.runner import Machine, run_all
from audit.statetest.sample import spread
from audit.statetest.vectors import Unread
from zkvm import proof

SEED = 10


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
@pytest.mark.parametrize(("machine", "count"), [("rust", 400), ("both", 120)])
def test_a_sample_passes(shared: Path, machine: Machine, count: int) -> None:
    read = list(load(shared / "conformance" / "GeneralStateTests"))
    assert not [each for each in read if isinstance(each, Unread)]
    vectors = [vector for each in read if not isinstance(each, Unread) for vector in each]
    rows = list(run_all(spread(vectors, count, SEED), machine))
    assert [f"{row.file} {row.name} {row.indexes} {row.fork}: {row.error}" for row in rows if not row.passed] == []
    assert len(rows) == count
    assert {Path(row.file).parent for row in rows} == {Path(vector.file).parent for vector in vectors}
