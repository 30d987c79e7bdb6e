"""Calls and creates in both tiers do what the bytes do, for a host that answers as a hostile callee may."""

from __future__ import annotations

import random

import pytest

from tests.unit.transpiler.lower.call_contracts import messenger
from tests.unit.transpiler.lower.pieces import names, program
from tests.unit.transpiler.lower.program_runner import run_program
from tests.unit.transpiler.passes.pieces import function
from tests.unit.transpiler.ssa import stack_machine
from tests.unit.transpiler.ssa.inputs import compare, host
from transpiler.evm.assemble import assemble
from transpiler.pipeline import lift_traced
from transpiler.ssa.interpret import run as interpret
from transpiler.translate import translate
from zkvm.isa.table import BY_CODE

FORKS = ("Cancun", "Istanbul")


@pytest.mark.parametrize("seed", range(40))
def test_passes_keep_what_messages_see_and_change(seed: int) -> None:
    for fork in FORKS:
        compare(lift_traced(messenger(seed), fork, "runtime", checked=True).function, 8, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(40))
def test_tiers_run_alike(seed: int) -> None:
    code = messenger(seed)
    for fork in FORKS:
        for tier in ("optimised", "generic"):
            translated = translate(code, fork, "runtime", tier=tier).program
            rng = random.Random(seed)
            for _ in range(8):
                state = rng.getstate()
                expected = stack_machine.run(code, fork, host(rng, code, []))
                rng.setstate(state)
                found = run_program(translated, host(rng, code, []))
                if "steps" not in (expected.status, found.status):
                    assert found == expected, (fork, tier)


def test_the_contracts_send_messages() -> None:
    """The tests above compare something: most contracts come to a message and end without a halt."""
    sent = ended = 0
    names: set[str] = set()
    for seed in range(60):
        code = messenger(seed)
        rng = random.Random(seed)
        result = stack_machine.run(code, "Cancun", host(rng, code, []))
        ended += result.status in ("success", "revert")
        sent += len(result.trace) > 0
        names |= {BY_CODE[each.op].name for each in translate(code, "Cancun", "runtime").program.instructions}
    assert ended >= 30
    assert sent >= 25
    assert {"CALL", "CREATE", "RETURNDATACOPY", "EXTCODECOPY", "BALANCE", "TLOAD", "ENV", "ARG"} <= names


PIECES = {
    "wires live through a call in one region": (
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = SLOAD v1 +100\n v3 = CALL.0 0x5000 v1 0x0 0x0 0x0 0x0 0x0 +30\n v4 = ADD v2 v3\n"
        " BRANCH v3 b1 b2 +10\nb1:\n SSTORE 0x5 v4\n STOP\nb2:\n SSTORE 0x6 v2\n STOP"
    ),
    "what calls change is read where it stands": (
        "b0:\n v1 = ENV.RETURNDATASIZE\n v2 = ENV.SELFBALANCE\n v3 = CALL.0 0x5000 0x1 0x0 0x0 0x0 0x0 0x0\n v4 = ENV.RETURNDATASIZE\n"
        " v5 = ENV.SELFBALANCE\n v6 = ADD v1 v2\n v7 = ADD v4 v5\n BRANCH v3 b1 b2\nb1:\n SSTORE v6 v7\n STOP\nb2:\n SSTORE v7 v6\n STOP"
    ),
    "what calls change crosses regions in registers": (
        "b0:\n v1 = ENV.RETURNDATASIZE\n v9 = ENV.SELFBALANCE\n v2 = CALLDATALOAD 0x0\n v3 = AND v2 0x3\n JUMP b1(v3)\n"
        "b1(v4):\n v5 = CALL.0 0x5000 v4 0x0 0x0 0x0 0x0 0x0\n v6 = SUB v4 0x1\n BRANCH v4 b1(v6) b2\n"
        "b2:\n v7 = ENV.RETURNDATASIZE\n SSTORE v1 v7\n SSTORE 0x9 v9\n STOP"
    ),
    "gas after a call is not charged before it": (
        "b0:\n v1 = CALLDATALOAD 0x0\n BRANCH v1 b1 b2 +10\nb1:\n v2 = CALL.0 0x5000 0x1 0x0 0x0 0x0 0x0 0x0 +30\n JUMP b3(v2) +70\n"
        "b2:\n v3 = CREATE.1 0x0 0x0 0x0 0x0 +9\n JUMP b3(v3) +20\nb3(v4):\n SSTORE 0x5 v4 +5\n STOP"
    ),
    "arguments of every kind": (
        "b0:\n MGROW 0x0 0x80\n v1 = CALLDATALOAD 0x0\n MSTORE 0x0 v1\n v2 = CALL.0 0x5000 v1 0x3 0x0 0x20 0x20 0x30\n"
        " v3 = CALL.1 0x5000 v1 0x3 0x1 0x20 0x20 0x30\n v4 = CALL.2 0x5000 v1 0x0 0x2 0x20 0x20 0x30\n"
        " v5 = CALL.3 0x5000 v1 0x0 0x3 0x20 0x20 0x30\n v6 = CREATE.0 0x1 0x2 0x20 0x0\n v7 = CREATE.1 0x1 0x3 0x20 v1\n"
        " EXTCODECOPY v1 0x40 0x3 0x20 +100\n LOG.4 0x0 0x80 v2 v3 v4 v5\n SSTORE v6 v7\n RETURN 0x0 0x80"
    ),
}


