"""What differs between rule sets (Source: the EIPs named)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from zkvm.errors import InputError
from zkvm.isa.table import FORKS

SLOAD_COLD_SURCHARGE: Final[int] = 2000
ACCOUNT_COLD_SURCHARGE: Final[int] = 2500
SELFDESTRUCT_COLD: Final[int] = 2600
NEW_ACCOUNT: Final[int] = 25000
SSTORE_SENTRY: Final[int] = 2300

StorageRules = Literal["plain", "eip1283", "eip2200", "eip2929"]


@dataclass(frozen=True, slots=True)
class Rules:
    """The facts of one rule set that the machine asks for."""

    fork: str
    exp_byte_gas: int
    """EIP-160."""
    storage: StorageRules
    clear_refund: int
    """For clearing a slot; EIP-3529."""
    sentry: bool
    """SSTORE halts with gas left <= 2300; EIP-2200."""
    access: bool
    """Warm and cold; EIP-2929."""
    warm_coinbase: bool
    """EIP-3651."""
    destroy_refund: int
    """EIP-3529."""
    destroy_always: bool
    """SELFDESTRUCT deletes accounts that this call did not create; not from EIP-6780 on."""
    new_account_gas: bool
    """SELFDESTRUCT pays for an account that does not exist; EIP-150."""
    empty_is_absent: bool
    """EIP-161; with it a created account begins with nonce 1."""
    delegation: bool
    """EIP-7702."""
    precompiles: frozenset[int]


def _precompiles(since: dict[str, bool]) -> frozenset[int]:
    last = 17 if since["Prague"] else 10 if since["Cancun"] else 9 if since["Istanbul"] else 8 if since["Byzantium"] else 4
    return frozenset(range(1, last + 1)) | (frozenset({0x100}) if since["Osaka"] else frozenset())


def _storage(fork: str, since: dict[str, bool]) -> StorageRules:
    if since["Berlin"]:
        return "eip2929"
    if since["Istanbul"]:
        return "eip2200"
    return "eip1283" if fork == "Constantinople" else "plain"


@cache
def rules_of(fork: str) -> Rules:
    """The rules of a fork.

    Raises: InputError if there is no such rule set.
    """
    if fork not in FORKS:
        raise InputError("unknown-fork", f"{fork!r} is not a rule set", hint="one of " + ", ".join(FORKS))
    since = {name: FORKS.index(fork) >= index for index, name in enumerate(FORKS)}
    return Rules(
        fork=fork,
        exp_byte_gas=50 if since["SpuriousDragon"] else 10,
        storage=_storage(fork, since),
        clear_refund=4800 if since["London"] else 15000,
        sentry=since["Istanbul"],
        access=since["Berlin"],
        warm_coinbase=since["Shanghai"],
        destroy_refund=0 if since["London"] else 24000,
        destroy_always=not since["Cancun"],
        new_account_gas=since["TangerineWhistle"],
        empty_is_absent=since["SpuriousDragon"],
        delegation=since["Prague"],
        precompiles=_precompiles(since),
    )
