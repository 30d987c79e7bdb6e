"""The world of a request's state, and the state of a world for the result (ISA 8.1, 8.2)."""

from __future__ import annotations

from zkvm.host.reading import account_of, address_text
from zkvm.host.request import Account, State
from zkvm.isa.rules import RuleSet
from zkvm.machine.world import World


def world_of(state: State) -> World:
    """The world before the first transaction."""
    world = World()
    for address, entry in state.items():
        account = account_of(address)
        world.existing[account] = True
        world.balances[account], world.nonces[account], world.codes[account] = entry.balance, entry.nonce, entry.code
        for key, word in entry.storage.items():
            world.set_slot((account, key), word)
    return world


def state_of(world: World, rules: RuleSet) -> dict[str, Account]:
    """All accounts of the request and each touched one; one that does not exist says so (ISA 8.7)."""
    listed = sorted({*world.existing, *(world.outlived if rules.empty_is_absent else ())})
    return {
        address_text(account): Account(
            world.balance(account),
            world.nonce(account),
            world.code(account),
            world.slots(account),
            absent=not world.exists(account, rules),
        )
        for account in listed
    }
