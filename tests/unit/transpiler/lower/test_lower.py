"""Small functions lowered: which rows come out, and that they do what the SSA interpreter says."""

from __future__ import annotations

import pytest

from tests.unit.transpiler.lower.pieces import names, program, same

OUT = " MGROW 0x0 0x20\n MSTORE 0x0 {} +3\n RETURN 0x0 0x20"


@pytest.mark.parametrize(
    ("condition", "branch"),
    [
        ("v9 = LT v1 v2", {"BLT", "BGE"}),
        ("v9 = GT v1 v2", {"BLT", "BGE"}),
        ("v9 = SLT v1 v2", {"BSLT", "BSGE"}),
        ("v9 = SGT v1 v2", {"BSLT", "BSGE"}),
        ("v9 = EQ v1 v2", {"BEQ", "BNE"}),
        ("v9 = SUB v1 v2", {"BEQ", "BNE"}),
        ("v9 = XOR v1 v2", {"BEQ", "BNE"}),
        ("v8 = LT v1 v2\n v9 = ISZERO v8", {"BLT", "BGE"}),
        ("v7 = EQ v1 v2\n v8 = ISZERO v7\n v9 = ISZERO v8", {"BEQ", "BNE"}),
        ("v9 = ISZERO v1", {"BZ", "BNZ"}),
        ("v9 = EQ v1 0x0", {"BZ", "BNZ"}),
        ("v9 = GT v1 0x0", {"BZ", "BNZ"}),
        ("v9 = LT v1 0x1", {"BZ", "BNZ"}),
        ("v9 = AND v1 v2", {"BZ", "BNZ"}),
    ],
)
def test_compare_fuses_into_the_branch(condition: str, branch: set[str]) -> None:
    lowered = same(
        f"b0:\n v1 = CALLDATALOAD 0x0\n v2 = CALLDATALOAD 0x20\n {condition}\n BRANCH v9 b1 b2 +10\n"
        f"b1:\n{OUT.format('0x7')}\nb2:\n{OUT.format('0x8')}"
    )
    assert branch & set(names(lowered))
    assert names(lowered, pure=True) in ([], ["AND"])


def test_a_join_inside_a_region_moves() -> None:
    lowered = same(
        "b0:\n v1 = CALLDATALOAD 0x0\n BRANCH v1 b1 b2 +10\nb1:\n v2 = ADD v1 0x1\n JUMP b3(v2) +4\nb2:\n JUMP b3(0x5) +9\n"
        f"b3(v3):\n{OUT.format('v3')}"
    )
    assert lowered.regions == 1
    assert names(lowered).count("MOVE") == 2
    assert "GET" not in names(lowered)


LOOP = (
    "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7\n JUMP b1(v2 0x3 0x4) +5\n"
    "b1(v3 v4 v5):\n BRANCH v3 b2 b3 +11\n"
    "b2:\n v6 = SUB v3 0x1\n {}\n JUMP b1(v6 {}) +8\n"
    "b3:\n v8 = MUL v4 0x64\n v9 = ADD v8 v5\n" + OUT.format("v9")
)


def test_registers_swap_around_a_loop() -> None:
    lowered = same(LOOP.format("v7 = ADD v4 0x0", "v5 v4"))
    assert lowered.regions == 2
    assert lowered.registers == 3


def test_what_a_loop_does_not_change_stays_in_its_register() -> None:
    lowered = same(LOOP.format("v7 = ADD v5 v4", "v4 v7"))
    rows = names(lowered)
    assert rows.count("SET") == 3 + 2


def test_value_that_lives_across_a_loop() -> None:
    lowered = same(
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7\n v9 = SLOAD v1 +100\n v10 = MUL v1 v1\n JUMP b1(v2)\n"
        "b1(v3):\n v4 = SUB v3 0x1\n BRANCH v3 b1(v4) b2 +3\nb2:\n v11 = ADD v9 v10\n" + OUT.format("v11")
    )
    assert names(lowered).count("SET") == 4
    assert names(lowered).count("GET") == 3


