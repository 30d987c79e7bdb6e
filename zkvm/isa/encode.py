"""The table's canonical text and digest (ISA 7.4)."""

from __future__ import annotations

from typing import Final

from zkvm.isa.table import ENV_KINDS, FORKS, ROWS
from zkvm.word import keccak256


def canonical_text() -> str:
    """The text whose hash is the ISA digest: a line for each row, then the environment kinds, then the forks."""
    rows = [f"{row.code} {row.name} {row.kind} {row.operands} {_flag(row.result)} {row.gas} {row.prover}" for row in ROWS]
    return "\n".join([*rows, " ".join(ENV_KINDS), " ".join(FORKS)])


def _flag(result: bool) -> str:
    return "1" if result else "0"


ISA_DIGEST: Final[bytes] = keccak256(canonical_text().encode())
"""Keccak-256 of the canonical text; in each program and in each proof."""
