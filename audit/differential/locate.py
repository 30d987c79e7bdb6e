"""From a mismatch to the EVM instruction that it concerns, and its Solidity line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from audit.differential import oracle
from audit.differential.compare import Mismatch, prefix
from audit.differential.subject import Target


def locate(mismatch: Mismatch, request: Mapping[str, Any], target: Target) -> Mismatch:
    """The mismatch with function, pc and source: the store of the slot, the log, or else the instruction that ended the EVM's frame."""
    call = request["calls"][mismatch.call]
    name = target.function(bytes.fromhex(call["data"][2:]), create=call["create"])
    traced = oracle.run(prefix(request, mismatch.call + 1), trace=True)
    pc = _instruction(mismatch, traced["trace"]["calls"][mismatch.call])
    place = target.place("creation" if call["create"] else "runtime", pc)
    return replace(
        mismatch, function=name, pc=pc, source=None if place is None else place[0], line=None if place is None else place[1]
    )


def _instruction(mismatch: Mismatch, steps: Mapping[str, Any]) -> int:
    end = int(steps["end"])
    if mismatch.field.startswith("logs"):
        number = int(mismatch.subject.rpartition(" ")[2])
        return int(steps["logs"][number]) if number < len(steps["logs"]) else end
    if mismatch.field == "storage":
        slot = int(mismatch.subject.rpartition(" ")[2], 16)
        stores = [pc for key, pc in steps["stores"] if int(key, 16) == slot] or [pc for _, pc in steps["stores"]]
        return int(stores[-1]) if stores else end
    return end