def test_environment_is_read_again_rather_than_kept() -> None:
    lowered = same(
        "b0:\n v1 = ENV.CALLER\n SSTORE 0x5 v1\n v2 = CALLDATALOAD 0x0\n v6 = AND v2 0x3\n JUMP b1(v6)\n"
        "b1(v3):\n v4 = SUB v3 0x1\n BRANCH v3 b1(v4) b2\nb2:\n" + OUT.format("v1")
    )
    assert names(lowered).count("ENV") == 2
    assert lowered.registers == 1


def test_reads_run_only_on_paths_that_need_them() -> None:
    lowered = program(
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = CALLDATALOAD 0x20\n v3 = ENV.CALLER\n BRANCH v1 b1 b2\n"
        f"b1:\n v4 = ADD v2 v3\n{OUT.format('v4')}\nb2:\n REVERT 0x0 0x0"
    )
    rows = names(lowered)
    assert rows.index("CALLDATALOAD") < rows.index("BZ" if "BZ" in rows else "BNZ") < rows.index("ENV")


SHARED = (
    "b0:\n v1 = CALLDATALOAD 0x0\n v2 = CALLDATALOAD 0x20\n v20 = MUL v1 v2\n INVOKE b5(&b1 v1) resumes b1\n"
    "b1(v3):\n INVOKE b5(&b2 v2) +7 resumes b2\n"
    "b2(v4):\n v5 = ADD v3 v4\n v6 = ADD v5 v20\n" + OUT.format("v6") + "\n"
    "b5(v7 v8):\n v9 = ADD v8 0x3\n BRANCH v8 b6 b7 +10\nb6:\n v10 = MUL v9 v8\n JUMP b8(v10) +3\nb7:\n JUMP b8(v9) +1\n"
    "b8(v11):\n RETURNTO v7 b1(v11) b2(v11) +8"
)


def test_shared_code_returns_by_label() -> None:
    lowered = same(SHARED)
    assert names(lowered).count("LABEL") == 2
    assert names(lowered).count("JMPR") == 1
    assert names(lowered).count("SET") <= 7


def test_gas_of_empty_ways_sinks_into_the_join() -> None:
    lowered = same(
        "b0:\n v1 = CALLDATALOAD 0x0\n BRANCH v1 b1 b2 +10\nb1:\n JUMP b3 +4\nb2:\n v2 = CALLDATALOAD 0x20\n BRANCH v2 b4 b5\n"
        f"b4:\n JUMP b3 +4\nb5:\n HALT\nb3:\n{OUT.format('v1')}"
    )
    assert "CHARGE" not in names(lowered)


def test_gas_stays_behind_what_observes_it() -> None:
    lowered = same(
        f"b0:\n v1 = CALLDATALOAD 0x0\n BRANCH v1 b1 b2\nb1:\n v2 = GAS +2\n JUMP b3(v2) +8\nb2:\n JUMP b3(0x1)\nb3(v3):\n{OUT.format('v3')}"
    )
    assert names(lowered).count("MOVE") == 2
    same("b0:\n v1 = CALLDATALOAD 0x0\n BRANCH v1 b1 b3\nb1:\n SSTORE 0x3 0x4 +6\n JUMP b3 +8\nb3:\n" + OUT.format("v1"))


def test_pure_code_of_two_regions_is_there_twice() -> None:
    lowered = same(
        "b0:\n v1 = CALLDATALOAD 0x0\n v2 = AND v1 0x7\n JUMP b1(v2)\nb1(v3):\n v4 = ADD v1 0x1\n v5 = SUB v3 0x1\n SSTORE v3 v4\n"
        " BRANCH v3 b1(v5) b2\nb2:\n STOP"
    )
    assert lowered.registers <= 2


@pytest.mark.parametrize("budget", [1, 4, 1500])
def test_any_region_budget_gives_the_same(budget: int) -> None:
    for piece in (SHARED, LOOP.format("v7 = ADD v4 0x9", "v5 v7")):
        same(piece, budget)
