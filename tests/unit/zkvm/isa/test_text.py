"""The text form of programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkvm.errors import InputError
from zkvm.isa.table import BY_NAME, ROWS
from zkvm.isa.text import format_program, parse
from zkvm.program import Instruction, Program, build_program

TEXT = """
.program London creation
.code 0x6001 ; two bytes
start:
  REGION
  %v = ENV CALLVALUE gas=2
again: more: LABEL
  BNZ %w, @again gas=10
  SST %w, -1
  STOP
.pure
  %w = ADD %v, $-1
.jumps
  0x1 more
"""


def test_parses() -> None:
    program = parse(TEXT)
    codes = {name: row.code for name, row in BY_NAME.items()}
    assert (program.fork, program.kind, program.code, program.chained) == ("London", "creation", b"\x60\x01", 6)
    assert program.constants == ((1 << 256) - 1,)
    assert program.jump_table == ((1, 3),)
    assert program.instructions[1] == Instruction(codes["ENV"], 0, 0, 3, 2)
    assert program.instructions[3] == Instruction(codes["BNZ"], 7, 0, 3, 10)
    assert program.instructions[4] == Instruction(codes["SST"], 7, 0, (1 << 32) - 1)
    assert program.instructions[6] == Instruction(codes["ADD"], 2, 8)
    assert parse(format_program(program)) == program


@pytest.mark.parametrize(
    "line",
    ["NOPE", "ADD", "%x = ADD $1", "%x = ADD $1, %no", "JMP @no", "JMP 5", "%x = PHI\n%x = PHI", "l:\nl:", ".code 0xz", ".what",
     ".program Osaka",
     ".program Nowhere runtime", "GET x", "%x = ADD $z, $1", "%x = ADD 5, $1", "= 5", ".jumps\n 0 no", ".jumps\n x #1",
     "%x = GET 4294967296"],
)  # fmt: skip
def test_errors_have_a_place(line: str) -> None:
    with pytest.raises(InputError) as caught:
        parse("; comment\n" + line, "f.zkasm")
    assert caught.value.place is not None
    assert caught.value.place.line is not None
    assert caught.value.place.line >= 2


def programs() -> st.SearchStrategy[Program]:
    """Any programs, most of them senseless."""
    small = st.one_of(st.integers(0, 12), st.integers(0, (1 << 32) - 1))
    ops = st.one_of(st.sampled_from([row.code for row in ROWS]), st.integers(0, 0xFFFF))
    instructions = st.lists(st.builds(Instruction, ops, small, small, small, small), min_size=1, max_size=8)
    constants = st.lists(st.integers(0, (1 << 256) - 1), max_size=4, unique=True).map(sorted)
    jumps = st.lists(st.tuples(small, small), max_size=3)

    def build(code: bytes, listing: list[Instruction], chained: int, pool: list[int], table: list[tuple[int, int]]) -> Program:
        return build_program("Osaka", "runtime", code, listing, min(chained, len(listing)), pool, table)

    return st.builds(build, st.binary(max_size=4), instructions, st.integers(0, 8), constants, jumps)


@given(programs())
def test_round_trips(program: Program) -> None:
    assert parse(format_program(program)) == program
    assert Program.decode(program.encode()) == program
