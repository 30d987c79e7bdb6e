"""What small programs become, and that the SSA form does what the bytes do."""

from __future__ import annotations

import random

import pytest

from tests.unit.transpiler.cfg.programs import PROGRAMS, RUN
from tests.unit.transpiler.ssa.inputs import compare, random_code
from transpiler.cfg.build import build as build_cfg
from transpiler.evm.assemble import assemble
from transpiler.evm.disassemble import disassemble
from transpiler.ssa.build import build
from transpiler.ssa.ir import Function
from transpiler.ssa.text import parse, write
from transpiler.ssa.verify import static_gas, verify


def lifted(code: bytes, fork: str = "Osaka", kind: str = "runtime") -> Function:
    return verify(build(build_cfg(disassemble(code, fork)), kind))


def body(text: str, fork: str = "Osaka", kind: str = "runtime") -> str:
    return write(lifted(assemble(text), fork, kind)).split("\n", 2)[2]


@pytest.mark.parametrize("name", RUN)
def test_programs_run_alike(name: str) -> None:
    function = lifted(assemble(PROGRAMS[name]))
    compare(function, 20, 1)
    assert write(parse(write(function))) == write(function)


def test_stack_operations_vanish_and_gas_stays() -> None:
    assert body("CALLVALUE DUP1 2 SWAP1 POP ADD 0 SSTORE STOP") == (
        "b0 @0x0:\n  v0 = ENV.CALLVALUE @0x0\n  v2 = ADD 0x2 v0 @0x6\n  SSTORE 0x0 v2 +19 @0x9\n  STOP @0xa\n"
    )


def test_only_slots_that_are_read_become_parameters() -> None:
    text = body("CALLVALUE CALLER ORIGIN CALLDATASIZE @next JUMPI @next JUMP next: 0 MSTORE STOP")
    assert "BRANCH v3 b2(v2) b1(v2)" in text  # of four slots only ORIGIN


def test_constants_fold_and_code_size_is_one() -> None:
    assert "SSTORE 0x0 0x3 " in body("1 2 ADD 0 SSTORE")
    assert "SSTORE 0x0 0x4 " in body("CODESIZE 0 SSTORE")
    assert "ENV.CODESIZE" in body("CODESIZE 0 SSTORE", kind="creation")
    assert "SSTORE 0x0 0x0 " in body("PC 0 SSTORE")


def test_memory_growth_stands_apart() -> None:
    text = body("1 0 MSTORE 2 0 MSTORE 0 CALLDATASIZE MSTORE 0 0 CALLER LOG1 0 1 SHA3 POP".replace("SHA3", "KECCAK256"))
    assert text.count("MGROW") == 2  # the second store is covered, a log of nothing grows nothing
    text = body("CALLER CALLVALUE ORIGIN MCOPY")
    assert text.count("MGROW") == 2


def test_exp_is_an_effect_and_a_value() -> None:
    text = body("CALLER ORIGIN EXP 0 SSTORE")
    assert "  EXPGAS v0 +14 " in text
    assert "= EXP v1 v0 " in text


def test_call_operands() -> None:
    assert "= CALL.0 0x7 0x6 0x5 0x4 0x3 0x2 0x1" in body("1 2 3 4 5 6 7 CALL 0 SSTORE")
    assert "= CALL.3 0x6 0x5 0x0 0x4 0x3 0x2 0x1" in body("1 2 3 4 5 6 STATICCALL 0 SSTORE")
    assert "= CREATE.0 0x3 0x2 0x1 0x0" in body("1 2 3 CREATE 0 SSTORE")
    assert "= CREATE.1 0x4 0x3 0x2 0x1" in body("1 2 3 4 CREATE2 0 SSTORE")


def test_exceptional_halts() -> None:
    for text in ("ADD", "INVALID", ".bytes 0x0c", "1 JUMP", "REVERT", "TLOAD"):
        assert "HALT" in body(text, "Frontier"), text
    assert "HALT" in body("CALLVALUE 1 JUMPI STOP")


def test_a_message_before_a_halt_is_sent() -> None:
    """The trace of messages shows it, though its effects are undone; what shows nowhere is left out."""
    for end in ("INVALID", ".bytes 0x0c", "1 JUMP"):
        text = body(f"0 0 0 0 0 0 7 CALL 0 SSTORE {end}", "Berlin")
        assert "CALL.0 0x7 " in text, end
        assert text.rstrip().splitlines()[-1].startswith("  HALT"), end
        assert "SSTORE" not in body(f"1 0 SSTORE {end}", "Berlin"), end


def test_overflow_halts() -> None:
    assert "HALT" in body("1 " * 1025)
    assert "STOP" in body("1 " * 1024)


def test_unknown_jump_escapes_with_the_stack() -> None:
    function = lifted(assemble("7 CALLVALUE JUMP there: STOP"))
    (block,) = [function.blocks[number] for number in function.escapes()]
    assert block.term.pc == -1
    assert len(block.term.args) == 2


def test_shared_code_returns_by_label() -> None:
    function = lifted(assemble(PROGRAMS["shared"]))
    kinds = [block.term.kind for block in function.blocks.values()]
    assert (kinds.count("INVOKE"), kinds.count("RETURNTO")) == (2, 1)
    assert len(function.labels) == 2
    assert not function.escapes()


def test_gas_of_each_node() -> None:
    for name, program in PROGRAMS.items():
        code = disassemble(assemble(program), "Osaka")
        cfg = build_cfg(code)
        function = build(cfg, "runtime")
        for number, block in function.blocks.items():
            if block.term.kind == "HALT":
                continue
            expected = 0
            if number < len(cfg.nodes):
                node = cfg.nodes[number]
                rows = [code.instructions[index].opcode for index in range(node.first, node.last)]
                expected = sum(row.gas for row in rows)
            assert static_gas(block) == expected, (name, number)


@pytest.mark.parametrize("seed", range(60))
def test_random_code_runs_alike(seed: int) -> None:
    rng = random.Random(seed)
    for fork in ("Osaka", "Frontier"):
        compare(lifted(random_code(rng), fork), 5, seed)
        compare(lifted(rng.randbytes(rng.randrange(120)), fork), 2, seed)


def test_what_messages_change_is_read_again() -> None:
    reads = "RETURNDATASIZE POP SELFBALANCE POP "
    for message, balances in (
        ("1 2 3 4 5 6 7 CALL", 2),
        ("1 2 3 4 5 6 STATICCALL", 1),
        ("1 2 3 CREATE", 2),
        ("1 2 3 4 CREATE2", 2),
    ):
        text = body(f"{reads * 2}{message} POP {reads * 2}STOP")
        assert (text.count("ENV.RETURNDATASIZE"), text.count("ENV.SELFBALANCE")) == (2, balances), message
