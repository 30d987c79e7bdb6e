"""Why a rule set refuses a transaction (ISA 8.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zkvm.isa.rules import RuleSet
from zkvm.machine.driver import NONCE_MAX
from zkvm.machine.fees import floor_gas, intrinsic_gas, most_it_may_cost
from zkvm.machine.request import Transaction
from zkvm.machine.terms import Terms
from zkvm.machine.world import World, delegate_of

_BLOB_VERSION: Final = 1


def refusal(transaction: Transaction, terms: Terms, rules: RuleSet, world: World) -> str | None:
    """The first reason that holds: of type and fees, of blobs and authorizations, of gas, of the sender; None if none does."""
    reasons = (*_fees(transaction, terms, rules), *_parts(transaction, terms, rules), *_gas(transaction, terms, rules))
    return next(iter(reasons), None) or next(_sender(transaction, terms, rules, world), None)


def _fees(transaction: Transaction, terms: Terms, rules: RuleSet) -> Iterator[str]:
    """EIP-2718, EIP-1559."""
    if terms.type > rules.newest_type:
        yield "type-not-supported"
    if terms.max_priority_fee is not None and terms.max_priority_fee > terms.max_fee:
        yield "priority-fee-above-max-fee"
    if rules.base_fee and terms.max_fee < transaction.env.base_fee:
        yield "max-fee-below-base-fee"


def _parts(transaction: Transaction, terms: Terms, rules: RuleSet) -> Iterator[str]:
    """EIP-4844, EIP-7702."""
    if terms.type == 3:
        if terms.max_fee_per_blob_gas < transaction.env.blob_base_fee:
            yield "blob-fee"
        if not terms.blob_hashes:
            yield "no-blobs"
        if any(blob >> 248 != _BLOB_VERSION for blob in terms.blob_hashes):
            yield "blob-version"
        if len(terms.blob_hashes) > rules.blobs_max:
            yield "too-many-blobs"
        if transaction.create:
            yield "blob-create"
    if terms.type == 4:
        if not terms.authorizations:
            yield "no-authorizations"
        if transaction.create:
            yield "authorization-create"


def _gas(transaction: Transaction, terms: Terms, rules: RuleSet) -> Iterator[str]:
    """EIP-2681, EIP-7825, EIP-3860, EIP-7623."""
    if terms.nonce == NONCE_MAX:
        yield "nonce-max"
    if terms.gas_limit > rules.gas_cap:
        yield "gas-cap"
    if terms.gas_limit > transaction.env.gas_limit:
        yield "block-gas-limit"
    if transaction.create and len(transaction.code) + len(transaction.data) > rules.init_code_limit_bytes:
        yield "init-code-limit"
    if terms.gas_limit < intrinsic_gas(transaction, terms, rules):
        yield "intrinsic-gas"
    if terms.gas_limit < floor_gas(transaction, rules):
        yield "floor-gas"


def _sender(transaction: Transaction, terms: Terms, rules: RuleSet, world: World) -> Iterator[str]:
    """EIP-3607, nonce, funds."""
    sender = transaction.caller
    code, nonce = world.code(sender), world.nonce(sender)
    if code and delegate_of(code, rules) is None:
        yield "sender-has-code"
    if terms.nonce != nonce:
        yield "nonce-too-low" if terms.nonce < nonce else "nonce-too-high"
    if world.balance(sender) < most_it_may_cost(transaction, terms):
        yield "funds"
