"""Known bits of values, together with which blocks can run (conditional propagation).

Lattice: a value is unreached (absent), or the pair (zeros, ones) of masks of bits that are certainly 0 and certainly 1; a constant
knows all of them. Meet is intersection. Transfer functions only lose knowledge as their operands do, and a value that changes more
than LIMIT times knows nothing from then on, so the propagation ends. Sound because a value keeps only bits that hold on each
edge that can be taken; what is unknown is the pair (0, 0).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from transpiler.analyses.conditions import Conditions, conditions
from transpiler.evm.arithmetic import BOOLEAN as BOOLEAN_OPS
from transpiler.ssa.arithmetic import EVALUATE
from transpiler.ssa.dominance import Dominance
from transpiler.ssa.ir import BlockId, Edge, Function, Inst, Term, Value
from zkvm.isa.table import ENV_KINDS
from zkvm.word import ADDRESS_MASK, MASK

Bits = tuple[int, int]
TOP: Final[Bits] = (0, 0)
BOOLEAN: Final[Bits] = (MASK ^ 1, 0)
LIMIT: Final = 4
_ADDRESSES: Final = frozenset(ENV_KINDS.index(name) for name in ("ADDRESS", "CALLER", "ORIGIN", "COINBASE"))
_SMALL: Final = frozenset(ENV_KINDS.index(name) for name in ("CALLDATASIZE", "CODESIZE", "RETURNDATASIZE"))


def _below(length: int) -> Bits:
    """Any number of at most `length` bits."""
    return (MASK ^ ((1 << min(length, 256)) - 1), 0)


def _width(bits: Bits) -> int:
    return (MASK ^ bits[0]).bit_length()


def _trailing(bits: Bits) -> int:
    """The number of low bits that are certainly 0."""
    unknown = MASK ^ bits[0]
    return 256 if not unknown else (unknown & -unknown).bit_length() - 1


def _bitwise(op: str, a: Bits, b: Bits) -> Bits:
    if op == "AND":
        return (a[0] | b[0], a[1] & b[1])
    if op == "OR":
        return (a[0] & b[0], a[1] | b[1])
    known = (a[0] | a[1]) & (b[0] | b[1])
    ones = (a[1] ^ b[1]) & known
    return (known ^ ones, ones)


def _constant(bits: Bits) -> int | None:
    return bits[1] if bits[0] | bits[1] == MASK else None


def _shift(op: str, a: Bits, b: Bits) -> Bits:
    amount = _constant(a)
    if amount is None:
        return (b[0] & ~((1 << _width(b)) - 1) & MASK, 0) if op == "SHR" else TOP
    if amount > 255:
        return TOP
    if op == "SHL":
        return ((b[0] << amount | (1 << amount) - 1) & MASK, b[1] << amount & MASK)
    if op == "SHR":
        return (b[0] >> amount | MASK ^ (MASK >> amount), b[1] >> amount)
    if b[0] >> 255:
        return _shift("SHR", a, b)
    return TOP


def _add(a: Bits, b: Bits) -> Bits:
    top = max(_width(a), _width(b)) + 1
    low = (1 << min(_trailing(a), _trailing(b))) - 1
    return ((_below(top)[0] if top < 256 else 0) | low & MASK, 0)


def _mul(a: Bits, b: Bits) -> Bits:
    top = _width(a) + _width(b)
    low = (1 << min(_trailing(a) + _trailing(b), 256)) - 1
    return ((_below(top)[0] if top < 256 else 0) | low, 0)


def _byte(a: Bits, b: Bits) -> Bits:  # noqa: ARG001
    return _below(8)


def _extend(a: Bits, b: Bits) -> Bits:
    size = _constant(a)
    if size is None or size > 30:
        return b if size is not None else TOP
    sign = 8 * size + 7
    return b if _width(b) <= sign else TOP


_TRANSFER: Final[dict[str, Callable[..., Bits]]] = {
    "AND": lambda a, b: _bitwise("AND", a, b),
    "OR": lambda a, b: _bitwise("OR", a, b),
    "XOR": lambda a, b: _bitwise("XOR", a, b),
    "NOT": lambda a: (a[1], a[0]),
    "SHL": lambda a, b: _shift("SHL", a, b),
    "SHR": lambda a, b: _shift("SHR", a, b),
    "SAR": lambda a, b: _shift("SAR", a, b),
    "ADD": _add,
    "MUL": _mul,
    "DIV": lambda a, b: _below(max(0, _width(a) - (b[1].bit_length() or 1) + 1)),
    "MOD": lambda a, b: _below(min(_width(a), _width(b))),
    "ADDMOD": lambda a, b, c: _below(_width(c)),  # noqa: ARG005
    "MULMOD": lambda a, b, c: _below(_width(c)),  # noqa: ARG005
    "BYTE": _byte,
    "CLZ": lambda a: _below(9),  # noqa: ARG005
    "SIGNEXTEND": _extend,
}


def compare(op: str, args: list[Bits]) -> Bits:
    """A comparison of words of which some bits are known."""
    a = args[0]
    if op == "ISZERO":
        return (MASK ^ 1, 0) if not a[1] and a[0] != MASK else ((MASK, 0) if a[1] else (MASK ^ 1, 1))
    b = args[1]
    if op == "EQ":
        return (MASK, 0) if a[1] & b[0] or a[0] & b[1] else BOOLEAN
    if op in ("SLT", "SGT"):
        if not (a[0] >> 255 and b[0] >> 255):
            return BOOLEAN
    if op in ("GT", "SGT"):
        a, b = b, a
    if MASK ^ a[0] < b[1]:
        return (MASK ^ 1, 1)
    return (MASK, 0) if a[1] >= MASK ^ b[0] else BOOLEAN


def transfer(inst: Inst, args: list[Bits]) -> Bits:
    """The bits of the result, from those of the operands."""
    op = inst.op
    if op in BOOLEAN_OPS or op in _TRANSFER or op in EVALUATE:
        numbers = [_constant(bits) for bits in args]
        known = [number for number in numbers if number is not None]
        if len(known) == len(numbers):
            result = EVALUATE[op](*known)
            return (MASK ^ result, result)
    if op in BOOLEAN_OPS:
        return compare(op, args)
    function = _TRANSFER.get(op)
    if function is not None:
        return function(*args)
    if op == "ENV":
        return (MASK ^ ADDRESS_MASK, 0) if inst.imm in _ADDRESSES else _below(64) if inst.imm in _SMALL else TOP
    if op == "CREATE":
        return (MASK ^ ADDRESS_MASK, 0)
    if op == "CALL":
        return BOOLEAN
    if op in ("MSIZE", "GAS", "EXTCODESIZE"):
        return _below(64)
    return TOP


@dataclass(frozen=True, slots=True)
class Known:
    """`bits` of each value in a block that can run; `blocks` those blocks; `taken` the edges (block, position) that can be taken;
    `conditions` what holds in addition behind branches."""

    bits: dict[Value, Bits]
    blocks: set[BlockId]
    taken: set[tuple[BlockId, int]]
    conditions: Conditions

    def constant(self, value: Value) -> int | None:
        """The number that the value always is, if it is known."""
        return _constant(self.bits.get(value, TOP))


class _Propagation:
    def __init__(self, function: Function, tree: Dominance) -> None:
        self.function = function
        self.conditions = conditions(function, tree)
        self.refined = self.conditions.facts
        self.bits: dict[Value, Bits] = {value: (MASK ^ number, number) for value, number in function.constants.items()}
        self.bits.update((value, TOP) for value in function.labels)
        self.changes: dict[Value, int] = {}
        self.blocks: set[BlockId] = set()
        self.taken: set[tuple[BlockId, int]] = set()
        self.resumable: set[BlockId] = set()
        self.returns: dict[BlockId, list[BlockId]] = {}
        self.users: dict[Value, list[tuple[BlockId, Inst | None]]] = {}
        self.flows: dict[Value, list[tuple[tuple[BlockId, int], Value]]] = {}
        self.pending_blocks: list[BlockId] = [function.entry]
        self.pending_uses: list[tuple[BlockId, Inst | None]] = []
        self.pending_values: list[Value] = []
        for block in function.blocks.values():
            if block.term.kind == "RETURNTO":
                for edge in block.term.edges:
                    self.returns.setdefault(edge.block, []).append(block.id)
            self._index(block.id, block.insts, block.term)

    def _index(self, number: BlockId, insts: tuple[Inst, ...], term: Term) -> None:
        """Who uses a value: instructions and branches of blocks, and parameters (only of values that may still change)."""
        users, flows, bits = self.users, self.flows, self.bits
        for inst in insts:
            if inst.result is not None:
                for arg in inst.args:
                    if arg not in bits:
                        users.setdefault(arg, []).append((number, inst))
        if term.kind == "BRANCH" and term.args[0] not in bits:
            users.setdefault(term.args[0], []).append((number, None))
        for position, edge in enumerate(term.edges):
            if edge.args:
                where = (number, position)
                for param, arg in zip(self.function.blocks[edge.block].params, edge.args, strict=True):
                    if arg not in bits:
                        flows.setdefault(arg, []).append((where, param))

    def set(self, value: Value, bits: Bits) -> None:
        old = self.bits.get(value)
        if old is not None:
            if old == TOP:
                return
            bits = (old[0] & bits[0], old[1] & bits[1])
            if bits == old:
                return
            count = self.changes[value] = self.changes.get(value, 0) + 1
            if count > LIMIT:
                bits = TOP
        self.bits[value] = bits
        self.pending_values.append(value)

    def spread(self, value: Value) -> None:
        """Tells the users of a value that it changed."""
        for use in self.users.get(value, ()):
            if use[0] in self.blocks:
                self.pending_uses.append(use)
        for where, param in self.flows.get(value, ()):
            if where in self.taken:
                self.set(param, self.along(value, where))

    def look(self, value: Value, block: BlockId) -> Bits:
        """The bits of a value as the block sees it."""
        bits = self.bits[value]
        return self.conditions.refine(value, block, bits) if value in self.refined else bits

    def along(self, value: Value, edge: tuple[BlockId, int]) -> Bits:
        """The bits of a value as it is passed along an edge."""
        bits = self.bits[value]
        if value in self.refined or edge in self.conditions.edges:
            return self.conditions.along(value, edge, bits)
        return bits

    def inst(self, number: BlockId, inst: Inst) -> None:
        if inst.result is not None:
            known, refined = self.bits, self.refined
            args = [known[arg] if arg not in refined else self.look(arg, number) for arg in inst.args if arg in known]
            if len(args) == len(inst.args):
                if inst.op == "ISZERO" and self.conditions.nonzero(inst.args[0], number):
                    self.set(inst.result, (MASK, 0))
                else:
                    self.set(inst.result, transfer(inst, args))

    def edge(self, number: BlockId, position: int, edge: Edge) -> None:
        if (number, position) in self.taken:
            return
        self.taken.add((number, position))
        for param, arg in zip(self.function.blocks[edge.block].params, edge.args, strict=True):
            if arg in self.bits:
                self.set(param, self.along(arg, (number, position)))
        if edge.block not in self.blocks:
            self.blocks.add(edge.block)
            self.pending_blocks.append(edge.block)

    def term(self, number: BlockId) -> None:
        term = self.function.blocks[number].term
        positions = range(len(term.edges))
        if term.kind == "BRANCH":
            if term.args[0] not in self.bits:
                return
            bits = self.look(term.args[0], number)
            if bits[1] or self.conditions.nonzero(term.args[0], number):
                positions = range(1)
            elif bits[0] == MASK:
                positions = range(1, 2)
        for position in positions:
            if term.kind != "RETURNTO" or term.edges[position].block in self.resumable:
                self.edge(number, position, term.edges[position])
        for target in term.resumes:
            if target not in self.resumable:
                self.resumable.add(target)
                self.pending_uses += [(source, None) for source in self.returns.get(target, ()) if source in self.blocks]

    def run(self) -> Known:
        blocks = self.function.blocks
        self.blocks.add(self.function.entry)
        while self.pending_blocks or self.pending_uses or self.pending_values:
            if self.pending_values:
                self.spread(self.pending_values.pop())
            elif self.pending_uses:
                number, inst = self.pending_uses.pop()
                if inst is None:
                    self.term(number)
                else:
                    self.inst(number, inst)
            else:
                number = self.pending_blocks.pop()
                for inst in blocks[number].insts:
                    self.inst(number, inst)
                self.term(number)
        return Known(self.bits, self.blocks, self.taken, self.conditions)


def known_bits(function: Function, tree: Dominance) -> Known:
    """What is known of all values and blocks of the function; `tree` is its dominator tree."""
    return _Propagation(function, tree).run()
