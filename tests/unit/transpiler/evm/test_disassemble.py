"""Bytes to instructions, and the assembler of the tests back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpiler.errors import InputError
from transpiler.evm.assemble import assemble
from transpiler.evm.disassemble import disassemble


def test_push_at_the_end_is_zero_padded() -> None:
    code = disassemble(bytes.fromhex("6301"), "Osaka")
    assert [(i.pc, i.value, i.size) for i in code.instructions] == [(0, 0x01000000, 2)]


def test_jumpdest_in_push_data_is_none() -> None:
    assert disassemble(bytes.fromhex("605b5b615b5b5b"), "Osaka").jumpdests == {2, 6}


def test_undefined_opcodes_end_blocks() -> None:
    osaka = disassemble(bytes.fromhex("0c1e"), "Osaka")
    assert [(i.opcode.name, i.opcode.ends_block) for i in osaka.instructions] == [("UNDEFINED_0C", True), ("CLZ", False)]
    assert not disassemble(bytes.fromhex("1e"), "Prague").instructions[0].opcode.defined


def test_push0_before_shanghai_is_undefined() -> None:
    assert not disassemble(b"\x5f", "Paris").instructions[0].opcode.defined
    assert disassemble(b"\x5f", "Shanghai").instructions[0].opcode.pushes == 1


@given(st.binary(max_size=200))
def test_a_sweep_loses_nothing(data: bytes) -> None:
    code = disassemble(data, "Osaka")
    assert sum(i.size for i in code.instructions) == len(data)
    pc = 0
    for index, instruction in enumerate(code.instructions):
        assert (instruction.pc, code.at[pc], instruction.opcode.code) == (pc, index, data[pc])
        pushed = data[pc + 1 : pc + 1 + instruction.opcode.immediate].ljust(instruction.opcode.immediate, b"\0")
        assert instruction.value == int.from_bytes(pushed, "big")
        pc += instruction.size
    assert all(data[pc] == 0x5B for pc in code.jumpdests)


def test_assemble() -> None:
    text = """
        @loop PUSH0 PUSH4 0x01   ; a comment
    loop: 256 JUMP .bytes 0xfe00 .pc loop
    """
    assert assemble(text).hex() == "6100095f63000000015b61010056fe000009"


@pytest.mark.parametrize("text", ["NOSUCH", "@nowhere", "a: a:", "PUSH1 256", "PUSH1", ".pc", ".pc x", "0xzz", "PUSH33 1"])
def test_assemble_refuses(text: str) -> None:
    with pytest.raises(InputError):
        assemble(text)
