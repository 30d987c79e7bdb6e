"""How much of the EVM's control-flow graph the runs reached, and whether they ever left it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.differential.oracle import uncollected
from audit.differential.subject import Target
from audit.inputs.pins import alike
from transpiler.cfg.views import cfg_json
from transpiler.evm.disassemble import disassemble
from transpiler.solc.artifact import CodeObject
from zkvm.word import keccak256

Edge = tuple[int, int]


@dataclass(slots=True)
class Seen:
    """What runs reached in one code object: program counters, and transfers from an instruction to the next."""

    pcs: set[int] = field(default_factory=set)
    edges: set[Edge] = field(default_factory=set)

    def update(self, other: Seen) -> None:
        """Take over what another saw."""
        self.pcs |= other.pcs
        self.edges |= other.edges


@dataclass(frozen=True, slots=True)
class Coverage:
    """Blocks and edges of the static graph, and how many of them ran.

    Shape: `missed` are the starts of blocks that never ran, `missed_places` their lines. `outside` is what the EVM ran outside the
    graph, in calls that were not compared, too; `closed` says that all jumps of the graph are resolved, so that nothing may.
    """

    kind: str
    code_hash: str
    blocks: int
    blocks_reached: int
    edges: int
    edges_reached: int
    missed: tuple[int, ...]
    missed_places: tuple[str, ...]
    outside: tuple[str, ...]
    closed: bool

    @property
    def broken(self) -> bool:
        """Whether a run left a graph that was certified to hold all runs."""
        return self.closed and bool(self.outside)

    def as_json(self) -> dict[str, Any]:
        """The form that output holds."""
        return {
            "kind": self.kind, "code_hash": self.code_hash, "blocks": self.blocks, "blocks_reached": self.blocks_reached,
            "edges": self.edges, "edges_reached": self.edges_reached, "missed": list(self.missed),
            "missed_places": list(self.missed_places), "outside": list(self.outside), "closed": self.closed,
        }  # fmt: skip


def collect(seen: dict[str, Seen], target: Target, request: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    """Add a traced run to what was seen of the contract under test, by kind of code.

    Shape: runtime code is the target's up to immutables, at whatever account; what else a constructor may return is not this graph's.
    """
    created = set() if target.creation is None else {hash_of("0x" + target.creation.code.hex())}
    runtime = {hash_of(code) for code in _codes(target, request["state"], result["state"])}
    for each in result["trace"]["coverage"]:
        kind = "creation" if each["code_hash"] in created else "runtime" if each["code_hash"] in runtime else None
        if kind is not None:
            with uncollected():
                seen.setdefault(kind, Seen()).update(Seen(set(each["pcs"]), {(start, end) for start, end in each["edges"]}))


def _codes(target: Target, *states: Mapping[str, Any]) -> set[str]:
    """Codes of accounts that are the target's runtime code, but for its immutables."""
    runtime = target.runtime
    if runtime is None:
        return set()
    codes = {account["code"] for state in states for account in state.values()}
    return {code for code in codes if len(code) == 2 + 2 * len(runtime.code) and alike(bytes.fromhex(code[2:]), runtime)}


def hash_of(code: str) -> str:
    """The code hash of 0x-hex."""
    return "0x" + keccak256(bytes.fromhex(code[2:])).hex()


def coverage(target: Target, seen: Mapping[str, Seen], ran: Mapping[str, Seen] | None = None) -> tuple[Coverage, ...]:
    """The coverage of each code object of a target.

    Shape: `seen` is what compared calls reached, `ran` all that the EVM ran (the same by default): the graph must hold it all.
    """
    objects = (("creation", target.creation), ("runtime", target.runtime))
    whole = seen if ran is None else ran
    return tuple(
        _measure(target, kind, code, seen.get(kind, Seen()), whole.get(kind, Seen()))
        for kind, code in objects
        if code is not None and (kind in whole or kind == "runtime")
    )


def _measure(target: Target, kind: str, code: CodeObject, seen: Seen, whole: Seen) -> Coverage:
    graph = cfg_json(code.code, target.fork)
    starts = [block["pc"] for block in graph["blocks"]]
    ends = {block["pc"]: block["end"] for block in graph["blocks"]}
    edges = {(start, end) for start, end in graph["edges"]}
    reached = {pc for pc in starts if pc in seen.pcs}
    instructions = disassemble(code.code, target.fork)
    last = {pc: _last(instructions.at, pc, end) for pc, end in ends.items()}

    def block_of(pc: int) -> int | None:
        at = bisect_right(starts, pc) - 1
        return starts[at] if at >= 0 and pc < ends[starts[at]] else None

    ran = {(block_of(start), end) for start, end in seen.edges}
    fell = {
        (start, end)
        for start, end in edges
        if ends[start] == end and last[start] in seen.pcs and end in seen.pcs and not _jumps(instructions, last[start])
    }
    outside = [f"{pc:#x}" for pc in sorted(whole.pcs) if block_of(pc) is None and pc < len(code.code)]
    outside += [
        f"{start:#x}->{end:#x}"
        for start, end in sorted(whole.edges)
        if end < len(code.code) and (block_of(start), end) not in edges
    ]
    missed = tuple(pc for pc in starts if pc not in reached)
    return Coverage(
        kind,
        "0x" + code.code_hash.hex(),
        len(starts),
        len(reached),
        len(edges),
        len(edges & (ran | fell)),
        missed,
        _places(target, kind, missed),
        tuple(outside),
        not graph["unresolved"],
    )


def _last(at: Mapping[int, int], start: int, end: int) -> int:
    return max((pc for pc in range(start, end) if pc in at), default=start)


def _jumps(code: Any, pc: int) -> bool:
    return code.instructions[code.at[pc]].opcode.name in ("JUMP", "JUMPI") if pc in code.at else False


def _places(target: Target, kind: str, pcs: Iterable[int]) -> tuple[str, ...]:
    found = (target.place(kind, pc) for pc in pcs)
    return tuple(dict.fromkeys(place[0] for place in found if place is not None))
