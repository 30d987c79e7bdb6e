"""Random call trees on both machines, and faults of a machine that they must show."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.differential.machine_faults import MACHINE_FAULTS, MachineFault, Note, Seam, injected
from audit.differential.trees import campaign
from audit.differential.trees.campaign import Outcome, blocks, run_all, run_block
from zkvm.isa.rules import RuleSet
from zkvm.machine import calls, driver
from zkvm.machine.world import World, delegate_of


def test_both_machines_agree_with_revm_under_all_rule_sets() -> None:
    total = Outcome()
    for outcome in run_all(blocks(1, 90, None), ("rust", "python"), 1):
        total.trees += outcome.trees
        total.messages += outcome.messages
        total.mismatches += outcome.mismatches
    assert [each.as_json() for each in total.mismatches] == []
    assert total.trees == 90
    assert total.messages >= 3 * total.trees


def _never_occupied(genuine: object, note: Note) -> Callable[[World, int], str | None]:
    return lambda world, account: None


def _undo_nothing(genuine: object, note: Note) -> Callable[[World, int], None]:
    return lambda world, mark: None


def _undo_all_but_warm_marks(genuine: Callable[[World, int], None], note: Note) -> Callable[[World, int], None]:
    def undo(world: World, mark: int) -> None:
        warm, slots = dict(world.warm_accounts), dict(world.warm_slots)
        genuine(world, mark)
        world.warm_accounts |= warm
        world.warm_slots |= slots

    return undo


def _follow_twice(genuine: object, note: Note) -> Callable[[bytes, RuleSet], int | None]:
    def delegate(code: bytes, rules: RuleSet) -> int | None:
        target = delegate_of(code, rules)
        return None if target is None else target ^ 1

    return delegate


def _less(by: int) -> Callable[[int, Note], int]:
    return lambda genuine, note: genuine - by


def fault(what: str, owner: object, name: str, make: Callable[..., object]) -> MachineFault:
    return MachineFault(what, what, (Seam(owner, name, make),))


FAULTS: tuple[tuple[MachineFault, str], ...] = (
    (fault("stipend", calls, "CALL_STIPEND", _less(-1)), "London"),
    (fault("depth", driver, "CALL_DEPTH", _less(1)), "Byzantium"),
    (fault("value costs", calls, "CALL_VALUE_GAS", _less(-1)), "Osaka"),
    (fault("new account", calls, "CALL_NEW_ACCOUNT_GAS", _less(1)), "Frontier"),
    (fault("collision", World, "occupied", _never_occupied), "Cancun"),
    (fault("no undo", World, "undo", _undo_nothing), "Berlin"),
    (fault("warm marks stay", World, "undo", _undo_all_but_warm_marks), "Shanghai"),
    (fault("wrong delegate", driver, "delegate_of", _follow_twice), "Prague"),
    (fault("address", calls, "ADDRESS_MASK", lambda genuine, note: genuine >> 8), "Istanbul"),
    *((each, "Osaka") for each in MACHINE_FAULTS),
)
"""Those of the self-test, and more that trees alone can show, each with a rule set."""


@pytest.mark.parametrize(("seeded", "fork"), FAULTS, ids=[each.name for each, _ in FAULTS])
def test_a_seeded_fault_is_found(monkeypatch: pytest.MonkeyPatch, seeded: MachineFault, fork: str) -> None:
    monkeypatch.setattr(campaign, "REPORTED", 0)  # nothing is shrunk
    with injected(seeded):
        assert any(run_block(block, ("python",)).mismatches for block in blocks(1, 400, fork))
