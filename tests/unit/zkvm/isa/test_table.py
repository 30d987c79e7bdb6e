"""The columns of the ISA table that say what instructions take and touch."""

from __future__ import annotations

from zkvm.isa.table import BY_NAME, EFFECTS, ENV_EFFECTS, ENV_KINDS, ROWS, MemoryRange


def test_columns_are_well_formed() -> None:
    for row in ROWS:
        kinds = range(max(1, len(row.brought)))
        for c in kinds:
            count = row.arguments(c)
            named = {*row.brought_by_rows(c), *row.absent(c)}
            assert named <= set(range(count)), row.name
            assert count - len(named) == row.operands.count("w"), row.name
            assert set(row.effects_under(c)) <= set(EFFECTS), row.name
        for touched in row.memory:
            assert touched.kind in "rwpx"
            assert max(touched.offset, touched.length or 0) < row.arguments(0)
            assert (touched.length is None) == (touched.size_bytes > 0)
        assert len(row.effects) in (1, len(row.brought))
        assert not row.has_kinds or row.operands[2] == "i"


def test_arguments_of_calls_and_creates() -> None:
    call, create = BY_NAME["CALL"], BY_NAME["CREATE"]
    assert [len(call.brought_by_rows(c)) for c in range(4)] == [7, 7, 6, 6]
    assert [call.absent(c) for c in range(4)] == [frozenset(), frozenset(), {2}, {2}]
    assert [len(create.brought_by_rows(c)) for c in range(2)] == [3, 4]
    assert [create.absent(c) for c in range(2)] == [{3}, frozenset()]
    assert [BY_NAME["LOG"].arguments(c) for c in range(5)] == [2, 3, 4, 5, 6]
    assert (BY_NAME["EXTCODECOPY"].arguments(0), BY_NAME["EXTCODECOPY"].brought_by_rows(0)) == (4, (0,))


def test_effects_of_calls() -> None:
    call = BY_NAME["CALL"]
    assert call.memory == (MemoryRange("r", 3, 4, 0), MemoryRange("p", 5, 6, 0))  # it may write less than its output range
    for c in (0, 1, 2):
        assert set("sStTLwWRgai") <= set(call.effects_under(c))
    assert not set("STLW") & set(call.effects_under(3))  # a static frame changes no state
    assert set("Rga") <= set(call.effects_under(3))
    assert BY_NAME["CREATE"].memory == (MemoryRange("r", 1, 2, 0),)  # what it returns becomes code, not memory


def test_who_observes_gas() -> None:
    assert {row.name for row in ROWS if "g" in "".join(row.effects)} == {"GAS", "SSTORE", "CALL", "CREATE"}


def test_kinds_of_env_that_change() -> None:
    assert {ENV_KINDS[kind]: read for kind, read in ENV_EFFECTS.items()} == {"RETURNDATASIZE": "r", "SELFBALANCE": "w"}
