"""What is generated from the ISA table is what the table says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from zkvm.errors import InternalError
from zkvm.isa import codegen
from zkvm.isa.encode import ISA_DIGEST, canonical_text
from zkvm.isa.table import ENV_KINDS, FORKS, ROWS
from zkvm.word import keccak256

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_is_stale() -> None:
    assert codegen.stale() == []


def test_a_change_is_seen() -> None:
    text = codegen.DOCUMENT_PATH.read_text()
    assert codegen.document(text.replace("(a + b) mod 2^256", "a + b")) == text
    with pytest.raises(InternalError):
        codegen.document(text.replace("generated:env", "generated:other"))


def test_canonical_text() -> None:
    lines = canonical_text().split("\n")
    assert lines[0] == "1 ADD pure ww- 1 - now"
    assert len(lines) == len(ROWS) + 2
    assert lines[-2].split(" ") == list(ENV_KINDS)
    assert lines[-1].split(" ") == list(FORKS)
    assert keccak256(canonical_text().encode()) == ISA_DIGEST


def test_codes_rise_and_names_are_unique() -> None:
    codes = [row.code for row in ROWS]
    assert codes == sorted(set(codes))
    assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.skipif(shutil.which("rustfmt") is None, reason="rustfmt is not installed")
def test_rust_is_formatted() -> None:
    command = ["rustfmt", "--edition", "2024", "--config-path", str(ROOT / "zkvm" / "prover")]
    run = subprocess.run(command, input=codegen.rust(), capture_output=True, text=True, check=True)
    assert run.stdout == codegen.rust()
