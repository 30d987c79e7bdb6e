"""Region formation."""

from __future__ import annotations

from tests.unit.transpiler.passes.pieces import function
from transpiler.lower.regions import form_regions
from transpiler.ssa.ir import BlockId


def heads(piece: str, budget: int = 1500) -> dict[int, int]:
    """Block to the head of its region."""
    return {int(block): int(head) for block, head in form_regions(function(piece), budget).region.items()}


def test_acyclic_code_is_one_region() -> None:
    piece = "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n JUMP b3\nb2:\n BRANCH v1 b3 b4\nb3:\n STOP\nb4:\n HALT"
    assert heads(piece) == dict.fromkeys(range(5), 0)
    assert form_regions(function(piece), 1500).cold == {BlockId(4)}


def test_a_loop_and_what_follows_it() -> None:
    piece = "b0:\n v1 = ENV.CALLER\n JUMP b1(v1)\nb1(v2):\n v3 = SUB v2 0x1\n BRANCH v2 b2 b3\nb2:\n JUMP b1(v3)\nb3:\n STOP"
    assert heads(piece) == {0: 0, 1: 1, 2: 1, 3: 1}


def test_irreducible_loop_has_one_head_more() -> None:
    piece = "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n BRANCH v1 b2 b3\nb2:\n BRANCH v1 b1 b3\nb3:\n STOP"
    regions = heads(piece)
    assert {regions[1], regions[2]} == {1, 2}
    assert regions[3] == 3


def test_entry_that_is_a_loop() -> None:
    assert heads("b0:\n v1 = ENV.CALLER\n BRANCH v1 b0 b1\nb1:\n STOP") == {0: 0, 1: 0}


def test_join_of_two_regions_starts_one() -> None:
    piece = "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b4\nb1:\n v2 = SUB v1 0x1\n BRANCH v2 b1 b2\nb2:\n BRANCH v1 b3 b4\nb3:\n STOP\nb4:\n HALT"
    assert heads(piece) == {0: 0, 1: 1, 2: 1, 3: 1, 4: 4}


def test_shared_code_entered_from_one_region_belongs_to_it() -> None:
    piece = (
        "b0:\n v1 = ENV.CALLER\n BRANCH v1 b1 b2\nb1:\n INVOKE b5(&b3) resumes b3\nb2:\n INVOKE b5(&b4) resumes b4\n"
        "b3:\n STOP\nb4:\n HALT\nb5(v7):\n RETURNTO v7 b3 b4"
    )
    flow = form_regions(function(piece), 1500)
    assert flow.region[BlockId(5)] == 0
    assert flow.labels == {3, 4}


def test_a_block_of_calls_is_cut_by_its_rows() -> None:
    calls = "".join(f" v{i} = CALL.0 0x1 0x2 0x0 0x0 0x0 0x0 0x0 +5\n" for i in range(1, 301))
    flow = form_regions(function(f"b0:\n{calls} STOP"), 1500)
    assert len(flow.members) == 2
    assert max(len(block.insts) for block in flow.blocks.values()) == 1500 // 8
    assert sum(inst.gas for block in flow.blocks.values() for inst in block.insts) == 1500


def test_a_long_block_is_cut() -> None:
    piece = "b0:\n" + "".join(f" SSTORE 0x{i:x} 0x1 +5\n" for i in range(50)) + " STOP +1"
    flow = form_regions(function(piece), 8)
    assert len(flow.members) == 7
    assert sum(inst.gas for block in flow.blocks.values() for inst in block.insts) == 250
    assert all(len(block.insts) <= 8 for block in flow.blocks.values())
