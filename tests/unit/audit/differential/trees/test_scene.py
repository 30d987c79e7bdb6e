"""Addresses."""

from __future__ import annotations

from random import Random

from audit.differential.trees import scene


def test_created_is_the_address_that_create_gives() -> None:
    creator = 0x6AC7EA33F8831EA9DCC53393AAA88B25A785DBF0
    known = {0: "cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d", 1: "343c43a37d37dff08ae8c4a11544c718abb4fcf8"}
    assert {nonce: f"{scene.created(creator, nonce):040x}" for nonce in known} == known


def test_precompiles_are_mostly_those_of_the_rule_set() -> None:
    random = Random(1)
    drawn = [scene.precompile("Frontier", random) for _ in range(300)]
    assert 200 < sum(address <= 4 for address in drawn) < 300
    assert {scene.precompile("Osaka", random) for _ in range(300)} == set(scene.PRECOMPILES)


def test_nobody_stands_twice() -> None:
    all_of_them = [
        *scene.CONTRACTS, *scene.DIVERS, *(key.address for key in scene.SENDERS), scene.LAST, scene.POOR, *scene.DELEGATED, *scene.NOBODY,
        scene.EMPTY, scene.COINBASE, *scene.PRECOMPILES,
    ]  # fmt: skip
    assert len(set(all_of_them)) == len(all_of_them)
