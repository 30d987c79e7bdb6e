"""The SSA form: blocks with parameters, effects in order inside a block, gas on effects and terminators.

Values are numbers, unique in a function. A value is a constant (`Function.constants`), a label (`Function.labels`: the block
that a RETURNTO goes to), a parameter of a block or the result of one instruction.

Order: the instructions of a block run in order; effects are never reordered by the representation. There are no effect tokens.

Gas: `Inst.gas` and `Term.gas` hold the static EVM gas (ISA 3.1, without what ISA 3.6 charges dynamically) accumulated since the
previous instruction that carries gas: the gas of every EVM operation of the block stands on the first *effect* or terminator at or after it.
Pure operations and READS carry none. So at GAS, SSTORE, CALL and CREATE the sum of the gas of the path up to and with the instruction
is exact. A pass that removes an instruction moves its gas to the next effect or terminator of the block: a pass never loses gas.

Memory: MGROW(off, len) is the only instruction that grows memory (ISA 3.4). Accesses and RETURN/REVERT are preceded by what covers them.

Shared code: INVOKE goes to `edges[0]` (nothing else happens at run time); among the arguments are labels of blocks in `resumes`.
RETURNTO goes to the block that its label names, which is one of its edges. A value of the invoking block or its dominators
may be used in `resumes` and what they dominate (shared code never recurses, so its value is still the same): for dominance the
successors of INVOKE are `edges[0]` and `resumes`, RETURNTO has none. Ordinary liveness over the real edges is sound as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, NewType

Value = int
BlockId = NewType("BlockId", int)


class Inst(NamedTuple):
    """One instruction: `op` is a name of `transpiler/ssa/ops.py`."""

    op: str
    args: tuple[Value, ...]
    result: Value | None
    imm: int
    origin: int
    gas: int


class Edge(NamedTuple):
    """A jump to a block with a value for each of its parameters."""

    block: BlockId
    args: tuple[Value, ...]


class Term(NamedTuple):
    """The end of a block.

    | kind         | args             | edges               | meaning |
    | JUMP         |                  | target              | |
    | BRANCH       | condition        | taken, fall-through | taken iff the condition is not 0 |
    | INVOKE       |                  | entry               | as JUMP; `resumes` are the blocks that its labels name |
    | RETURNTO     | label            | one a block         | to the edge whose block the label names |
    | STOP         |                  |                     | |
    | RETURN       | offset, length   |                     | |
    | REVERT       | offset, length   |                     | |
    | HALT         |                  |                     | exceptional halt |
    | SELFDESTRUCT | account          |                     | |
    | ESCAPE       | EVM stack, bottom first | | the generic tier goes on at EVM pc `pc`, the start of a basic block |
    | ESCAPE       | target, EVM stack, bottom first | | `pc` = -1: the generic tier jumps to EVM pc `target` (HALT if it is no JUMPDEST) |
    """

    kind: str
    args: tuple[Value, ...] = ()
    edges: tuple[Edge, ...] = ()
    gas: int = 0
    origin: int = 0
    resumes: tuple[BlockId, ...] = ()
    pc: int = -1


TERM_KINDS: Final[dict[str, tuple[int, int]]] = {
    "JUMP": (0, 1), "BRANCH": (1, 2), "INVOKE": (0, 1), "RETURNTO": (1, -1), "STOP": (0, 0), "RETURN": (2, 0), "REVERT": (2, 0),
    "HALT": (0, 0), "SELFDESTRUCT": (1, 0), "ESCAPE": (-1, 0),
}  # fmt: skip
"""Number of arguments and of edges of a terminator, -1 for any number."""


class Block(NamedTuple):
    """A basic block; `origin` is the EVM pc of its first operation."""

    id: BlockId
    params: tuple[Value, ...]
    insts: tuple[Inst, ...]
    term: Term
    origin: int


@dataclass(frozen=True, slots=True)
class Function:
    """A code object in SSA form. The dictionaries are not to be changed in place once a function is built.

    `copies`: blocks that the last pass that copies made, to the block that each is a copy of.
    """

    fork: str
    kind: str
    code: bytes
    entry: BlockId
    blocks: dict[BlockId, Block]
    constants: dict[Value, int]
    labels: dict[Value, BlockId] = field(default_factory=dict)
    next_value: Value = 0
    copies: dict[BlockId, BlockId] = field(default_factory=dict)

    def escapes(self) -> list[BlockId]:
        """The blocks that end in ESCAPE; without one the generic tier is not needed."""
        return [block.id for block in self.blocks.values() if block.term.kind == "ESCAPE"]

    def instruction_count(self) -> int:
        """The number of instructions, terminators included."""
        return sum(len(block.insts) + 1 for block in self.blocks.values())

    def with_blocks(self, blocks: dict[BlockId, Block], **changes: object) -> Function:
        """The function with other blocks; the same object when no block is another object."""
        mine = self.blocks
        if len(blocks) == len(mine) and all(mine.get(number) is block for number, block in blocks.items()):
            return self
        return replace(self, blocks=blocks, **changes)  # type: ignore[arg-type]


def dominance_successors(term: Term) -> Iterator[BlockId]:
    """The successors that count for dominance: the return edges of shared code are replaced by those from INVOKE to `resumes`."""
    if term.kind != "RETURNTO":
        for edge in term.edges:
            yield edge.block
        yield from term.resumes


def successors(term: Term) -> Iterator[BlockId]:
    """The blocks that may run next."""
    for edge in term.edges:
        yield edge.block
