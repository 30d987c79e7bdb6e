"""Value numbering across dominators: a pure operation on the same operands has one definition.

Scopes are the subtrees of the dominator tree. ENV of a kind that calls change, and nothing else that is PURE, is shared only inside a
block, from one instruction that may change it to the next.
"""

from __future__ import annotations

from typing import Final

from transpiler.ssa.arithmetic import COMMUTATIVE
from transpiler.ssa.dominance import dominance
from transpiler.ssa.edit import substitute, substitute_inst
from transpiler.ssa.ir import Block, BlockId, Function, Inst, Value
from transpiler.ssa.ops import CHANGES_ENV, PURE, VOLATILE, changed_kinds

_MIRROR: Final = {"GT": "LT", "SGT": "SLT"}
Key = tuple[str, tuple[Value, ...], int]


def _key(inst: Inst) -> Key:
    op, args = inst.op, inst.args
    if op in COMMUTATIVE and args[0] > args[1]:
        args = args[::-1]
    elif op in _MIRROR:
        op, args = _MIRROR[op], args[::-1]
    elif op in ("ADDMOD", "MULMOD") and args[0] > args[1]:
        args = (args[1], args[0], args[2])
    return op, args, inst.imm


class _Scopes:
    def __init__(self) -> None:
        self.table: dict[Key, Value] = {}
        self.values: dict[Value, Value] = {}

    def block(self, block: Block, added: list[Key]) -> Block:
        """The block without what is known already; `added` collects the keys that end with its subtree."""
        kept: list[Inst] = []
        local: dict[int, Value] = {}
        for old in block.insts:
            inst = substitute_inst(old, self.values)
            if inst.op in CHANGES_ENV:
                for kind in changed_kinds(inst.op, inst.imm):
                    local.pop(kind, None)
            if inst.op in PURE and inst.result is not None and self.shared(inst, inst.result, local, added):
                continue
            kept.append(inst)
        if len(kept) == len(block.insts) and all(a is b for a, b in zip(kept, block.insts, strict=True)):
            return block
        return block._replace(insts=tuple(kept))

    def shared(self, inst: Inst, result: Value, local: dict[int, Value], added: list[Key]) -> bool:
        """Whether an earlier result stands for this one; `local` has the volatile kinds of ENV since they last changed."""
        if inst.op == "ENV" and inst.imm in VOLATILE:
            value = local.setdefault(inst.imm, result)
        else:
            key = _key(inst)
            value = self.table.setdefault(key, result)
            if value == result:
                added.append(key)
        if value == result:
            return False
        self.values[result] = value
        return True


def number(function: Function) -> Function:
    """The function with equal pure operations shared."""
    tree, scopes = dominance(function), _Scopes()
    blocks: dict[BlockId, Block] = dict(function.blocks)
    stack: list[tuple[BlockId, list[Key] | None]] = [(function.entry, None)]
    while stack:
        where, done = stack.pop()
        if done is not None:
            for key in done:
                del scopes.table[key]
            continue
        added: list[Key] = []
        blocks[where] = scopes.block(blocks[where], added)
        stack.append((where, added))
        stack.extend((child, None) for child in tree.children[where])
    return function.with_blocks(substitute(function, scopes.values, blocks))
