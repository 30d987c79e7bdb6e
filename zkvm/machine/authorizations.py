"""Authorizations: accounts delegate to others (EIP-7702; ISA 8.10)."""

from __future__ import annotations

from typing import Final

from zkvm.host.reading import account_of
from zkvm.host.transaction import Authorization
from zkvm.isa.rules import RuleSet
from zkvm.machine.driver import NONCE_MAX
from zkvm.machine.precompiles.signatures import SECP256K1_ORDER, recover
from zkvm.machine.world import World, delegate_of, designator
from zkvm.rlp import encode, quantity
from zkvm.word import keccak256

_MAGIC: Final = b"\x05"


def authority_of(authorization: Authorization) -> int | None:
    """The account whose key signed; None if the signature is not right, or not in the lower half."""
    if authorization.s > SECP256K1_ORDER // 2:
        return None
    parts = [quantity(authorization.chain_id), bytes.fromhex(authorization.address[2:]), quantity(authorization.nonce)]
    return recover(keccak256(_MAGIC + encode(parts)), authorization.y_parity, authorization.r, authorization.s)


def authorize(authorization: Authorization, chain_id: int, rules: RuleSet, world: World) -> None:
    """Set one delegation, if it holds: an authorization that does not is passed over.

    Shape: what is set stays, also if the frame fails; an authority that existed pays back part of the intrinsic gas.
    """
    if authorization.chain_id not in (0, chain_id) or authorization.nonce == NONCE_MAX:
        return
    authority = authority_of(authorization)
    if authority is None:
        return
    world.warm(authority)
    code = world.code(authority)
    if code and delegate_of(code, rules) is None:
        return
    if world.nonce(authority) != authorization.nonce:
        return
    if world.exists(authority, rules):
        world.add_refund(rules.authorization_refund)
    target = account_of(authorization.address)
    world.put(world.codes, authority, designator(target) if target else b"")
    world.raise_nonce(authority)
