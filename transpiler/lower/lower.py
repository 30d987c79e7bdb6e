"""Lowering: an SSA function becomes a program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from transpiler.errors import Unsupported
from transpiler.evm.disassemble import Code, disassemble
from transpiler.lower.chunks import Chunk
from transpiler.lower.draft import CODES, Draft, Row
from transpiler.lower.edges import Edges
from transpiler.lower.emit import Frame, RegionEmitter
from transpiler.lower.generic import GenericTier
from transpiler.lower.layout import place_chunks
from transpiler.lower.liveness import solve_liveness
from transpiler.lower.place import Reads
from transpiler.lower.regions import Flow, form_regions
from transpiler.lower.registers import colour
from transpiler.lower.values import Values
from transpiler.ssa.ir import Function
from zkvm.program import Kind, Program, build_program

REGION_BUDGET_ROWS: Final[int] = 1500
"""Expected rows of a region; the limit of ISA 7.5 is 2^12."""
LARGEST_FUNCTION: Final[int] = 100_000
"""Instructions, parameters and arguments; the largest deployed contracts have some 10,000. Only code that unrolls its stack has more."""


@dataclass(frozen=True, slots=True)
class Lowered:
    """A program with the EVM pc of each instruction, the regions that it was made of (none for tier G alone), and counts."""

    program: Program
    origins: tuple[tuple[int, int], ...]
    regions: int
    registers: int
    generic: bool
    flow: Flow | None = None


def lower(function: Function, kind: Kind, *, budget_rows: int = REGION_BUDGET_ROWS) -> Lowered:
    """The program of a function; tier G follows tier O if some block escapes.

    Raises: Unsupported if the function is larger than a deployed contract can be and its values would not fit registers.
    """
    size = sum(
        len(block.params) + len(block.insts) + sum(len(edge.args) for edge in block.term.edges)
        for block in function.blocks.values()
    )
    if size > LARGEST_FUNCTION:
        raise Unsupported("S2Z-LOWER-BUDGET", f"the optimised tier would hold {size} values", hint="the generic tier runs it")
    flow = form_regions(function, budget_rows)
    values = Values(flow)
    liveness = solve_liveness(flow, values)
    registers = colour(flow, values, liveness)
    draft = Draft()
    heads = {head: Row(CODES["LABEL" if head in flow.labels else "REGION"], pc=flow.blocks[head].origin) for head in flow.members}
    escapes = _escapes(flow)
    code = disassemble(function.code, function.fork) if escapes is not None else None
    tier = GenericTier(code, draft, escapes or (), kind) if code is not None else None
    frame = Frame(
        draft,
        Edges(flow, values, liveness, registers),
        heads,
        tier.heads if tier else {},
        code.jumpdests if code else frozenset(),
        len(function.code) if kind == "creation" else None,
    )
    for head in flow.members:
        RegionEmitter(frame, Reads(flow, values, liveness[head], head)).emit()
    place_chunks(draft, frame.chunk(function.entry), _chunks(frame, flow))
    if tier is not None:
        tier.lower()
    listing = code or Code(function.code, function.fork, (), {}, frozenset())
    return replace(_finish(draft, function.fork, kind, listing, tier, len(heads), registers), flow=flow)


def lower_generic(code: bytes, fork: str, kind: Kind) -> Lowered:
    """The program of a code object in tier G alone; there is one for any byte string."""
    listing = disassemble(code, fork)
    draft = Draft()
    if 0 in listing.jumpdests:
        draft.add("REGION")
    tier = GenericTier(listing, draft, (0,), kind)
    tier.lower()
    return _finish(draft, fork, kind, listing, tier, len(tier.heads), {})


def _escapes(flow: Flow) -> list[int] | None:
    """The EVM pcs at which tier G is entered besides JUMPDESTs; none at all if no block escapes."""
    terms = [flow.blocks[ident].term for ident in flow.order]
    escapes = [term.pc for term in terms if term.kind == "ESCAPE"]
    return [pc for pc in escapes if pc >= 0] if escapes else None


def _chunks(frame: Frame, flow: Flow) -> list[Chunk]:
    return [*(frame.chunk(ident) for ident in flow.order), *frame.extra]


def _finish(
    draft: Draft, fork: str, kind: Kind, code: Code, tier: GenericTier | None, regions: int, registers: dict[int, int]
) -> Lowered:
    finished = draft.finish()
    table = [(pc, tier.heads[pc].id) for pc in sorted(code.jumpdests)] if tier is not None else []
    program = build_program(fork, kind, code.data, finished.instructions, finished.chained, finished.constants, table)
    return Lowered(program, finished.origins, regions, len(set(registers.values())), tier is not None)
