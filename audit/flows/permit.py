"""Approvals by signature (EIP-2612)."""

from __future__ import annotations

from audit.differential.keys import Key
from audit.flows.builder import FOREVER, Flow
from audit.inputs.abi import calldata
from zkvm.word import keccak256


def permit(flow: Flow, token: str, holder: Key, spender: str, value: int) -> None:
    """The holder's first signed approval of a token; anyone may bring it."""
    domain = flow.view(token, "DOMAIN_SEPARATOR()", "bytes32")
    kind = keccak256(b"Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)")
    fields = (holder.address, spender, value, 0, FOREVER)
    body = kind + calldata("f(address,address,uint256,uint256,uint256)", *fields)[4:]
    parity, r, s = holder.sign(keccak256(b"\x19\x01" + domain + keccak256(body)))
    signature = "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"
    words = (r.to_bytes(32, "big"), s.to_bytes(32, "big"))
    flow.call(token, signature, holder.address, spender, value, FOREVER, 27 + parity, *words)
