"""An executor that stops at chosen calls, as it does at something unsupported: what is unsupported changes, the rule about it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from audit.differential.compare import prefix
from audit.differential.execution import Executor, Translator
from zkvm import proof
from zkvm.program import Program

Chosen = Callable[[Mapping[str, Any]], bool]


def stopping(chosen: Chosen) -> Executor:
    """The executor, but that a run ends before its first chosen call (ISA 8.4)."""

    def execute(request: Mapping[str, Any], programs: Iterable[Program], *, translate: Translator) -> dict[str, Any]:
        at = next((index for index, call in enumerate(request["calls"]) if chosen(call)), None)
        if at is None:
            return proof.execute(request, programs, translate=translate)
        result = proof.execute(prefix(request, at), programs, translate=translate)
        if result["unsupported"] is None and result["missing_code"] is None:
            result["unsupported"] = {"code": "call", "what": "CALL", "call": at, "pc": None, "id": 0}
        return result

    return execute


def selected(*selectors: str) -> Chosen:
    """Calls of these selectors."""
    return lambda call: not call["create"] and call["data"][2:10] in selectors
