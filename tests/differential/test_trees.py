"""Random call trees on both machines, and faults of a machine that they must show."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.differential.trees import campaign
from audit.differential.trees.campaign import Outcome, blocks, run_all, run_block
from zkvm.isa.rules import RuleSet
from zkvm.machine import calls, driver
from zkvm.machine.world import World, delegate_of
from zkvm.word import ADDRESS_MASK


def test_both_machines_agree_with_revm_under_all_rule_sets() -> None:
    total = Outcome()
    for outcome in run_all(blocks(1, 90, None), ("rust", "python"), 1):
        total.trees += outcome.trees
        total.messages += outcome.messages
        total.mismatches += outcome.mismatches
    assert [each.as_json() for each in total.mismatches] == []
    assert total.trees == 90
    assert total.messages >= 3 * total.trees


def _never_occupied(world: World, account: int) -> str | None:
    return None


def _undo_nothing(world: World, mark: int) -> None:
    return None


def _undo_all_but_warm_marks(world: World, mark: int) -> None:
    warm, slots = dict(world.warm_accounts), dict(world.warm_slots)
    genuine(world, mark)
    world.warm_accounts |= warm
    world.warm_slots |= slots


def _follow_twice(code: bytes, rules: RuleSet) -> int | None:
    target = delegate_of(code, rules)
    return None if target is None else target ^ 1


genuine = World.undo

FAULTS: tuple[tuple[str, object, str, object, str], ...] = (
    ("stipend", calls, "CALL_STIPEND", 2301, "London"),
    ("depth", driver, "CALL_DEPTH", 1023, "Byzantium"),
    ("value costs", calls, "CALL_VALUE_GAS", 9001, "Osaka"),
    ("new account", calls, "CALL_NEW_ACCOUNT_GAS", 24_999, "Frontier"),
    ("collision", World, "occupied", _never_occupied, "Cancun"),
    ("no undo", World, "undo", _undo_nothing, "Berlin"),
    ("warm marks stay", World, "undo", _undo_all_but_warm_marks, "Shanghai"),
    ("wrong delegate", driver, "delegate_of", _follow_twice, "Prague"),
    ("address", calls, "ADDRESS_MASK", ADDRESS_MASK >> 8, "Istanbul"),
)


@pytest.mark.parametrize(("what", "place", "name", "fault", "fork"), FAULTS, ids=[each[0] for each in FAULTS])
def test_a_seeded_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, what: str, place: object, name: str, fault: Callable[..., object] | int, fork: str
) -> None:
    monkeypatch.setattr(place, name, fault)
    monkeypatch.setattr(campaign, "REPORTED", 0)  # nothing is shrunk
    found = 0
    for block in blocks(1, 400, fork):
        found += len(run_block(block, ("python",)).mismatches)
        if found:
            break
    assert found
