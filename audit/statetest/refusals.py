"""The names that test files have for a refused transaction, and the reasons of ISA 8.10 that they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MALFORMED: Final = "malformed"
"""Of a transaction whose bytes cannot be read: a number has more bits than its field holds. No executor sees it."""

REASONS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(reasons.split())
    for name, reasons in {
        "GASLIMIT_PRICE_PRODUCT_OVERFLOW": "funds",
        "GAS_ALLOWANCE_EXCEEDED": "block-gas-limit",
        "GAS_LIMIT_EXCEEDS_MAXIMUM": "gas-cap",
        "INITCODE_SIZE_EXCEEDED": "init-code-limit",
        "INSUFFICIENT_ACCOUNT_FUNDS": "funds",
        "INSUFFICIENT_MAX_FEE_PER_BLOB_GAS": "blob-fee",
        "INSUFFICIENT_MAX_FEE_PER_GAS": "max-fee-below-base-fee",
        "INTRINSIC_GAS_BELOW_FLOOR_GAS_COST": "floor-gas",
        "INTRINSIC_GAS_TOO_LOW": "intrinsic-gas",
        "NONCE_IS_MAX": "nonce-max",
        "NONCE_MISMATCH_TOO_HIGH": "nonce-too-high",
        "NONCE_MISMATCH_TOO_LOW": "nonce-too-low",
        "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS": "priority-fee-above-max-fee",
        "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2": "priority-fee-above-max-fee",
        "RLP_INVALID_VALUE": MALFORMED,
        "SENDER_NOT_EOA": "sender-has-code",
        "TYPE_1_TX_PRE_FORK": "type-not-supported",
        "TYPE_2_TX_PRE_FORK": "type-not-supported",
        "TYPE_3_TX_BLOB_COUNT_EXCEEDED": "too-many-blobs",
        "TYPE_3_TX_CONTRACT_CREATION": "blob-create",
        "TYPE_3_TX_INVALID_BLOB_VERSIONED_HASH": "blob-version",
        "TYPE_3_TX_MAX_BLOB_GAS_ALLOWANCE_EXCEEDED": "too-many-blobs",
        "TYPE_3_TX_PRE_FORK": "type-not-supported",
        "TYPE_3_TX_ZERO_BLOBS": "no-blobs",
        "TYPE_3_TX_ZERO_BLOBS_PRE_FORK": "type-not-supported no-blobs",
        "TYPE_4_EMPTY_AUTHORIZATION_LIST": "no-authorizations",
        "TYPE_4_TX_CONTRACT_CREATION": "authorization-create",
        "TYPE_4_TX_PRE_FORK": "type-not-supported",
        "TYPE_NOT_SUPPORTED": "type-not-supported",
    }.items()
}
"""Source: execution-specs, `TransactionException`."""


def misjudged(exception: str, reason: str) -> str | None:
    """What is wrong with a reason where a test names an exception (or several, joined by `|`), or None."""
    names = [name.strip().removeprefix("TransactionException.") for name in exception.split("|")]
    if unknown := [name for name in names if name not in REASONS]:
        return f"it must be refused for {unknown[0]}, which is not known here"
    if any(reason in REASONS[name] for name in names):
        return None
    return f"it must be refused for {exception}, and is refused for {reason}"
