"""Why a rule set refuses a transaction (ISA 8.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zkvm.host.reading import account_of
from zkvm.host.request import Call
from zkvm.host.transaction import Transaction
from zkvm.machine.driver import NONCE_MAX
from zkvm.machine.fees import floor_gas, intrinsic_gas, most_it_may_cost
from zkvm.machine.frame import Context
from zkvm.machine.world import delegate_of

_BLOB_VERSION: Final = 1


def refusal(call: Call, transaction: Transaction, context: Context) -> str | None:
    """The first reason that holds: of type and fees, of blobs and authorizations, of gas, of the sender; None if none does."""
    for reasons in (_fees, _parts, _gas, _sender):
        for reason in reasons(call, transaction, context):
            return reason
    return None


def _fees(_call: Call, transaction: Transaction, context: Context) -> Iterator[str]:
    """EIP-2718, EIP-1559."""
    priority = transaction.max_priority_fee
    if transaction.kind > context.rules.newest_type:
        yield "type-not-supported"
    if priority is not None and priority > transaction.max_fee:
        yield "priority-fee-above-max-fee"
    if context.rules.base_fee and transaction.max_fee < context.env.base_fee:
        yield "max-fee-below-base-fee"


def _parts(call: Call, transaction: Transaction, context: Context) -> Iterator[str]:
    """EIP-4844, EIP-7702."""
    if transaction.kind == 3:
        blobs = transaction.own_blobs
        if (transaction.max_fee_per_blob_gas or 0) < context.env.blob_base_fee:
            yield "blob-fee"
        if not blobs:
            yield "no-blobs"
        if any(blob[0] != _BLOB_VERSION for blob in blobs):
            yield "blob-version"
        if len(blobs) > context.rules.blobs_max:
            yield "too-many-blobs"
        if call.create:
            yield "blob-create"
    if transaction.kind == 4:
        if not transaction.own_authorizations:
            yield "no-authorizations"
        if call.create:
            yield "authorization-create"


def _gas(call: Call, transaction: Transaction, context: Context) -> Iterator[str]:
    """EIP-2681, EIP-7825, EIP-3860, EIP-7623."""
    rules, limit = context.rules, transaction.gas_limit
    if transaction.nonce == NONCE_MAX:
        yield "nonce-max"
    if limit > rules.gas_cap:
        yield "gas-cap"
    if limit > context.env.gas_limit:
        yield "block-gas-limit"
    if call.create and len(call.code) + len(call.data) > rules.init_code_limit_bytes:
        yield "init-code-limit"
    if limit < intrinsic_gas(call, transaction, rules):
        yield "intrinsic-gas"
    if limit < floor_gas(call, rules):
        yield "floor-gas"


def _sender(call: Call, transaction: Transaction, context: Context) -> Iterator[str]:
    """EIP-3607, nonce, funds."""
    world, sender = context.world, account_of(call.caller)
    code, nonce = world.code(sender), world.nonce(sender)
    if code and delegate_of(code, context.rules) is None:
        yield "sender-has-code"
    if transaction.nonce != nonce:
        yield "nonce-too-low" if transaction.nonce < nonce else "nonce-too-high"
    if world.balance(sender) < most_it_may_cost(call, transaction):
        yield "funds"
