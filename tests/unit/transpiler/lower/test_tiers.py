"""Both tiers give the same results, gas included, for random contracts, random bytes and hand-written corners."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.transpiler.lower.contracts import random_contract
from tests.unit.transpiler.lower.runs import agree, both, request, run
from zkvm.isa.table import BY_NAME, FORKS
from zkvm.lint import lint

CALLS = ((b"", 100_000), (bytes(range(1, 100)), 100_000), ((2).to_bytes(32, "big") * 3, 700), (b"\xff" * 68, 30_000))


@pytest.mark.parametrize("start", range(0, 60, 10))
def test_random_contracts(start: int) -> None:
    for seed in range(start, start + 10):
        agree(random_contract(seed), CALLS)


@settings(max_examples=60, deadline=None)
@given(code=st.binary(min_size=1, max_size=120), fork=st.sampled_from(FORKS))
def test_random_bytes(code: bytes, fork: str) -> None:
    for translation in both(code, fork):
        lint(translation.program)
    agree(code, CALLS[:2], fork)


def test_every_byte_alone_and_with_a_full_stack() -> None:
    for byte in range(256):
        agree(bytes([byte]), CALLS[:1])
        agree(b"\x60\x01" * 17 + bytes([byte]) + b"\x60\x00\x52\x60\x20\x60\x00\xf3", CALLS[:1])


def test_no_code_stops() -> None:
    for translation in both(b""):
        lint(translation.program)


def test_same_bytes_again() -> None:
    code = random_contract(7)
    first, second = both(code), both(code)
    assert [each.program.digest for each in first] == [each.program.digest for each in second]


def escaping(target: int) -> bytes:
    """PUSH 7, 11; jump to calldata word 0 + target - target; landing places add and return."""
    # 0: PUSH1 7  2: PUSH1 11  4: PUSH0  5: CALLDATALOAD  6: JUMP  7: JUMPDEST ADD PUSH0 MSTORE PUSH1 32 PUSH0 RETURN  15: JUMPDEST STOP
    return bytes.fromhex("6007600b5f3556" + "5b015f5260205ff3" + "5b00") + bytes(target)


def test_escape_keeps_the_stack() -> None:
    code = escaping(0)
    optimised, _ = both(code)
    assert optimised.stats.escapes == 1
    assert optimised.stats.tier == "optimised"
    word = [target.to_bytes(32, "big") for target in (7, 15, 8, 1 << 200)]
    result = agree(code, [(data, 50_000) for data in word])
    assert [call["status"] for call in result["calls"]] == ["success", "success", "halt", "halt"]
    assert int(result["calls"][0]["return_data"], 16) == 18


def test_jump_table_holds_all_valid_jumpdests_only_where_needed() -> None:
    code = escaping(3)
    optimised, generic = both(code)
    assert [pc for pc, _ in generic.program.jump_table] == [7, 15]
    assert [pc for pc, _ in optimised.program.jump_table] == [7, 15]
    assert both(bytes.fromhex("5b00"))[0].program.jump_table == ()


def test_static_gas_beyond_its_field() -> None:
    code = b"\x5f\x50" * 40_000 + b"\x5a\x5f\x52\x60\x20\x5f\xa0\x00"
    enough = 40_000 * 4 + 2 + 2 + 6 + 3 + 2 + 375 + 8 * 32
    result = agree(code, [(b"", enough), (b"", enough - 1), (b"", 70_000)])
    assert [call["status"] for call in result["calls"]] == ["success", "halt", "halt"]
    assert result["calls"][0]["gas_left"] == "0x0"
    for translation in both(code):
        assert all(instruction.gas < 1 << 16 for instruction in translation.program.instructions)


def test_long_straight_code_is_cut_into_regions() -> None:
    random = Random(1)
    code = b"".join(
        b"\x60" + bytes([random.randrange(256)]) + b"\x5f\x35\x01\x60" + bytes([i % 200]) + b"\x53" for i in range(6000)
    )
    agree(code + b"\x60\xc8\x5f\xf3", [(b"\x07" * 32, 1_000_000)])


def test_unsupported_is_reported_by_both() -> None:
    call = bytes.fromhex("5f5f5f5f5f61c0de5af1" + "00")
    optimised, generic = both(call)
    asked = request(call, [(b"", 100_000)])
    assert run(optimised.program, asked)["unsupported"] == run(generic.program, asked)["unsupported"]
    for gas in (19, 20):
        agree(call, [(b"", gas)])
    assert "CALL" in optimised.stats.unsupported
    assert BY_NAME["CALL"].prover == "later"


def test_creation_code_reads_its_arguments() -> None:
    # CODESIZE - 32 .. the last word of code and arguments, returned
    code = bytes.fromhex("602080380360003960206000f3")
    result = agree(code, [((5).to_bytes(32, "big"), 50_000)], kind="creation")
    assert int(result["calls"][0]["return_data"], 16) == 5
