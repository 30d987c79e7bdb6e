"""The support table holds every opcode once."""

from __future__ import annotations

from audit.support import support_table
from transpiler.evm.opcodes import ROWS
from zkvm.isa.table import BY_NAME


def test_every_instruction_named_is_one() -> None:
    assert all(name in BY_NAME for row in ROWS for name in row.expansion.names)


def test_opcodes_that_touch_the_machine_need_an_instruction() -> None:
    free = {row.name for row in ROWS if not row.expansion.names}
    families = {"PUSH", "DUP", "SWAP"}
    assert {name for name in free if name.rstrip("0123456789") not in families} == {"POP", "PC", "JUMPDEST"}


def test_families_are_one_word() -> None:
    table = support_table()
    assert "PUSH0..32" in table
    assert "LOG0..4" in table
    assert "PUSH7" not in table
