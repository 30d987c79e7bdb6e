"""Proves test vectors' runs and verifies the receipts, so that `proven` means what an outsider could check."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.statetest.vectors import Vector
from zkvm import proof
from zkvm.errors import InternalError, Unsupported
from zkvm.program import Program
from zkvm.program_file import write_whole
from zkvm.word import keccak256

Prove = Callable[[Vector, Sequence[Program]], int]
"""Proves and verifies a vector's run; gives the cells of the proof's tables."""

_CLAIMED: Final = ("status", "return_data", "logs", "gas_left")
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves and verifies runs. Shape: `receipts` is the folder that keeps the receipts, or None."""

    profile: str = "fast"
    receipts: Path | None = None

    def __call__(self, vector: Vector, programs: Sequence[Program]) -> int:
        """Cells of the proof's tables.

        Raises: Unsupported if the run needs what the proof system lacks; InternalError if the receipt is rejected or claims something
        else than the run; InputError if it cannot be kept.
        """
        made = proof.prove(vector.request, programs, self.profile)
        if made.receipt is None or made.cost is None:
            raise Unsupported(made.obstacle.code, f"not proven: {made.obstacle.what}")
        digests = tuple(program.digest for program in programs)
        expected = proof.Expectations(digests=digests, request=vector.request, code_known=True, creation_known=True)
        verdict = proof.verify(made.receipt, expected)
        if not verdict["valid"] and self.profile != "test":
            raise InternalError("receipt-rejected", f"the receipt is rejected: {verdict['reason']}")
        for claimed, call in zip(verdict["calls"], (each.as_json() for each in made.result.calls), strict=True):
            if any(claimed[key] != call[key] for key in _CLAIMED):
                raise InternalError("receipt-differs", "the receipt claims another outcome than the run's")
        if self.receipts is not None:
            write_whole(self.receipts / receipt_name(vector), made.receipt)
        return sum(table["cells"] for table in made.cost["tables"])


def receipt_name(vector: Vector) -> str:
    """A file name that tells the entry, and no other entry has."""
    at = vector.indexes
    parts = [Path(vector.file).stem, vector.name, vector.fork] + ([f"d{at.data}-g{at.gas}-v{at.value}"] if at else [])
    digest = keccak256("\0".join([vector.file, *parts]).encode()).hex()[:16]
    return f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', '-'.join(parts[1:]))[-_LONGEST_NAME:].lstrip('-.')}-{digest}.receipt"
