"""From a mismatch to the EVM instruction that it concerns, and its Solidity line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from audit.differential import oracle
from audit.differential.compare import Mismatch
from audit.differential.execution import Library
from audit.differential.subject import Target
from transpiler.evm.disassemble import disassemble
from zkvm import machine
from zkvm.errors import Sol2zkError
from zkvm.host.request import Account, Request

WATCHED: Final = frozenset(
    ("JUMPI", "SSTORE", "TSTORE", "LOG0", "LOG1", "LOG2", "LOG3", "LOG4", "STOP", "RETURN", "REVERT", "INVALID", "SELFDESTRUCT")
)
"""What a path is made of: instructions that decide or show something (the oracle's `path`)."""
OUTCOMES: Final = ("status", "return_data", "gas_left", "refund", "stuck", "destroyed")
LONGEST_STEPS: Final = 200_000


def locate(mismatch: Mismatch, request: Request, target: Target, library: Library) -> Mismatch:
    """The mismatch with function, pc and source.

    The instruction is the store of the slot or the log that differs; for other observations the branch after which the two versions
    part; else the one that ended the EVM's frame.
    """
    call = request.calls[mismatch.call]
    name = target.function_of(call, request.contract)
    part = request.prefix(mismatch.call + 1)
    steps = oracle.run(part.as_json(), trace=True)["trace"]["calls"][mismatch.call]
    pc = _effect(mismatch, steps)
    if pc is None:
        pc = _parting(mismatch.call, part, steps, library)
    if pc is None:
        pc = int(steps["end"])
    place = target.statement("creation" if call.create else "runtime", pc, name)
    return replace(
        mismatch, function=name, pc=pc, source=None if place is None else place[0], line=None if place is None else place[1]
    )


def _effect(mismatch: Mismatch, steps: Mapping[str, Any]) -> int | None:
    if mismatch.field.startswith("logs"):
        number = int(mismatch.subject.rpartition(" ")[2])
        return int(steps["logs"][number]) if number < len(steps["logs"]) else None
    if mismatch.field == "storage":
        slot = int(mismatch.subject.rpartition(" ")[2], 16)
        stores = [pc for key, pc in steps["stores"] if int(key, 16) == slot] or [pc for _, pc in steps["stores"]]
        return int(stores[-1]) if stores else None
    return None


def _parting(index: int, request: Request, steps: Mapping[str, Any], library: Library) -> int | None:
    """The pc of the last decision that both versions share, where they go different ways after it; None where they do not part."""
    theirs: Sequence[int] = steps.get("path", ())
    ours = _path(index, request, library)
    if not theirs:
        return None
    at = -1
    for pc in ours:
        try:
            at = theirs.index(pc, at + 1)
        except ValueError:
            return theirs[max(at, 0)]
    return theirs[max(at, 0)] if at + 1 < len(theirs) else None


def _path(index: int, request: Request, library: Library) -> list[int]:
    """The watched EVM instructions that the ZK-VM version runs in a call, in order."""
    call = request.calls[index]
    before = oracle.result(request.prefix(index).as_json()).state if index else request.state
    code = call.code if call.create or call.to is None else before.get(call.to, Account()).code
    if not code:
        return []
    translation = library.translation(code, "creation" if call.create else "runtime", request.fork)
    names = {each.pc: each.opcode.name for each in disassemble(code, request.fork).instructions}
    watched = {identifier: pc for identifier, pc, _ in translation.source_map if names.get(pc) in WATCHED}
    ran: list[int] = []

    def observe(at: int, identifier: int) -> None:
        pc = watched.get(identifier) if at == index else None
        if pc is not None and (not ran or ran[-1] != pc):
            ran.append(pc)

    try:
        machine.result(request, library.programs(request.fork), LONGEST_STEPS, observe)
    except Sol2zkError:
        return ran
    return ran
