"""Authorizations."""

from __future__ import annotations

from random import Random

from audit.differential import oracle
from audit.differential.trees import scene
from audit.differential.trees.authorizations import authorizations, signature
from audit.differential.trees.batches import batch
from audit.differential.trees.pool import delegation, pool


def test_a_signed_authorization_delegates() -> None:
    request = batch(pool("Prague", Random(1)), Random(1), 1)
    sender, authority = scene.SENDERS[:2]
    nonces = {key: int(request["state"][scene.text(key.address)]["nonce"], 16) for key in (sender, authority)}
    signed = signature(authority, 1, scene.CONTRACTS[0], nonces[authority])
    given = {
        "chain_id": "0x1", "address": scene.text(scene.CONTRACTS[0]), "nonce": hex(nonces[authority]), "y_parity": hex(signed.y_parity),
        "r": hex(signed.r), "s": hex(signed.s),
    }  # fmt: skip
    shaped = {
        "nonce": hex(nonces[sender]), "gas_limit": hex(100_000), "max_fee_per_gas": hex(2000), "max_priority_fee_per_gas": "0x0",
        "authorizations": [given],
    }  # fmt: skip
    call = {
        "create": False, "caller": scene.text(sender.address), "origin": scene.text(sender.address), "to": scene.text(scene.POOR),
        "value": "0x0", "data": "0x", "transaction": shaped,
    }  # fmt: skip
    result = oracle.run({**request, "calls": [call]})
    assert result["state"][scene.text(authority.address)]["code"] == "0x" + delegation(scene.CONTRACTS[0]).hex()


def test_those_that_hold_are_counted() -> None:
    sender = scene.SENDERS[0]
    counted = 0
    for seed in range(50):
        nonces = {key.address: 5 for key in scene.SENDERS}
        found = authorizations(Random(seed), nonces, sender)
        assert 1 <= len(found) <= 3
        counted += sum(nonces.values()) - 5 * len(nonces)
    assert 40 < counted < 150
