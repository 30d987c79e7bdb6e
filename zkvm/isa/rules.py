"""Rule sets and precompiles: every fact that changes between forks, once. The Rust constants are generated from it.

A fact is a row of `FACTS`: name, first value, and the changes as (rule set, new value). `RuleSet` is the view of one fork; an overlay
(`dataclasses.replace`) makes the rules of a chain that differs. Prices of single opcodes stand in `transpiler/evm/opcodes.py`.
Source: Yellow Paper appendix G; the EIPs named in the rows; execution-specs `vm/gas.py` and `fork.py` of each fork.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from zkvm.errors import InputError
from zkvm.isa.table import FORKS

SSTORE_PLAIN: Final = 0
SSTORE_EIP1283: Final = 1
SSTORE_EIP2200: Final = 2
SSTORE_EIP2929: Final = 3
NO_LIMIT: Final = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The facts of one rule set. Units: gas unless the name says bytes. `NO_LIMIT` where there is no limit."""

    index: int
    """Into FORKS."""
    exp_byte_gas: int
    sstore: int
    """One of SSTORE_*."""
    sstore_sentry: int
    """SSTORE halts with gas left at or below it; -1: never."""
    clear_refund: int
    destruct_refund: int
    cold_slot: int
    """Surcharge over the warm price."""
    cold_account: int
    """Surcharge over the warm price."""
    cold_beneficiary: int
    """Of SELFDESTRUCT, whose static price holds no warm price."""
    warm_account: int
    """Price of a delegation's target that is warm."""
    destruct_new_account: int
    """SELFDESTRUCT to an account that does not exist (from SpuriousDragon: that is empty, with a balance that is not 0)."""
    destruct_created_only: bool
    call_all_but_64th: bool
    """A call gives at most all but one 64th; before, what is asked must be there."""
    empty_is_absent: bool
    """EIP-161: an empty account does not exist, and touching one deletes it; a created account begins with nonce 1."""
    code_limit_bytes: int
    init_code_limit_bytes: int
    init_word_gas: int
    deposit_must_be_paid: bool
    """Else a create that cannot pay for its code succeeds with empty code."""
    reject_ef_code: bool
    warm_coinbase: bool
    delegation: bool
    transaction_gas: int
    create_gas: int
    """Intrinsic, over transaction_gas."""
    zero_byte_gas: int
    nonzero_byte_gas: int
    floor_token_gas: int
    """EIP-7623: price of a token of call data at least; 0: no floor."""
    access_address_gas: int
    access_key_gas: int
    authorization_gas: int
    """Intrinsic, for each authorization."""
    authorization_refund: int
    """Of it, where the authority existed."""
    refund_quotient: int
    """At most gas used divided by it is refunded."""
    newest_type: int
    """Newest type of a transaction (EIP-2718): 0 legacy, 1 access list, 2 fee market, 3 blobs, 4 authorizations."""
    base_fee: bool
    """EIP-1559: the base fee is burnt, a price below it is refused."""
    gas_cap: int
    """EIP-7825: most gas of a transaction."""
    blobs_max: int
    blob_base_fee_fraction: int
    """EIP-4844's BLOB_BASE_FEE_UPDATE_FRACTION."""


CALL_VALUE_GAS: Final = 9000
CALL_STIPEND: Final = 2300
CALL_NEW_ACCOUNT_GAS: Final = 25000
CODE_BYTE_GAS: Final = 200
HASH_WORD_GAS: Final = 6
COPY_WORD_GAS: Final = 3
LOG_BYTE_GAS: Final = 8
CALL_DEPTH: Final = 1024
BLOB_GAS: Final = 1 << 17

