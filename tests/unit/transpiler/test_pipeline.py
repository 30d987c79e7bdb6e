"""The order of the passes, and what the pipeline tells."""

from __future__ import annotations

import pytest

from transpiler.evm.assemble import assemble
from transpiler.pipeline import DEAD, FORWARD, PASSES, check_order, lift_traced

MAPPING = """
    CALLER 0 MSTORE 5 0x20 MSTORE 0x40 0 KECCAK256 SLOAD
    1 ADD CALLER 0 MSTORE 5 0x20 MSTORE 0x40 0 KECCAK256 SSTORE STOP
"""


def test_order() -> None:
    check_order(PASSES)
    with pytest.raises(ValueError, match="needs numbered"):
        check_order((DEAD, FORWARD))


def test_stages_are_told_in_order() -> None:
    seen: list[str] = []
    lifted = lift_traced(assemble(MAPPING), "Osaka", "runtime", watch=lambda stage, _value: seen.append(stage))
    assert seen[:3] == ["listing", "cfg", "ssa"]
    assert seen[3:] == [f"pass {index} {item.name}" for index, item in enumerate(PASSES)]
    assert set(lifted.seconds) >= {"disassemble", "cfg", "certificate", "ssa", "verify", "fold"}
    assert lifted.certificate.nodes == len(lifted.cfg.nodes)


def test_a_mapping_entry_is_one_hash() -> None:
    lifted = lift_traced(assemble(MAPPING), "Osaka", "runtime", checked=True)
    (block,) = lifted.function.blocks.values()
    assert [inst.op for inst in block.insts] == ["ENV", "MGROW", "HASH2", "SLOAD", "ADD", "SSTORE"]
