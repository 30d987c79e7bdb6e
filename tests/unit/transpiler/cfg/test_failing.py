"""Which branches decide that a frame fails."""

from __future__ import annotations

import pytest

from transpiler.cfg.build import build
from transpiler.cfg.failing import doomed_edges, failing_edges
from transpiler.evm.assemble import assemble
from transpiler.evm.disassemble import disassemble

REVERT = "0 0 REVERT"
PROGRAMS = {
    # fails where the value is not 0: the way on is the jump
    "guarded": (f"CALLVALUE ISZERO @go JUMPI {REVERT} go: STOP", [(5, 6)]),
    # the failure lies behind two more branches, neither of which decides anything
    "encoded": (f"CALLVALUE @bad JUMPI STOP bad: CALLER @more JUMPI {REVERT} more: {REVERT}", [(4, 6)]),
    # both ways fail, so nothing decides
    "hopeless": (f"CALLVALUE @there JUMPI INVALID there: {REVERT}", []),
    # a function with a branch of its own serves the result and the error: it decides nothing, its callers' branch does
    "shared": (
        f"""
        CALLVALUE @bad JUMPI
        @done 1 @write JUMP
        done: 0 0 RETURN
        bad: @failed 2 @write JUMP
        failed: {REVERT}
        write: DUP1 @odd JUMPI 0 MSTORE JUMP
        odd: 1 MSTORE JUMP
        """,
        [(4, 20)],
    ),
    # a check inside a function that two callers share, one of which fails anyway
    "checked": (
        f"""
        CALLVALUE @other JUMPI
        @done @check JUMP
        done: STOP
        other: @failed @check JUMP
        failed: {REVERT}
        check: CALLER ISZERO @bad JUMPI JUMP
        bad: {REVERT}
        """,
        [(4, 14), (34, 36)],
    ),
    # a block seen under two stacks: after one of them it can only fail
    "windows": (
        f"""
        CALLVALUE @other JUMPI
        @done @both JUMP
        other: @failed @both JUMP
        both: CALLER @next JUMPI {REVERT}
        next: JUMP
        done: STOP
        failed: {REVERT}
        """,
        [(4, 12), (25, 26)],
    ),
    "bad_jump": ("CALLVALUE 1 JUMPI STOP", [(3, None)]),
    # nothing is known behind a jump to a word from outside
    "escape": ("CALLVALUE @there JUMPI 0 CALLDATALOAD JUMP there: STOP", []),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_branch_that_decides(name: str) -> None:
    text, expected = PROGRAMS[name]
    found = failing_edges(build(disassemble(assemble(text), "Osaka")))
    assert [(each.source, each.target) for each in found] == expected


DOOMED = {
    "guarded": {(5, 6)},
    "encoded": {(4, 6), (11, 12), (11, 17)},
    "hopeless": {(4, 5), (4, 6)},
    "shared": {(4, 20), (29, 36), (45, 30), (50, 30)},
    "checked": {(4, 14), (21, 28), (34, 36), (35, 22)},
    "windows": {(4, 12), (19, 20), (25, 26), (32, 35)},
    "escape": set(),
}


@pytest.mark.parametrize("name", DOOMED)
def test_no_run_succeeds_after_a_doomed_edge(name: str) -> None:
    """Of `windows` the edge 25 to 31 is dead under one stack and alive under the other; behind an escape there are no nodes."""
    assert doomed_edges(build(disassemble(assemble(PROGRAMS[name][0]), "Osaka"))) == DOOMED[name]
