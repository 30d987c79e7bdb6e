"""Acts two and three of the demonstration: a seeded translator fault is found, a receipt with one bit flipped is rejected."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from audit.differential.campaign import Effort, trials
from audit.differential.execution import Library
from audit.differential.faults import FAULTS
from audit.differential.self_test import at_site, hunt
from audit.differential.subject import Target
from audit.differential.vector import write_vector
from audit.report.model import ProofEvidence
from zkvm import proof
from zkvm.errors import InternalError

FAULT: Final = "sub-operands-swapped"
SITES: Final = 8
"""Places of the program that are tried: few inputs do not show the fault at each."""


def seeded_fault(target: Target, folder: Path, effort: Effort) -> dict[str, Any]:
    """Inject a fault into the translated programs, find it, and write the vector that replays it.

    Raises: InternalError if it is not found.
    """
    fault = next((each for each in FAULTS if each.name == FAULT), FAULTS[0])
    inputs = tuple(trials(target, effort))
    kills = (hunt(target, at_site(fault, site), inputs, Library()) for site in range(SITES))
    kill = next((each for each in kills if each.passed), None)
    if kill is None or kill.finding is None or kill.vector is None:
        raise InternalError("demo-fault-survived", f"the seeded fault '{fault.name}' was not found")
    path = folder / "vectors" / f"{fault.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_vector(path, kill.vector)
    found = kill.finding.mismatch
    detail = [f"{found.field} {found.subject}".strip(), f"  ZK-VM {found.ours}", f"  EVM   {found.theirs}"]
    if found.source is not None:
        detail += [f"  --> {found.source}", f"      {(found.line or '').strip()}"]
    detail += [f"sol2zk replay {path}"]
    calls = len(kill.finding.request["calls"])
    outcome = f"found in {found.function} after shrinking to {calls} call{'s' if calls > 1 else ''}, and it replays"
    return {"title": f"the translator with one seeded fault ({fault.name})", "outcome": outcome, "detail": "\n".join(detail)}


def flipped_bit(evidence: ProofEvidence) -> dict[str, Any]:
    """Flip one bit in the middle of a receipt and verify it.

    Raises: InternalError if it is accepted.
    """
    bent = bytearray(Path(evidence.file).read_bytes())
    at = len(bent) // 2
    bent[at] ^= 1
    verdict = proof.verify(bytes(bent))
    if verdict["valid"]:
        raise InternalError("demo-forgery-accepted", "a receipt with a flipped bit is accepted")
    return {
        "title": f"the receipt '{evidence.name}' with one bit of byte {at} flipped",
        "outcome": f"rejected: {verdict['reason']}",
        "detail": "",
    }