_Change = tuple[str, int]
_SSTORE: Final[tuple[_Change, ...]] = (
    ("Constantinople", SSTORE_EIP1283),
    ("Petersburg", SSTORE_PLAIN),
    ("Istanbul", SSTORE_EIP2200),
    ("Berlin", SSTORE_EIP2929),
)
# fmt: off
FACTS: Final[tuple[tuple[str, int, tuple[_Change, ...], str], ...]] = (
    # fact, value in Frontier, changes, source
    ("exp_byte_gas", 10, (("SpuriousDragon", 50),), "EIP-160"),
    ("sstore", SSTORE_PLAIN, _SSTORE, "EIP-1283, 1716, 2200, 2929"),
    ("sstore_sentry", -1, (("Istanbul", 2300),), "EIP-2200"),
    ("clear_refund", 15000, (("London", 4800),), "EIP-3529"),
    ("destruct_refund", 24000, (("London", 0),), "EIP-3529"),
    ("cold_slot", 0, (("Berlin", 2000),), "EIP-2929"),
    ("cold_account", 0, (("Berlin", 2500),), "EIP-2929"),
    ("cold_beneficiary", 0, (("Berlin", 2600),), "EIP-2929"),
    ("warm_account", 0, (("Berlin", 100),), "EIP-2929, 7702"),
    ("destruct_new_account", 0, (("TangerineWhistle", 25000),), "EIP-150, 161"),
    ("destruct_created_only", 0, (("Cancun", 1),), "EIP-6780"),
    ("call_all_but_64th", 0, (("TangerineWhistle", 1),), "EIP-150"),
    ("empty_is_absent", 0, (("SpuriousDragon", 1),), "EIP-161"),
    ("code_limit_bytes", NO_LIMIT, (("SpuriousDragon", 24576),), "EIP-170"),
    ("init_code_limit_bytes", NO_LIMIT, (("Shanghai", 49152),), "EIP-3860"),
    ("init_word_gas", 0, (("Shanghai", 2),), "EIP-3860"),
    ("deposit_must_be_paid", 0, (("Homestead", 1),), "EIP-2"),
    ("reject_ef_code", 0, (("London", 1),), "EIP-3541"),
    ("warm_coinbase", 0, (("Shanghai", 1),), "EIP-3651"),
    ("delegation", 0, (("Prague", 1),), "EIP-7702"),
    ("transaction_gas", 21000, (), "Yellow Paper"),
    ("create_gas", 0, (("Homestead", 32000),), "EIP-2"),
    ("zero_byte_gas", 4, (), "Yellow Paper"),
    ("nonzero_byte_gas", 68, (("Istanbul", 16),), "EIP-2028"),
    ("floor_token_gas", 0, (("Prague", 10),), "EIP-7623"),
    ("access_address_gas", 2400, (), "EIP-2930"),
    ("access_key_gas", 1900, (), "EIP-2930"),
    ("authorization_gas", 25000, (), "EIP-7702"),
    ("authorization_refund", 12500, (), "EIP-7702"),
    ("refund_quotient", 2, (("London", 5),), "EIP-3529"),
    ("newest_type", 0, (("Berlin", 1), ("London", 2), ("Cancun", 3), ("Prague", 4)), "EIP-2930, 1559, 4844, 7702"),
    ("base_fee", 0, (("London", 1),), "EIP-1559"),
    ("gas_cap", NO_LIMIT, (("Osaka", 1 << 24),), "EIP-7825"),
    ("blobs_max", 0, (("Cancun", 6), ("Prague", 9), ("Osaka", 6)), "EIP-4844, 7691, 7594"),
    ("blob_base_fee_fraction", 3338477, (("Prague", 5007716),), "EIP-4844, 7691"),
)

PRECOMPILES: Final[tuple[tuple[int, str, str, str], ...]] = (
    # address, name, since, source
    (0x01, "ECRECOVER", "Frontier", "Yellow Paper appendix E"),
    (0x02, "SHA256", "Frontier", "Yellow Paper appendix E"),
    (0x03, "RIPEMD160", "Frontier", "Yellow Paper appendix E"),
    (0x04, "IDENTITY", "Frontier", "Yellow Paper appendix E"),
    (0x05, "MODEXP", "Byzantium", "EIP-198, 2565 (Berlin), 7823 and 7883 (Osaka)"),
    (0x06, "BN254_ADD", "Byzantium", "EIP-196, 1108 (Istanbul)"),
    (0x07, "BN254_MUL", "Byzantium", "EIP-196, 1108 (Istanbul)"),
    (0x08, "BN254_PAIRING", "Byzantium", "EIP-197, 1108 (Istanbul)"),
    (0x09, "BLAKE2F", "Istanbul", "EIP-152"),
    (0x0A, "POINT_EVALUATION", "Cancun", "EIP-4844"),
    (0x0B, "BLS12_G1ADD", "Prague", "EIP-2537"),
    (0x0C, "BLS12_G1MSM", "Prague", "EIP-2537"),
    (0x0D, "BLS12_G2ADD", "Prague", "EIP-2537"),
    (0x0E, "BLS12_G2MSM", "Prague", "EIP-2537"),
    (0x0F, "BLS12_PAIRING_CHECK", "Prague", "EIP-2537"),
    (0x10, "BLS12_MAP_FP_TO_G1", "Prague", "EIP-2537"),
    (0x11, "BLS12_MAP_FP2_TO_G2", "Prague", "EIP-2537"),
    (0x100, "P256VERIFY", "Osaka", "EIP-7951"),
)
# fmt: on


@cache
def rules_of(fork: str) -> RuleSet:
    """The rules of a fork.

    Raises: InputError if there is no such rule set.
    """
    if fork not in FORKS:
        raise InputError("unknown-fork", f"{fork!r} is not a rule set", hint="one of " + ", ".join(FORKS))
    index = FORKS.index(fork)
    values: dict[str, Any] = {name: _under(first, changes, index) for name, first, changes, _ in FACTS}
    return RuleSet(index=index, **{name: bool(value) if name in FLAGS else value for name, value in values.items()})


def _under(first: int, changes: tuple[_Change, ...], index: int) -> int:
    return [first, *(value for fork, value in changes if FORKS.index(fork) <= index)][-1]


FLAGS: Final[frozenset[str]] = frozenset(name for name, kind in RuleSet.__annotations__.items() if kind == "bool")
"""Facts that are true or false."""


@cache
def precompiles_of(index: int) -> frozenset[int]:
    """Addresses of the precompiles under the rule set with an index."""
    return frozenset(address for address, _, since, _ in PRECOMPILES if FORKS.index(since) <= index)
