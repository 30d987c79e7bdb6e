"""The GeneralStateTests format: a transaction on a state, its state root and its logs by rule set.

Source: execution-specs, the format `state_test`; the files of ethereum/tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from audit.statetest.fields import address_text, block_hashes, read_bytes, read_state, state_entries
from audit.statetest.vectors import Indexes, Transacts, Vector
from zkvm.isa.rules import RuleSet, rules_of
from zkvm.isa.table import FORKS

NAMES: Final[Mapping[str, str]] = {
    "ConstantinopleFix": "Petersburg",
    "EIP150": "TangerineWhistle",
    "EIP158": "SpuriousDragon",
    "Merge": "Paris",
}
"""Rule sets that the files name otherwise."""
BASE_FEE: Final = 10
"""Where the rule set has a base fee and the file states none."""


_PARIS: Final = FORKS.index("Paris")
_CANCUN: Final = FORKS.index("Cancun")


def parse(file: str, name: str, test: dict[str, Any]) -> list[Vector]:
    """A vector for each entry of each rule set.

    Raises: KeyError, IndexError, TypeError, ValueError or AttributeError for what is not of the format; InputError for a rule set that
    does not exist.
    """
    state = state_entries(read_state(test["pre"]))
    found = []
    for fork_name, entries in test["post"].items():
        fork = NAMES.get(fork_name, fork_name)
        env = environment(test["env"], rules_of(fork))
        for entry in entries:
            indexes = Indexes(**entry["indexes"])
            fields = Fields(test["transaction"], indexes)
            call = _call(fields)
            request = {"fork": fork, "env": env, "contract": call.get("to", call["caller"]), "state": state, "calls": [call]}
            expected = Transacts(
                read_bytes(entry["hash"]), read_bytes(entry["logs"]), entry.get("expectException"), fields.malformed
            )
            found.append(Vector(file, name, fork, request, expected, indexes))
    return found


def environment(env: Mapping[str, Any], rules: RuleSet) -> dict[str, Any]:
    """The request's environment (ISA 6.2)."""

    def quantity(key: str, default: int = 0) -> int:
        return int(env[key], 16) if key in env else default

    number = quantity("currentNumber")
    difficulty = quantity("currentDifficulty")
    merged = rules.index >= _PARIS
    hashes = block_hashes(number)
    hashes |= {hex(int(block, 0)): f"{int(word, 16):#066x}" for block, word in dict(env.get("blockHashes", {})).items()}
    return {
        "number": hex(number),
        "timestamp": hex(int(env["currentTimestamp"], 16)),
        "coinbase": address_text(int(env["currentCoinbase"], 16)),
        "prevrandao": hex(quantity("currentRandom", difficulty) if merged else 0),
        "difficulty": hex(0 if merged else difficulty),
        "gas_limit": hex(int(env["currentGasLimit"], 16)),
        "chain_id": "0x1",
        "base_fee": hex(quantity("currentBaseFee", BASE_FEE) if rules.base_fee else 0),
        "blob_base_fee": hex(blob_base_fee(quantity("currentExcessBlobGas"), rules) if rules.index >= _CANCUN else 0),
        "gas_price": "0x0",
        "block_hashes": hashes,
        "blob_hashes": [],
    }


def blob_base_fee(excess_blob_gas: int, rules: RuleSet) -> int:
    """The price of blob gas (Source: EIP-4844, `fake_exponential`): e to the power of excess / fraction, in integers."""
    fraction = rules.blob_base_fee_fraction
    total, term, turn = 0, fraction, 1
    while term > 0:
        total += term
        term = term * excess_blob_gas // (fraction * turn)
        turn += 1
    return total // fraction


class Fields:
    """The transaction of an entry, field by field. `malformed` names the first field whose number has more bits than transactions hold."""

    def __init__(self, transaction: Mapping[str, Any], indexes: Indexes) -> None:
        chosen = {"data": indexes.data, "gasLimit": indexes.gas, "value": indexes.value, "accessLists": indexes.data}
        self.members = {
            key: value[chosen[key]] if key in chosen else value for key, value in transaction.items() if key != "secretKey"
        }
        self.malformed: str | None = None

    def __contains__(self, key: str) -> bool:
        return self.members.get(key) is not None

    def __getitem__(self, key: str) -> Any:
        return self.members[key]

    def quantity(self, key: str, bits: int) -> str:
        """A number; 0 where it does not fit, and then `malformed` says so. Shape: the files write long ones as `0x:bigint 0x..`."""
        number = int(self.members[key].removeprefix("0x:bigint "), 16)
        if number >> bits:
            self.malformed = self.malformed or key
            return "0x0"
        return hex(number)


def _call(fields: Fields) -> dict[str, Any]:
    """The entry's transaction as one of a request (ISA 8.1, 8.10)."""
    sender = address_text(int(fields["sender"], 16))
    data = "0x" + read_bytes(fields["data"]).hex()
    call = {"create": False, "caller": sender, "origin": sender, "value": fields.quantity("value", 256), "data": data}
    if fields["to"]:
        call["to"] = address_text(int(fields["to"], 16))
    else:
        call |= {"create": True, "data": "0x", "code": data}
    return {**call, "transaction": _transaction(fields)}


def _transaction(fields: Fields) -> dict[str, Any]:
    out: dict[str, Any] = {"nonce": fields.quantity("nonce", 64), "gas_limit": fields.quantity("gasLimit", 64)}
    if "maxFeePerGas" in fields:
        out["max_fee_per_gas"] = fields.quantity("maxFeePerGas", 256)
        out["max_priority_fee_per_gas"] = fields.quantity("maxPriorityFeePerGas", 256)
    else:
        out["gas_price"] = fields.quantity("gasPrice", 256)
    if "accessLists" in fields:
        out["access_list"] = [_access(entry) for entry in fields["accessLists"]]
    if "blobVersionedHashes" in fields or "maxFeePerBlobGas" in fields:
        out["blob_hashes"] = [f"{int(each, 16):#066x}" for each in fields.members.get("blobVersionedHashes") or ()]
        out["max_fee_per_blob_gas"] = fields.quantity("maxFeePerBlobGas", 256)
    if "authorizationList" in fields:
        out["authorizations"] = [_authorization(entry) for entry in fields["authorizationList"]]
    return out


def _access(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "address": address_text(int(entry["address"], 16)),
        "storage_keys": [hex(int(key, 16)) for key in entry["storageKeys"]],
    }


def _authorization(entry: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {key: hex(int(entry[name], 16)) for key, name in _AUTHORIZATION.items() if name in entry}
    return {"y_parity": hex(int(entry.get("yParity", entry.get("v", "0x0")), 16)), "address": entry["address"].lower(), **numbers}


_AUTHORIZATION: Final[Mapping[str, str]] = {"chain_id": "chainId", "nonce": "nonce", "r": "r", "s": "s"}
