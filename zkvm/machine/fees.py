"""What a transaction costs before its frame runs, and at least (ISA 8.10)."""

from __future__ import annotations

from zkvm.isa.rules import BLOB_GAS, RuleSet
from zkvm.machine.memory import words_of
from zkvm.machine.request import Environment, Transaction
from zkvm.machine.terms import Terms


def effective_price(terms: Terms, env: Environment) -> int:
    """What a unit of gas costs the sender (EIP-1559)."""
    if terms.max_priority_fee is None:
        return terms.max_fee
    return min(terms.max_fee, env.base_fee + terms.max_priority_fee)


def blob_gas(terms: Terms) -> int:
    """Gas of the blobs (EIP-4844)."""
    return BLOB_GAS * len(terms.blob_hashes) if terms.type == 3 else 0


def most_it_may_cost(transaction: Transaction, terms: Terms) -> int:
    """What the sender must have: gas at the highest price, blobs at theirs, the value."""
    return terms.gas_limit * terms.max_fee + blob_gas(terms) * terms.max_fee_per_blob_gas + transaction.value


def upfront_cost(terms: Terms, env: Environment) -> int:
    """What is taken from the sender before the frame runs; the price of blobs is not given back."""
    return terms.gas_limit * effective_price(terms, env) + blob_gas(terms) * env.blob_base_fee


def intrinsic_gas(transaction: Transaction, terms: Terms, rules: RuleSet) -> int:
    """Gas charged before the frame runs.

    Source: Yellow Paper 6.2, EIP-2, EIP-2028, EIP-2930, EIP-3860, EIP-7702.
    """
    data = transaction.code + transaction.data
    zeros = data.count(0)
    gas = rules.transaction_gas + zeros * rules.zero_byte_gas + (len(data) - zeros) * rules.nonzero_byte_gas
    if transaction.create:
        gas += rules.create_gas + rules.init_word_gas * words_of(len(data))
    keys = sum(len(keys) for _, keys in terms.access_list)
    gas += len(terms.access_list) * rules.access_address_gas + keys * rules.access_key_gas
    return gas + len(terms.authorizations) * rules.authorization_gas


def floor_gas(transaction: Transaction, rules: RuleSet) -> int:
    """Gas that a transaction pays at least for its data (EIP-7623); 0 where there is no floor."""
    if not rules.floor_token_gas:
        return 0
    data = transaction.code + transaction.data
    zeros = data.count(0)
    return rules.transaction_gas + rules.floor_token_gas * (zeros + 4 * (len(data) - zeros))
