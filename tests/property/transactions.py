"""Random transactions of every type over hostile accounts, some of which the rule set refuses."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

import coincurve

from zkvm.isa.rules import rules_of
from zkvm.isa.table import FORKS
from zkvm.rlp import encode, quantity
from zkvm.word import keccak256

from .trees import CODED, COINBASE, DELEGATED, PLAIN, SENDER, Writer, hexed, random_environment, random_state

KEYS: Final = tuple(coincurve.PrivateKey.from_int(number) for number in (1, 2, 3))


def address_of(key: coincurve.PrivateKey) -> int:
    """The account of a key."""
    return int.from_bytes(keccak256(key.public_key.format(compressed=False)[1:])[12:], "big")


def authorization(key: coincurve.PrivateKey, chain_id: int, address: int, nonce: int) -> dict[str, str]:
    """A signed authorization (EIP-7702)."""
    parts = [quantity(chain_id), address.to_bytes(20, "big"), quantity(nonce)]
    signature = key.sign_recoverable(keccak256(b"\x05" + encode(parts)), hasher=None)
    r, s = (int.from_bytes(signature[at : at + 32], "big") for at in (0, 32))
    return {
        "chain_id": hex(chain_id), "address": hexed(address), "nonce": hex(nonce),
        "y_parity": hex(signature[64]), "r": hex(r), "s": hex(s),
    }  # fmt: skip


class Shaper:
    """Shapes transactions under a rule set."""

    def __init__(self, random: Random, fork: str) -> None:
        self.random, self.fork, self.rules = random, fork, rules_of(fork)

    def transaction(self, nonce: int, create: bool) -> dict[str, Any]:
        """The member `transaction` of an entry."""
        random = self.random
        newest = self.rules.newest_type
        kind = random.choice([each for each in range(newest + 1) if not (create and each > 2)])
        terms: dict[str, Any] = {
            "nonce": hex(nonce),
            "gas_limit": hex(random.choice((300_000, 1_000_000, random.randrange(20_000, 200_000)))),
        }
        if kind < 2:
            terms["gas_price"] = hex(random.choice((7, 9, 100)))
        else:
            fee = random.choice((7, 9, 100))
            terms |= {"max_fee_per_gas": hex(fee), "max_priority_fee_per_gas": hex(random.choice((0, 1, fee)))}
        if kind == 1 or (kind > 1 and random.random() < 0.5):
            terms["access_list"] = [self._access() for _ in range(random.randrange(3))]
        if kind == 3:
            blobs = range(random.randint(1, self.rules.blobs_max))
            terms |= {"blob_hashes": [f"0x01{blob:062x}" for blob in blobs], "max_fee_per_blob_gas": hex(random.choice((1, 5)))}
        if kind == 4:
            terms["authorizations"] = [self._authorization(nonce) for _ in range(random.randint(1, 3))]
        return terms

    def _access(self) -> dict[str, Any]:
        account = self.random.choice((*CODED, *PLAIN, SENDER, COINBASE))
        return {
            "address": hexed(account),
            "storage_keys": [f"0x{self.random.randrange(4):064x}" for _ in range(self.random.randrange(3))],
        }

    def _authorization(self, nonce: int) -> dict[str, str]:
        random = self.random
        target = random.choice((*CODED, *PLAIN, DELEGATED, 0, address_of(KEYS[1])))
        signed = authorization(
            random.choice(KEYS), random.choice((0, 1, 1, 1, 2)), target, random.choice((0, 0, 0, 1, nonce + 1))
        )
        if random.random() < 0.1:
            signed[random.choice(("r", "s", "nonce"))] = hex(random.choice((0, 1, 2, (1 << 64) - 1)))
        if random.random() < 0.05:
            signed["y_parity"] = hex(random.choice((0, 1, 2, 27, 255)))
        if random.random() < 0.05:
            order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
            signed |= {"s": hex(order - int(signed["s"], 16)), "y_parity": hex(1 - min(1, int(signed["y_parity"], 16)))}
        return signed


def _spoil(random: Random, call: dict[str, Any]) -> None:
    """Changes a transaction so that a rule set may refuse it."""
    terms = call["transaction"]
    changes: list[Callable[[], Any]] = [
        lambda: terms.update(nonce=hex(random.choice((0, 5, (1 << 64) - 1)))),
        lambda: terms.update(gas_limit=hex(random.choice((20_999, 21_000, 52_999, 1 << 24, (1 << 24) + 1, 0x1C9C381)))),
        lambda: terms.update({"gas_price": "0x6"} if "gas_price" in terms else {"max_fee_per_gas": "0x6"}),
        lambda: terms.update({} if "gas_price" in terms else {"max_priority_fee_per_gas": hex(101)}),
        lambda: call.update(value=hex(1 << 101)),
        lambda: call.update(caller=hexed(random.choice((*CODED, DELEGATED)))),
        lambda: call.update(data="0x" + bytes([random.randrange(2)] * random.choice((3_000, 49_153))).hex()),
        lambda: terms.update({"blob_hashes": ["0x02" + "00" * 31]} if "blob_hashes" in terms else {}),
        lambda: terms.update({"blob_hashes": ["0x01" + "00" * 31] * 10} if "blob_hashes" in terms else {}),
        lambda: terms.update({"blob_hashes": []} if "blob_hashes" in terms else {}),
        lambda: terms.update({"max_fee_per_blob_gas": "0x0"} if "blob_hashes" in terms else {}),
        lambda: terms.update({"authorizations": []} if "authorizations" in terms else {}),
    ]  # fmt: skip
    random.choice(changes)()


def random_transactions(seed: int, fork: str) -> dict[str, Any]:
    """A request with one to three transactions of one sender."""
    random = Random(f"transactions {fork} {seed}")
    shaper, state = Shaper(random, fork), random_state(random, fork)
    sender = address_of(KEYS[0])
    state[hexed(sender)] = {"balance": hex(1 << 100), "nonce": "0x0", "code": "0x", "storage": {}}
    if random.random() < 0.3 and FORKS.index(fork) >= FORKS.index("Prague"):
        state[hexed(sender)]["code"] = "0xef0100" + f"{random.choice(CODED):040x}"
    if random.random() < 0.3:
        state[hexed(address_of(KEYS[1]))] = {"balance": "0x1", "nonce": hex(random.randrange(2)), "code": "0x", "storage": {}}
    env = random_environment(random)
    if random.random() < 0.2:
        env["coinbase"] = hexed(random.choice((*CODED, sender, 0x9999)))
    calls: list[dict[str, Any]] = []
    for nonce in range(random.randint(1, 3)):
        create = random.random() < 0.2
        call: dict[str, Any] = {"create": create, "caller": hexed(sender), "origin": hexed(sender)}
        call |= {"value": hex(random.choice((0, 0, 1))), "data": "0x" + random.randbytes(random.randrange(40)).hex()}
        if create:
            code = Writer(random, fork).init_code(0)
            call |= {"code": "0x" + code.hex(), "data": random.choice(("0x", "0x" + bytes(40).hex()))}
        else:
            call["to"] = hexed(random.choice((*CODED, *CODED, *PLAIN, sender, 1, 4, address_of(KEYS[1]), address_of(KEYS[2]))))
        call["transaction"] = shaper.transaction(nonce, create)
        if random.random() < 0.15:
            _spoil(random, call)
        if random.random() < 0.2:
            call["env"] = {"number": "0x99", "base_fee": "0x3"}
        calls.append(call)
    return {"fork": fork, "env": env, "contract": hexed(CODED[0]), "state": state, "calls": calls}
