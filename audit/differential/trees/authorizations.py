"""Authorizations (EIP-7702), most of them signed by the right key for the right nonce."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any, Final

from audit.differential.trees import scene
from audit.differential.trees.secp256k1 import Key, Signature
from zkvm.word import keccak256

_MAGIC: Final = b"\x05"


def _number(value: int) -> bytes:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return data if len(data) == 1 and data[0] < 0x80 else bytes([0x80 + len(data)]) + data


@cache
def signature(key: Key, chain_id: int, address: int, nonce: int) -> Signature:
    """The signature of an authorization."""
    body = _number(chain_id) + b"\x94" + address.to_bytes(20, "big") + _number(nonce)
    return key.sign(keccak256(_MAGIC + bytes([0xC0 + len(body)]) + body))


def authorizations(random: Random, nonces: dict[int, int], sender: Key) -> list[dict[str, Any]]:
    """One to three authorizations; the nonces of those that hold are counted."""
    found = []
    own = 1 if random.random() < 0.9 else 0  # the sender's nonce has moved by then
    for _ in range(random.randrange(1, 4)):
        key = random.choice(scene.SENDERS)
        address = random.choice((*scene.CONTRACTS, 0, scene.NOBODY[0], scene.DELEGATED[0], 4, key.address))
        nonce = nonces[key.address] + (own if key == sender else 0)
        chain_id, bad = random.choice((0, 1)), random.random()
        if bad < 0.1:
            nonce += 1
        elif bad < 0.15:
            chain_id = 2
        signed = signature(key, chain_id, address, nonce)
        if bad >= 0.15 and (own or key != sender):
            nonces[key.address] += 1
        parity = signed.y_parity if random.random() > 0.05 else random.choice((2, 27, 255))
        found.append({
            "chain_id": hex(chain_id), "address": scene.text(address), "nonce": hex(nonce), "y_parity": hex(parity), "r": hex(signed.r),
            "s": hex(signed.s),
        })  # fmt: skip
    return found
