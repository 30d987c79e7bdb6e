"""Proves test vectors' runs and verifies the receipts, so that `proven` means what an outsider could check."""

from __future__ import annotations

from typing import Any

from zkvm import proof
from zkvm.errors import InternalError, Unsupported
from zkvm.program import Program


def prove_and_verify(request: dict[str, Any], programs: list[Program], profile: str = "fast") -> int:
    """Cells of the proof's tables.

    Raises: Unsupported if the run needs what the proof system lacks; InternalError if the receipt is rejected or claims something
    else than the run.
    """
    made = proof.prove(request, programs, profile)
    if made.receipt is None or made.cost is None:
        reason = (
            made.unsupported or made.result["unsupported"] or {"code": "missing-code", "what": "a code object has no program"}
        )
        raise Unsupported(reason["code"], f"not proven: {reason['what']}")
    expected = proof.Expectations(
        digests=tuple(program.digest for program in programs), request=request, code_known=True, creation_known=True
    )
    verdict = proof.verify(made.receipt, expected)
    if not verdict["valid"] and profile != "test":
        raise InternalError("receipt-rejected", f"the receipt is rejected: {verdict['reason']}")
    for claimed, call in zip(verdict["calls"], made.result["calls"], strict=True):
        if any(claimed[key] != call[key] for key in ("status", "return_data", "logs", "gas_left")):
            raise InternalError("receipt-differs", "the receipt claims another outcome than the run's")
    return sum(table["cells"] for table in made.cost["tables"])
