"""What opcodes become."""

from __future__ import annotations

from transpiler.evm.expand import Literal, Step, expand
from transpiler.evm.opcodes import BY_NAME, ROWS, table
from zkvm.isa.table import BY_NAME as ISA
from zkvm.isa.table import ENV_KINDS, FORKS


def steps(name: str) -> tuple[Step, ...]:
    return BY_NAME[name].expansion.steps


def test_operands_of_calls() -> None:
    grows = (Step("MGROW", 0, (3, 4)), Step("MGROW", 0, (5, 6)))
    assert steps("CALL") == (*grows, Step("CALL", 0, (0, 1, 2, 3, 4, 5, 6)))
    assert steps("CALLCODE") == (*grows, Step("CALL", 1, (0, 1, 2, 3, 4, 5, 6)))
    grows = (Step("MGROW", 0, (2, 3)), Step("MGROW", 0, (4, 5)))
    assert steps("DELEGATECALL") == (*grows, Step("CALL", 2, (0, 1, Literal(0), 2, 3, 4, 5)))
    assert steps("STATICCALL") == (*grows, Step("CALL", 3, (0, 1, Literal(0), 2, 3, 4, 5)))


def test_operands_of_creates() -> None:
    assert steps("CREATE") == (Step("MGROW", 0, (1, 2)), Step("CREATE", 0, (0, 1, 2, Literal(0))))
    assert steps("CREATE2") == (Step("MGROW", 0, (1, 2)), Step("CREATE", 1, (0, 1, 2, 3)))


def test_growth_comes_before_the_access() -> None:
    assert steps("MLOAD") == (Step("MGROW", 0, (0, Literal(32))), Step("MLOAD", 0, (0,)))
    assert steps("MSTORE8")[0] == Step("MGROW", 0, (0, Literal(1)))
    assert steps("MCOPY") == (Step("MGROW", 0, (0, 2)), Step("MGROW", 0, (1, 2)), Step("MCOPY", 0, (0, 1, 2)))
    assert steps("EXTCODECOPY")[0] == Step("MGROW", 0, (1, 3))
    assert steps("LOG2") == (Step("MGROW", 0, (0, 1)), Step("LOG", 2, (0, 1, 2, 3)))
    assert steps("REVERT") == (Step("MGROW", 0, (0, 1)), Step("REVERT", 0, (0, 1)))


def test_more_than_one_instruction() -> None:
    assert steps("EXP") == (Step("EXPGAS", 0, (1,)), Step("EXP", 0, (0, 1)))
    assert BY_NAME["JUMP"].expansion.names == ("JMP", "JMPR")
    assert BY_NAME["JUMP"].expansion.ends_block
    assert steps("JUMP") == steps("DUP1") == steps("PC") == ()
    assert steps("RETURNDATASIZE") == (Step("ENV", ENV_KINDS.index("RETURNDATASIZE"), ()),)


def test_an_instruction_that_charges_all_has_no_static_price() -> None:
    """The price of an opcode stands in the gas field of its instruction (ISA 3.6, 9.2), so of one that charges all it is 0."""
    for row in ROWS:
        if any(ISA[name].gas == "all" for name in row.expansion.names):
            assert {price for _, price in row.prices} == {0}, row.name


def test_every_opcode_fits_the_isa() -> None:
    for fork in FORKS:
        for opcode in table(fork):
            for op, imm, args in opcode.expansion.steps:
                assert len(args) == ISA[op].arguments(imm)
                assert all(isinstance(each, Literal) or each < opcode.pops for each in args)
            last = opcode.expansion.steps[-1:]
            assert not last or ISA[last[0].op].result == (opcode.pushes > 0), opcode.name


def test_effects() -> None:
    assert expand("-", 0).effects == ""
    assert set(BY_NAME["SELFBALANCE"].expansion.effects) == {"w"}
    assert set(BY_NAME["CALLER"].expansion.effects) == {"e"}
    assert set(BY_NAME["MSTORE"].expansion.effects) == {"M", "x"}
    assert set(BY_NAME["STATICCALL"].expansion.effects) == set("mMxstwRgai")
    assert set(BY_NAME["CREATE"].expansion.effects) == set("mxsStTLwWRgai")