@pytest.mark.parametrize("name", PIECES)
def test_pieces(name: str) -> None:
    source = function(PIECES[name])
    lowered = program(PIECES[name])
    for seed in range(40):
        rng = random.Random(seed)
        state = rng.getstate()
        expected = interpret(source, host(rng, b"", []))
        rng.setstate(state)
        assert run_program(lowered.program, host(rng, b"", [])) == expected, seed


def test_a_call_ends_no_region() -> None:
    lowered = program(PIECES["wires live through a call in one region"])
    assert lowered.regions == 1
    assert not {"GET", "SET"} & set(names(lowered))


def test_what_calls_change_keeps_its_order() -> None:
    rows = [name for name in names(program(PIECES["what calls change is read where it stands"])) if name in ("ENV", "CALL")]
    assert rows == ["ENV", "ENV", "CALL", "ENV", "ENV"]


def test_a_call_charges_what_stood_before_it_alone() -> None:
    rows = program(PIECES["gas after a call is not charged before it"]).program.instructions
    assert sorted(each.gas for each in rows if BY_CODE[each.op].name in ("CALL", "CREATE")) == [9, 30]
    rows = translate(assemble("0 0 0 0 0 0 GAS CALL POP STOP"), "Osaka", "runtime").program.instructions
    assert [each.gas for each in rows if BY_CODE[each.op].name == "CALL"] == [
        100
    ]  # GAS charged the pushes; the warm price is left
    rows = translate(assemble("0 0 0 0 0 0 7 CALL POP STOP"), "Osaka", "runtime").program.instructions
    assert [each.gas for each in rows if BY_CODE[each.op].name == "CALL"] == [7 * 3 + 100]


@pytest.mark.parametrize(
    ("opcode", "count"), [("CALL", 7), ("CALLCODE", 7), ("DELEGATECALL", 6), ("STATICCALL", 6), ("CREATE", 3), ("CREATE2", 4)]
)
def test_rows_of_arguments(opcode: str, count: int) -> None:
    """The words come by ARG in the order of the EVM's stack, in both tiers."""
    code = assemble(" ".join(str(number) for number in range(count, 0, -1)) + f" {opcode} POP STOP")
    for tier in ("optimised", "generic"):
        result = translate(code, "Osaka", "runtime", tier=tier).program
        constants = dict(enumerate(result.constants, len(result.instructions) + 1))
        arguments = [(each.c, constants[each.a]) for each in result.instructions if BY_CODE[each.op].name == "ARG"]
        assert arguments == [(index, index + 1) for index in range(count)]
