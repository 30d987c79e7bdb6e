"""The opcode table against facts from the EIPs and the Yellow Paper, fork by fork."""

from __future__ import annotations

import pytest

from transpiler.errors import InputError
from transpiler.evm.opcodes import BY_NAME, ROWS, table
from zkvm.isa.table import EFFECTS, FORKS

PRICES = {
    "SLOAD": {
        "Frontier": 50,
        "Homestead": 50,
        "TangerineWhistle": 200,
        "Petersburg": 200,
        "Istanbul": 800,
        "Berlin": 100,
        "Osaka": 100,
    },
    "BALANCE": {"Frontier": 20, "TangerineWhistle": 400, "Petersburg": 400, "Istanbul": 700, "Berlin": 100},
    "EXTCODESIZE": {"Frontier": 20, "TangerineWhistle": 700, "Istanbul": 700, "Berlin": 100},
    "EXTCODECOPY": {"Frontier": 20, "TangerineWhistle": 700, "Istanbul": 700, "Berlin": 100},
    "EXTCODEHASH": {"Constantinople": 400, "Petersburg": 400, "Istanbul": 700, "Berlin": 100},
    "CALL": {"Frontier": 40, "TangerineWhistle": 700, "Istanbul": 700, "Berlin": 100},
    "DELEGATECALL": {"Homestead": 40, "TangerineWhistle": 700, "Berlin": 100},
    "STATICCALL": {"Byzantium": 700, "Istanbul": 700, "Berlin": 100},
    "SELFDESTRUCT": {"Frontier": 0, "Homestead": 0, "TangerineWhistle": 5000, "Osaka": 5000},
    "SSTORE": {"Frontier": 0, "Osaka": 0},
    "EXP": {"Frontier": 10, "Osaka": 10},
    "CREATE": {"Frontier": 32000, "Osaka": 32000},
    "KECCAK256": {"Frontier": 30},
    "LOG4": {"Frontier": 1875},
    "JUMPI": {"Frontier": 10},
    "CLZ": {"Osaka": 5},
}

SINCE = {
    "DELEGATECALL": "Homestead",
    "REVERT": "Byzantium", "STATICCALL": "Byzantium", "RETURNDATASIZE": "Byzantium", "RETURNDATACOPY": "Byzantium",
    "SHL": "Constantinople", "SHR": "Constantinople", "SAR": "Constantinople", "EXTCODEHASH": "Constantinople", "CREATE2": "Constantinople",
    "CHAINID": "Istanbul", "SELFBALANCE": "Istanbul", "BASEFEE": "London", "PREVRANDAO": "Paris", "PUSH0": "Shanghai",
    "TLOAD": "Cancun", "TSTORE": "Cancun", "MCOPY": "Cancun", "BLOBHASH": "Cancun", "BLOBBASEFEE": "Cancun", "CLZ": "Osaka",
}  # fmt: skip


@pytest.mark.parametrize("name", PRICES)
def test_static_gas(name: str) -> None:
    for fork, gas in PRICES[name].items():
        assert table(fork)[BY_NAME[name].code].gas == gas, fork


def test_first_forks() -> None:
    for row in ROWS:
        assert FORKS[row.since] == SINCE.get(row.name, "Frontier"), row.name


def test_defined_opcodes_by_fork() -> None:
    counts = {fork: sum(opcode.defined for opcode in table(fork)) for fork in FORKS}
    assert counts["Frontier"] == 130
    assert counts["Homestead"] == 131
    assert counts["Byzantium"] == 135
    assert counts["Constantinople"] == counts["Petersburg"] == 140
    assert counts["Istanbul"] == counts["Berlin"] == 142
    assert counts["London"] == counts["Paris"] == 143
    assert (counts["Shanghai"], counts["Cancun"], counts["Prague"], counts["Osaka"]) == (144, 149, 149, 150)


def test_names_by_fork() -> None:
    assert table("London")[0x44].name == "DIFFICULTY"
    assert table("Paris")[0x44].name == "PREVRANDAO"
    assert table("Frontier")[0xFD].name == "UNDEFINED_FD"
    assert not table("Frontier")[0xFD].defined


def test_rows_are_well_formed() -> None:
    for fork in FORKS:
        for code, opcode in enumerate(table(fork)):
            assert opcode.code == code
            assert set(opcode.effects) <= set(EFFECTS)
            assert opcode.immediate == (code - 0x5F if 0x60 <= code <= 0x7F else 0)


def test_stack_effects_of_families() -> None:
    rows = table("Osaka")
    assert [(rows[0x80 + n].pops, rows[0x80 + n].pushes) for n in range(16)] == [(n + 1, n + 2) for n in range(16)]
    assert [(rows[0x90 + n].pops, rows[0x90 + n].pushes) for n in range(16)] == [(n + 2, n + 2) for n in range(16)]
    assert [(rows[0xA0 + n].pops, rows[0xA0 + n].pushes) for n in range(5)] == [(n + 2, 0) for n in range(5)]


def test_unknown_fork() -> None:
    with pytest.raises(InputError, match="S2Z-FORK"):
        table("Serenity")
