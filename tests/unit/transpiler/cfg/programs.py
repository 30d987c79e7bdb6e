"""Small programs, each with one difficulty of control flow."""

from __future__ import annotations

from typing import Final

import pytest

from transpiler.cfg.graph import Cfg

PROGRAMS: Final[dict[str, str]] = {
    "straight": "1 2 ADD STOP",
    "loop": "10 loop: 1 SWAP1 SUB DUP1 @loop JUMPI STOP",
    # outer is called twice; it calls inner from one place, so inner has one return address and two callers
    "shared": """
        @back1 7 @outer JUMP
        back1: @back2 SWAP1 @outer JUMP
        back2: POP STOP
        outer: @inside SWAP1 @inner JUMP
        inside: 1 ADD SWAP1 JUMP
        inner: DUP1 MUL SWAP1 JUMP
    """,
    # f(n) = n == 0 ? 0 : 1 + f(n - 1)
    "recursion": """
        @done CALLDATASIZE @f JUMP
        done: STOP
        f: DUP1 @more JUMPI SWAP1 JUMP
        more: @back 1 DUP3 SUB @f JUMP
        back: 1 ADD SWAP2 SWAP1 POP SWAP1 JUMP
    """,
    "called": "@back @f JUMP back: STOP f: JUMP",
    # the target is a code pointer exactly when the flag is not 0: only the flag's value closes the jump
    "try": """
        CALLVALUE DUP1 ISZERO @fail JUMPI
        @good @join JUMP
        fail: 0 @join JUMP
        join: JUMPI REVERT
        good: STOP
    """,
    "storage": "@back @f JUMP back: STOP f: 0 SLOAD JUMP target: STOP",
    # pointers to two functions, as solc holds them in creation code: the pc there in the upper half, another code's pc in the lower one
    "pointers": """
        @one 32 SHL 0x123 OR @f JUMP
        one: STOP
        two: 0 0 REVERT
        f: @two 32 SHL 0x234 OR CALLVALUE @other JUMPI POP
        go: 32 SHR JUMP
        other: SWAP1 POP @go JUMP
    """,
    "push_data": "PUSH2 0x5b5b POP 1 JUMP",
    "off_the_end": "CALLVALUE 0x6 JUMPI",
    "underflow": "CALLVALUE @there JUMPI STOP there: ADD STOP",
    "deep": "again: 1 @again JUMP",
    "masked": "@there 0xffffffff AND JUMP there: STOP",
    # a table of targets in the code, one of which is no JUMPDEST
    "table": """
        2 0 CALLDATALOAD 0xe0 SHR 3 AND 1 SHL @table ADD 1 ADD 30 CODECOPY 0 MLOAD JUMP
        a: STOP
        b: 1 2 ADD POP STOP
        c: 0 0 REVERT
        table: .pc a .pc b .pc c .bytes 0x0003
    """,
    # the same with what is not known to be few: any entry, memory that is not zero, on a cycle
    "table_any": "2 0 CALLDATALOAD @table ADD 30 CODECOPY 0 MLOAD JUMP a: STOP table: .pc a .pc a",
    "table_dirty": """
        CALLVALUE 0 MSTORE 2 0 CALLDATALOAD 1 AND 1 SHL @table ADD 1 ADD 30 CODECOPY 0 MLOAD JUMP
        a: STOP
        table: .pc a .pc a
    """,
    "table_cycle": """
        again: 2 0 CALLDATALOAD 1 AND 1 SHL @table ADD 1 ADD 30 CODECOPY 0 MLOAD JUMP
        a: CALLVALUE 0 MSTORE @again JUMP
        table: .pc a .pc a
    """,
    "constant_condition": "1 @there JUMPI INVALID there: 0 @nowhere JUMPI STOP nowhere: INVALID",
}

RUN: Final = [pytest.param(name, marks=pytest.mark.long) if name == "table_cycle" else name for name in PROGRAMS]
"""The names, for tests that run the programs: the cycle goes on until its gas is gone."""


def pcs(cfg: Cfg) -> set[int]:
    """The pcs of a graph's nodes."""
    return {node.pc for node in cfg.nodes}
