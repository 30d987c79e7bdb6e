"""The verifier: whether a function is well formed, and whether a rewrite kept the static gas.

`verify` checks types in the wide sense: known operations with the right number of operands, results and arguments; each value has
one definition, which dominates its uses; gas stands only where it may; labels name blocks that an INVOKE lists.
`verify_gas` checks the rule that a pass never loses gas.
"""

from __future__ import annotations

from transpiler.errors import InternalError
from transpiler.ssa.dominance import Dominance, dominance
from transpiler.ssa.ir import TERM_KINDS, Block, BlockId, Function, Inst, Term, Value
from transpiler.ssa.ops import OPS, PRICES, dynamic_gas


def _fail(block: BlockId, what: str, item: Inst | Term | None = None) -> InternalError:
    place = f"block b{block}" if item is None else f"block b{block}, pc {item.origin:#x}: {item}"
    return InternalError("S2Z-IR-VERIFY", what, place)


def _check_inst(block: Block, inst: Inst) -> None:
    facts = OPS.get(inst.op)
    if facts is None:
        raise _fail(block.id, "unknown operation", inst)
    if facts.has_kinds and not 0 <= inst.imm < len(facts.arity):
        raise _fail(block.id, f"{inst.op} has no kind {inst.imm}", inst)
    arity = facts.arity_under(inst.imm)
    if len(inst.args) != arity:
        raise _fail(block.id, f"{inst.op} takes {arity} operands", inst)
    if facts.result != (inst.result is not None):
        raise _fail(block.id, "a result that the operation does not give, or one that is missing", inst)
    if inst.gas < 0 or (facts.pure and inst.gas):
        raise _fail(block.id, "gas stands only on effects and terminators, and is not negative", inst)


def _check_term(function: Function, block: Block, named: set[BlockId]) -> None:
    term = block.term
    if term.kind not in TERM_KINDS:
        raise _fail(block.id, "unknown terminator", term)
    args, edges = TERM_KINDS[term.kind]
    if args not in (-1, len(term.args)) or edges not in (-1, len(term.edges)):
        raise _fail(block.id, "wrong number of operands or edges", term)
    if term.gas < 0 or (term.kind == "ESCAPE" and term.pc < 0 and not term.args):
        raise _fail(block.id, "negative gas, or ESCAPE without a target", term)
    for edge in term.edges:
        target = function.blocks.get(edge.block)
        if target is None:
            raise _fail(block.id, f"an edge to b{edge.block}, which does not exist", term)
        if len(target.params) != len(edge.args):
            raise _fail(block.id, f"b{edge.block} takes {len(target.params)} arguments", term)
    if term.resumes and term.kind != "INVOKE":
        raise _fail(block.id, "only INVOKE has blocks to resume", term)
    if not set(term.resumes) <= named:
        raise _fail(block.id, "a block to resume that no label names", term)
    if term.kind == "RETURNTO" and not {edge.block for edge in term.edges} <= named:
        raise _fail(block.id, "RETURNTO a block that no label names", term)


def _definitions(function: Function) -> dict[Value, tuple[BlockId, int]]:
    """Value to the block and the position of its definition, -1 for parameters."""
    places: dict[Value, tuple[BlockId, int]] = {}
    for block in function.blocks.values():
        results = [(param, -1) for param in block.params]
        results += [(inst.result, index) for index, inst in enumerate(block.insts) if inst.result is not None]
        for value, index in results:
            if value in places or value in function.constants or value in function.labels or value >= function.next_value:
                raise _fail(block.id, f"v{value} has two definitions, or is no number of this function")
            places[value] = (block.id, index)
    return places


def _check_uses(function: Function, block: Block, places: dict[Value, tuple[BlockId, int]], tree: Dominance) -> None:
    constants, labels, here = function.constants, function.labels, block.id
    items: list[Inst | Term] = [*block.insts, block.term]
    for index, item in enumerate(items):
        used = item.args
        if isinstance(item, Term):
            used = item.args + tuple(value for edge in item.edges for value in edge.args)
        for value in used:
            if value in constants or value in labels:
                continue
            place = places.get(value)
            if place is None:
                raise _fail(here, f"v{value} is not defined", item)
            if place[1] >= index if place[0] == here else not tree.dominates(place[0], here):
                raise _fail(here, f"the definition of v{value} does not dominate this use", item)


def verify(function: Function) -> Function:
    """The function, when it is well formed; blocks that nothing reaches are an error too.

    Raises: InternalError with the block and the instruction.
    """
    if function.entry not in function.blocks or function.blocks[function.entry].params:
        raise InternalError("S2Z-IR-VERIFY", "the entry does not exist or has parameters", f"b{function.entry}")
    named = set(function.labels.values())
    for key, block in function.blocks.items():
        if key != block.id:
            raise _fail(key, "a block stands under the number of another")
        for inst in block.insts:
            _check_inst(block, inst)
        _check_term(function, block, named)
    places = _definitions(function)
    tree = dominance(function)
    if len(tree.order) != len(function.blocks):
        raise _fail(min(set(function.blocks) - set(tree.order)), "nothing reaches this block")
    for block in function.blocks.values():
        _check_uses(function, block, places, tree)
    return function


def static_gas(block: Block) -> int:
    """The static gas that a run of the block charges."""
    return block.term.gas + sum(inst.gas for inst in block.insts)


def _priced(function: Function, block: Block) -> dict[tuple[str, int], list[int | None]]:
    """The dynamic gas of hashes and exponents by operation and pc: what a rewrite may turn into static gas (None: it is not constant)."""
    found: dict[tuple[str, int], list[int | None]] = {}
    for inst in block.insts:
        if inst.op in PRICES:
            operand = function.constants.get(inst.args[-1])
            price = None if operand is None else dynamic_gas(inst.op, operand, function.fork)
            found.setdefault((inst.op, inst.origin), []).append(price)
    return found


def verify_gas(before: Function, after: Function) -> None:
    """Each block kept the static gas of the block of that number, plus that of the blocks merged into it, and of hashes and exponents gone.

    Blocks keep their numbers; a block that is gone was unreachable, or empty and without gas, or its gas went into the one block
    before it; a copy has the gas of what it copies. So the gas of a block is that of a path of `before` that begins at it and goes
    on by JUMP, or through blocks that are gone.

    Raises: InternalError with the block.
    """
    for block in after.blocks.values():
        kept = {key: len(prices) for key, prices in _priced(after, block).items()}
        total = static_gas(block)
        sums: set[int] = set()
        pending: list[tuple[BlockId, int, frozenset[BlockId]]] = [
            (block.id if block.id in before.blocks else after.copies[block.id], 0, frozenset())
        ]
        while pending:
            number, gas, passed = pending.pop()
            old = before.blocks[number]
            gas += static_gas(old)
            gone = [price for key, prices in _priced(before, old).items() for price in prices[kept.get(key, 0) :]]
            if None in gone:
                continue  # a hash or exponent of unknown gas would be gone: not the path that was merged
            gas += sum(price for price in gone if price is not None)
            if block.term.kind in (old.term.kind, "JUMP" if old.term.edges else old.term.kind):
                sums.add(gas)
            passed |= {number}
            if gas <= total:
                jump = old.term.kind in ("JUMP", "INVOKE", "RETURNTO")
                onward = [edge.block for edge in old.term.edges if jump or edge.block not in after.blocks]
                pending += [(target, gas, passed) for target in onward if target not in passed]
        if total not in sums:
            raise _fail(block.id, f"static gas {total}, expected one of {sorted(sums)}")
