"""What a transaction costs before its frame runs, and at least (ISA 8.10)."""

from __future__ import annotations

from zkvm.host.environment import Environment
from zkvm.host.request import Call
from zkvm.host.transaction import Transaction
from zkvm.isa.rules import BLOB_GAS, RuleSet
from zkvm.machine.memory import words_of


def effective_price(transaction: Transaction, env: Environment) -> int:
    """What a unit of gas costs the sender (EIP-1559)."""
    priority = transaction.max_priority_fee
    return transaction.max_fee if priority is None else min(transaction.max_fee, env.base_fee + priority)


def blob_gas(transaction: Transaction) -> int:
    """Gas of the blobs (EIP-4844)."""
    return BLOB_GAS * len(transaction.own_blobs)


def most_it_may_cost(call: Call, transaction: Transaction) -> int:
    """What the sender must have: gas at the highest price, blobs at theirs, the value."""
    blobs = blob_gas(transaction) * (transaction.max_fee_per_blob_gas or 0)
    return transaction.gas_limit * transaction.max_fee + blobs + call.value


def upfront_cost(transaction: Transaction, env: Environment) -> int:
    """What is taken from the sender before the frame runs; the price of blobs is not given back."""
    return transaction.gas_limit * effective_price(transaction, env) + blob_gas(transaction) * env.blob_base_fee


def intrinsic_gas(call: Call, transaction: Transaction, rules: RuleSet) -> int:
    """Gas charged before the frame runs.

    Source: Yellow Paper 6.2, EIP-2, EIP-2028, EIP-2930, EIP-3860, EIP-7702.
    """
    data = call.code + call.data
    zeros = data.count(0)
    gas = rules.transaction_gas + zeros * rules.zero_byte_gas + (len(data) - zeros) * rules.nonzero_byte_gas
    if call.create:
        gas += rules.create_gas + rules.init_word_gas * words_of(len(data))
    accesses = transaction.own_accesses
    gas += len(accesses) * rules.access_address_gas + sum(len(keys) for _, keys in accesses) * rules.access_key_gas
    return gas + len(transaction.own_authorizations) * rules.authorization_gas


def floor_gas(call: Call, rules: RuleSet) -> int:
    """Gas that a transaction pays at least for its data (EIP-7623); 0 where there is no floor."""
    if not rules.floor_token_gas:
        return 0
    data = call.code + call.data
    zeros = data.count(0)
    return rules.transaction_gas + rules.floor_token_gas * (zeros + 4 * (len(data) - zeros))
