"""The journal and what exists (ISA 5.2, 8.3, 8.6, 8.7)."""

from __future__ import annotations

import pytest

from zkvm.errors import Unsupported
from zkvm.host.reading import address_text
from zkvm.host.result import Log
from zkvm.isa.rules import rules_of
from zkvm.machine.world import RIPEMD160, World, delegate_of, designator

ACCOUNT, OTHER = 0xA, 0xB


def state(world: World) -> tuple[object, ...]:
    """All that a failure undoes."""
    accounts = (world.balances, world.nonces, world.codes, world.existing)
    marks = (world.warm_accounts, world.warm_slots, world.transient, world.created, world.destroyed, world.touched)
    copies = tuple(dict(each) for each in (*accounts, *marks))
    return (*copies, world.slots(ACCOUNT), world.slots(OTHER), world.logs, world.refund)


def changes(world: World) -> None:
    """Every kind of change, some of them twice."""
    for turn in range(2):
        world.move(ACCOUNT, OTHER, 3)
        world.raise_nonce(ACCOUNT)
        world.put(world.codes, OTHER, bytes([turn]))
        world.set_slot((ACCOUNT, 1), turn)
        world.set_slot((OTHER, turn), 7)
        world.put(world.transient, (ACCOUNT, 1), turn)
        world.put(world.created, OTHER, True)
        world.put(world.destroyed, OTHER, True)
        world.log(Log(address_text(OTHER), (bytes(32),), b""))
        world.add_refund(4800 - 9600 * turn)
        world.warm(OTHER + turn)
        world.warm_slot((OTHER, turn))
    world.delete(ACCOUNT)


def funded() -> World:
    world = World()
    world.balances[ACCOUNT] = 9
    world.existing[ACCOUNT] = True
    world.set_slot((ACCOUNT, 1), 5)
    world.set_slot((ACCOUNT, 2), 6)
    return world


def test_undo_takes_everything_back_at_each_depth() -> None:
    world = funded()
    before, outer = state(world), world.mark()
    changes(world)
    between, inner = state(world), world.mark()
    world.credit(ACCOUNT, 20)
    changes(world)
    world.undo(inner)
    assert state(world) == between
    world.undo(outer)
    assert state(world) == before


def test_a_new_transaction_begins_afresh() -> None:
    world = funded()
    changes(world)
    world.original[ACCOUNT, 1] = 5
    world.begin()
    assert (world.logs, world.refund, world.original) == ((), 0, {})
    for marks in (world.warm_accounts, world.warm_slots, world.transient, world.created, world.destroyed, world.touched):
        assert not marks
    after = state(world)
    world.undo(0)
    assert state(world) == after


def test_marks_say_whether_they_are_new() -> None:
    world = World()
    assert (world.warm(1), world.warm(1), world.warm_slot((1, 1)), world.warm_slot((1, 1))) == (True, False, True, False)


def test_what_exists() -> None:
    world = World()
    old, new = rules_of("TangerineWhistle"), rules_of("SpuriousDragon")
    assert not world.exists(ACCOUNT, old)
    world.credit(ACCOUNT, 0)
    assert (world.exists(ACCOUNT, old), world.exists(ACCOUNT, new)) == (True, False)
    world.credit(ACCOUNT, 1)
    assert world.exists(ACCOUNT, new)
    world.delete(ACCOUNT)
    assert (world.exists(ACCOUNT, old), world.exists(ACCOUNT, new)) == (False, False)


def test_the_touch_of_one_precompile_outlives_a_failure() -> None:
    world = World()
    for account in (RIPEMD160, 4):
        world.credit(account, 0)
    world.undo(0)
    assert world.touched == {RIPEMD160: True}
    assert (world.existing, world.outlived) == ({}, {RIPEMD160})
    world.begin()
    assert (world.touched, world.outlived) == ({}, {RIPEMD160})


def test_an_abandoned_transaction_leaves_no_touch() -> None:
    world = World()
    world.credit(RIPEMD160, 0)
    world.abandon()
    assert (world.existing, world.outlived) == ({}, set())


def test_a_balance_has_a_limit() -> None:
    world = World()
    world.credit(ACCOUNT, (1 << 256) - 1)
    with pytest.raises(Unsupported, match="balance-limit"):
        world.credit(ACCOUNT, 1)
    world.move(ACCOUNT, ACCOUNT, (1 << 256) - 1)
    assert world.balance(ACCOUNT) == (1 << 256) - 1


def test_designators() -> None:
    code = designator(ACCOUNT)
    assert code == b"\xef\x01\x00" + ACCOUNT.to_bytes(20, "big")
    assert delegate_of(code, rules_of("Prague")) == ACCOUNT
    for other in (
        delegate_of(code, rules_of("Cancun")),
        delegate_of(code + b"\0", rules_of("Prague")),
        delegate_of(b"", rules_of("Prague")),
    ):
        assert other is None
