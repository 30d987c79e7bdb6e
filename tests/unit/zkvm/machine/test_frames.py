"""Frames: control, wires, gas, ends (ISA 2, 3, 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zkvm.errors import InternalError

from .conftest import CALLER, CONTRACT

Run = Callable[..., dict[str, Any]]
RETURN = "\nMGROW $0x0, $0x20\nMSTORE $0x0, {}\nRETURN $0x0, $0x20\n"
MEMORY_GAS = 3


def returned(result: dict[str, Any]) -> int:
    call = result["calls"][0]
    assert call["status"] == "success", result
    return int(call["return_data"], 16)


def gas_used(result: dict[str, Any]) -> int:
    return 10_000_000 - int(result["calls"][0]["gas_left"], 16)


def test_stop_charges_its_gas(run: Run) -> None:
    result = run("STOP gas=7")
    assert result["calls"] == [
        {
            "status": "success",
            "return_data": "0x",
            "gas_left": hex(9_999_993),
            "refund": "0x0",
            "logs": [],
            "destroyed": [],
            "steps": 2,
        }
    ]
    assert result["unsupported"] is None
    assert result["missing_code"] is None


def test_out_of_gas_is_a_halt(run: Run) -> None:
    assert run("STOP gas=7", gas="0x7")["calls"][0]["status"] == "success"
    call = run("SSTORE $0x1, $0x9\nSTOP gas=7", gas="0x6")["calls"][0]
    assert (call["status"], call["gas_left"]) == ("halt", "0x0")


def test_halt_and_revert_undo(run: Run) -> None:
    for end, left in (("HALT", False), ("REVERT $0x0, $0x0", True)):
        result = run(f"SSTORE $0x1, $0x0\nTOPIC $0x5\nLOG $0x0, $0x0, 1\n{end}", value="0x7")
        call = result["calls"][0]
        assert (call["status"], call["refund"], call["logs"]) == ("revert" if left else "halt", "0x0", [])
        assert (call["gas_left"] != "0x0") == left
        assert result["state"][CONTRACT] == {"balance": "0x64", "nonce": "0x1", "code": "0x00", "storage": {"0x1": "0x5"}}
        assert result["state"][CALLER]["balance"] == hex(1 << 128)


def test_value_moves_before(run: Run) -> None:
    result = run("%v = ENV SELFBALANCE" + RETURN.format("%v"), value="0x7")
    assert returned(result) == 107
    assert result["state"][CONTRACT]["balance"] == "0x6b"


def test_a_loop_with_registers(run: Run) -> None:
    text = "SET $0xa, 0\nloop:\nREGION\n%i = GET 0\n%s = GET 1\nSET %t, 1\nSET %j, 0\nBNZ %j, @loop" + RETURN.format("%t")
    assert returned(run(text + ".pure\n%j = SUB %i, $0x1\n%t = ADD %s, %i")) == 55


def test_phis_and_branches(run: Run) -> None:
    text = "%x = CALLDATALOAD $0x0\n{} @a\nMOVE $0x1, %p\nJMP @j\na:\nMOVE $0x2, %p\nj:" + RETURN.format("%p") + ".pure\n%p = PHI"
    for branch, word, taken in [
        ("BNZ %x,", 0, False),
        ("BNZ %x,", 9, True),
        ("BZ %x,", 0, True),
        ("BZ %x,", 9, False),
        ("BEQ %x, $0x5,", 5, True),
        ("BNE %x, $0x5,", 5, False),
        ("BLT %x, $0x5,", 4, True),
        ("BLT %x, $0x5,", 5, False),
        ("BGE %x, $0x5,", 5, True),
        ("BSLT %x, $0x5,", (1 << 256) - 1, True),
        ("BSGE %x, $0x5,", (1 << 256) - 1, False),
    ]:
        assert returned(run(text.format(branch), data=f"0x{word:064x}")) == (2 if taken else 1)


def test_labels(run: Run) -> None:
    text = "JMPR $0x5, 0\nREGION\nHALT\nLABEL" + RETURN.format("$0x9")
    assert returned(run(text)) == 9
    with pytest.raises(InternalError):
        run(text.replace("$0x5", "$0x3"))


def test_the_jump_table(run: Run) -> None:
    text = "%x = CALLDATALOAD $0x0\nJMPD %x\nl:\nLABEL" + RETURN.format("$0x9") + ".jumps\n0 l"
    assert returned(run(text, data="0x")) == 9
    assert run(text, data="0x01")["calls"][0]["status"] == "halt"


def test_a_wire_of_another_region_is_out_of_reach(run: Run) -> None:
    text = "%x = GET 0\nBNZ $0x1, @skip\n%y = GET 1\nskip:" + RETURN.format("%y")
    with pytest.raises(InternalError, match="wire"):
        run(text)


def test_memory(run: Run) -> None:
    assert returned(run("MGROW $0x0, $0x40\nMSTORE8 $0x1f, $0x1ff\n%v = MLOAD $0x1" + RETURN.format("%v"))) == 0xFF00
    assert returned(run("MGROW $0x3f, $0x2\nMGROW $0x5, $0x0\n%v = MSIZE" + RETURN.format("%v"))) == 96
    with pytest.raises(InternalError, match="MGROW"):
        run("%v = MLOAD $0x1\nSTOP")


def test_memory_gas(run: Run) -> None:
    for size, gas in [(1, 3), (32, 3), (33, 6), (32 * 1000, 3000 + 1000 * 1000 // 512)]:
        assert gas_used(run(f"MGROW $0x0, ${size:#x}\nMGROW $0x0, $0x1\nSTOP")) == gas
    assert run("MGROW $0xffffffff, $0x2\nSTOP", gas="0x1fffffffffff")["calls"][0]["status"] == "halt"
    assert run("MGROW $0xffffffff, $0x2\nSTOP", gas="0x7fffffffffffffff")["unsupported"]["code"] == "memory-limit"
    assert run("MGROW $0x3fffffff, $0x1\nSTOP", gas="0x7fffffffffffffff")["calls"][0]["status"] == "success"
    assert run("MGROW $-1, $0x0\nSTOP")["calls"][0]["status"] == "success"


def test_copies(run: Run) -> None:
    grow = "MGROW $0x0, $0x40\n"
    load = "%v = MLOAD $0x0" + RETURN.format("%v")
    data = "0x" + bytes(range(1, 41)).hex()
    assert returned(run(grow + "CALLDATACOPY $0x1e, $0x0, $0x2\n" + load, data=data)) == 0x0102
    assert returned(run(grow + "MSTORE $0x0, $-1\nCALLDATACOPY $0x0, $-1, $0x20\n" + load, data=data)) == 0
    assert returned(run(grow + "CODECOPY $0x1d, $0x0, $0x3\nMSTORE8 $0x1d, $0x7\n" + load)) == 0x070000
    assert returned(run(grow + "MSTORE8 $0x1, $0x7\nMCOPY $0x2, $0x1, $0x1e\n" + load)) == 0x0707 << 232
    assert gas_used(run(grow + "CALLDATACOPY $0x0, $0x0, $0x21\nSTOP")) == 6 + 6
    assert run("RETURNDATACOPY $0x0, $0x0, $0x0\nSTOP")["calls"][0]["status"] == "success"
    assert run("RETURNDATACOPY $0x0, $0x1, $0x0\nSTOP")["calls"][0]["status"] == "halt"


def test_sha3(run: Run) -> None:
    empty = 0xC5D2460186F7233C927E7DB2DCC703C0E500B653CA82273B7BFAD8045D85A470
    assert returned(run("%h = SHA3 $0x0, $0x0" + RETURN.format("%h"))) == empty
    assert gas_used(run("MGROW $0x0, $0x21\n%h = SHA3 $0x0, $0x21\nSTOP gas=30")) == 6 + 12 + 30


def test_logs(run: Run) -> None:
    result = run("MGROW $0x0, $0x20\nMSTORE $0x0, $0x7\nTOPIC $0x1\nTOPIC $0x2\nLOG $0x1f, $0x1, 2 gas=1125\nSTOP")
    assert result["calls"][0]["logs"] == [{"address": CONTRACT, "topics": [f"0x{1:064x}", f"0x{2:064x}"], "data": "0x07"}]
    assert gas_used(result) == 3 + 1125 + 8


def test_the_generic_stack(run: Run) -> None:
    text = (
        "SCHK 0, 2\nSST $0x5, -1\nSST $0x6, -2\nSADJ 2\n%a = SLD 0\n%b = SLD 1" + RETURN.format("%d") + ".pure\n%d = SUB %a, %b"
    )
    assert returned(run(text)) == 1
    assert run("SCHK 1, 0\nSTOP")["calls"][0]["status"] == "halt"
    assert run("SADJ 1024\nSCHK 1024, 0\nSTOP")["calls"][0]["status"] == "success"
    assert run("SADJ 1024\nSCHK 0, 1\nSTOP")["calls"][0]["status"] == "halt"
    assert run("SADJ 1\nSADJ -1\nSCHK 0, 0\nSTOP")["calls"][0]["status"] == "success"
    with pytest.raises(InternalError):
        run("SST $0x5, 0\nSTOP")


def test_gas_is_observed(run: Run) -> None:
    result = run("%g = GAS gas=2" + RETURN.format("%g"))
    assert returned(result) == 9_999_998
    assert run("%g = GAS gas=2\nSTOP", gas="0x1")["calls"][0]["status"] == "halt"


@pytest.mark.parametrize(("fork", "gas"), [("Homestead", 20), ("TangerineWhistle", 20), ("SpuriousDragon", 100), ("Osaka", 100)])
def test_exponent_gas(run: Run, fork: str, gas: int) -> None:
    assert gas_used(run("EXPGAS $0x100\nEXPGAS $0x0\nSTOP", fork)) == gas
