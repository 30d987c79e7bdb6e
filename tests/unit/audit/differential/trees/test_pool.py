"""Pools and the accounts around them."""

from __future__ import annotations

from random import Random

from audit.differential.trees import scene
from audit.differential.trees.pool import pool, state


def test_accounts_delegate_from_prague_on() -> None:
    for fork, delegates in (("Cancun", False), ("Prague", True)):
        accounts = state(pool(fork, Random(1)), Random(2))
        assert any(account["code"].startswith("0xef0100") for account in accounts.values()) is delegates
        assert (scene.text(scene.DELEGATED[0]) in accounts) is delegates


def test_something_is_in_the_way_of_creates() -> None:
    shared = pool("Osaka", Random(1))
    kinds = set()
    for seed in range(40):
        accounts = state(shared, Random(seed))
        for address in scene.CONTRACTS:
            at = scene.text(scene.created(address, int(accounts[scene.text(address)]["nonce"], 16)))
            if at in accounts:
                account = accounts[at]
                kinds.add((account["nonce"] != "0x0", account["code"] != "0x", bool(account["storage"])))
    assert kinds == {(True, False, False), (False, True, False), (False, False, True), (False, False, False)}
