"""Blocks and edges by program counter."""

from __future__ import annotations

from transpiler.cfg.views import cfg_json
from transpiler.evm.assemble import assemble

FORK = "Osaka"


def test_the_empty_code_has_no_block_with_instructions() -> None:
    assert cfg_json(b"", FORK)["edges"] == []


def test_a_loop() -> None:
    view = cfg_json(bytes.fromhex("5b600056"), FORK)  # JUMPDEST PUSH1 0 JUMP
    assert view == {"blocks": [{"pc": 0, "end": 4}], "edges": [[0, 0]], "unresolved": []}


def test_a_function_returns_to_both_callers() -> None:
    code = assemble(
        "PUSH1 0x06 PUSH1 0x0f JUMP STOP "  # 0: call 0f, return to 06
        "JUMPDEST PUSH1 0x0d PUSH1 0x0f JUMP STOP "  # 06: call 0f, return to 0d
        "JUMPDEST STOP "  # 0d
        "JUMPDEST PUSH1 1 CALLDATALOAD PUSH1 1 SSTORE JUMP"  # 0f
    )
    view = cfg_json(code, FORK)
    assert [0x0F, 0x06] in view["edges"]
    assert [0x0F, 0x0D] in view["edges"]
    assert {pc for edge in view["edges"] for pc in edge} <= {block["pc"] for block in view["blocks"]}
    assert view["unresolved"] == []


def test_a_dynamic_jump_is_unresolved() -> None:
    assert cfg_json(bytes.fromhex("60003556" + "5b00"), FORK)["unresolved"] == [3]


def test_running_past_the_end_is_a_block_without_bytes() -> None:
    view = cfg_json(bytes.fromhex("5b6000355f57"), FORK)  # JUMPDEST PUSH1 0 CALLDATALOAD PUSH0 JUMPI
    assert view["blocks"] == [{"pc": 0, "end": 6}, {"pc": 6, "end": 6}]
    assert view["edges"] == [[0, 0], [0, 6]]
