"""The text form: what it says, and where it refuses."""

from __future__ import annotations

import pytest

from transpiler.errors import InputError
from transpiler.ssa.text import parse, write

TEXT = """function Osaka runtime b0
code 0x6080
b0 @0x0:
  v1 = ENV.CALLER @0x0
  v2 = CALLDATALOAD 0x4 @0x1
  MGROW 0x0 0x40 +9 @0x4
  MSTORE 0x20 v2 @0x5
  LOG.2 0x0 0x20 v1 0x1 +3 @0x6
  BRANCH v2 b1(v1 v2) b2 +10 @0x7
b1(v3 v4) @0x9:
  INVOKE b3(&b4 v3) resumes b4 +8 @0x9
b2 @0x20:
  ESCAPE.0x20 v1 v2 @0x20
b3(v5 v6) @0x30:
  RETURNTO v5 b4(v6) +8 @0x31
b4(v7) @0x40:
  RETURN v7 0x20 @0x41
"""


def test_round_trip() -> None:
    assert write(parse(TEXT)) == TEXT


def test_parts() -> None:
    function = parse(TEXT)
    assert function.blocks[0].insts[4].imm == 2  # type: ignore[index]
    assert function.blocks[1].term.resumes == (4,)  # type: ignore[index]
    assert function.blocks[2].term.pc == 0x20  # type: ignore[index]
    assert list(function.labels.values()) == [4]
    assert 0x40 in function.constants.values()


@pytest.mark.parametrize("line", ["  v1 = NOTHING 0x0 @0x0", "  MSTORE 0x0 what @0x0", "  ?", "  v1 = ENV.NOBODY @0x0"])
def test_refused(line: str) -> None:
    with pytest.raises(InputError, match="line 4"):
        parse(f"function Osaka runtime b0\ncode 0x\nb0 @0x0:\n{line}\n  STOP @0x1\n")


def test_refused_head() -> None:
    with pytest.raises(InputError):
        parse("b0 @0x0:\n  STOP @0x0\n")
    with pytest.raises(InputError, match="outside"):
        parse("function Osaka runtime b0\ncode 0x\n  STOP @0x0\n")
