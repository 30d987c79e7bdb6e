"""Runs one frame in the execution-specs (PyPI `ethereum-execution`), every rule set of which is a package of its own.

Source: ethereum.forks.*.vm.interpreter. The package is optional: without it the tests that need it are skipped.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, Final

PACKAGES: Final[dict[str, str]] = {
    "Frontier": "frontier",
    "Homestead": "homestead",
    "TangerineWhistle": "tangerine_whistle",
    "SpuriousDragon": "spurious_dragon",
    "Byzantium": "byzantium",
    "Petersburg": "constantinople",
    "Istanbul": "istanbul",
    "Berlin": "berlin",
    "London": "london",
    "Paris": "paris",
    "Shanghai": "shanghai",
    "Cancun": "cancun",
    "Prague": "prague",
    "Osaka": "osaka",
}
"""Its `constantinople` is what ISA calls Petersburg."""


@contextmanager
def recursion_limit_kept(room: int | None = None) -> Iterator[None]:
    """The package raises Python's recursion limit to 12,288 when it is imported; `room` is what its frames need to run.

    Left there, deep JSON in another test of the same process would overflow the C stack in place of a RecursionError.
    """
    limit = sys.getrecursionlimit()
    if room is not None:
        sys.setrecursionlimit(max(limit, room))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def available() -> bool:
    """Whether the package is installed."""
    with recursion_limit_kept():
        return importlib.util.find_spec("ethereum") is not None and importlib.util.find_spec("ethereum.forks") is not None


def _module(fork: str, name: str) -> Any:
    with recursion_limit_kept():
        return importlib.import_module(f"ethereum.forks.{PACKAGES[fork]}.{name}")


class Frame:
    """One request with one call, in the execution-specs' own values."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.fork: str = request["fork"]
        self.request = request
        self.call = request["calls"][0]
        self.env = request["env"]
        self.numeric = importlib.import_module("ethereum_types.numeric")
        self.address = _module(self.fork, "fork_types").Address
        self.storage = _module(self.fork, "state")
        self.state = self._state()

    def module(self, name: str) -> Any:
        """A module of the rule set's package."""
        return _module(self.fork, name)

    def _address(self, text: str) -> Any:
        return self.address(bytes.fromhex(text[2:]))

    def _word(self, number: int) -> Any:
        return importlib.import_module("ethereum_types.bytes").Bytes32(number.to_bytes(32, "big"))

    def _state(self) -> Any:
        state = self.storage.State()
        account_type = _module(self.fork, "fork_types").Account
        for address, entry in self.request["state"].items():
            account = account_type(
                nonce=self.numeric.Uint(int(entry["nonce"], 16)),
                balance=self.numeric.U256(int(entry["balance"], 16)),
                code=bytes.fromhex(entry["code"][2:]),
            )
            self.storage.set_account(state, self._address(address), account)
            for key, word in entry["storage"].items():
                self.storage.set_storage(
                    state, self._address(address), self._word(int(key, 16)), self.numeric.U256(int(word, 16))
                )
        return state

    def _block(self) -> Any:
        env, numeric = self.env, self.numeric
        number = int(env["number"], 16)
        hashes = [
            self._word(int(env["block_hashes"].get(hex(block), "0x0"), 16)) for block in range(max(0, number - 256), number)
        ]
        return self._make(
            _module(self.fork, "vm").BlockEnvironment,
            chain_id=numeric.U64(int(env["chain_id"], 16)),
            state=self.state,
            block_gas_limit=numeric.Uint(int(env["gas_limit"], 16)),
            block_hashes=hashes,
            coinbase=self._address(env["coinbase"]),
            number=numeric.Uint(number),
            base_fee_per_gas=numeric.Uint(int(env["base_fee"], 16)),
            time=numeric.U256(int(env["timestamp"], 16)),
            prev_randao=self._word(int(env["prevrandao"], 16)),
            difficulty=numeric.Uint(int(env["difficulty"], 16)),
            excess_blob_gas=numeric.U64(0),
            parent_beacon_block_root=self._word(0),
        )

    def _transaction(self) -> Any:
        transient = getattr(self.storage, "TransientStorage", None)
        return self._make(
            _module(self.fork, "vm").TransactionEnvironment,
            origin=self._address(self.call["origin"]),
            gas_price=self.numeric.Uint(int(self.env["gas_price"], 16)),
            gas=self.numeric.Uint(int(self.call["gas"], 16)),
            access_list_addresses=set(),
            access_list_storage_keys=set(),
            transient_storage=transient() if transient else None,
            blob_versioned_hashes=tuple(self._word(int(text, 16)) for text in self.env["blob_hashes"]),
            authorizations=(),
            index_in_block=self.numeric.Uint(0),
            tx_hash=None,
        )

    def _make(self, kind: Any, **values: Any) -> Any:
        return kind(**{field.name: values[field.name] for field in fields(kind)})

    def run(self) -> dict[str, Any]:
        """The result in the parts of ISA 8.2 that both sides have."""
        call = self.call
        target = self._address(call["to"])
        warm = {
            self._address(call["caller"]),
            target,
            *_module(self.fork, "vm.precompiled_contracts.mapping").PRE_COMPILED_CONTRACTS,
        }
        if self.fork in ("Shanghai", "Cancun", "Prague", "Osaka"):
            warm.add(self._address(self.env["coinbase"]))
        message = self._make(
            _module(self.fork, "vm").Message,
            block_env=self._block(),
            tx_env=self._transaction(),
            caller=self._address(call["caller"]),
            target=target,
            current_target=target,
            gas=self.numeric.Uint(int(call["gas"], 16)),
            value=self.numeric.U256(int(call["value"], 16)),
            data=bytes.fromhex(call["data"][2:]),
            code_address=target,
            code=bytes(self.storage.get_account(self.state, target).code),
            depth=self.numeric.Uint(0),
            should_transfer_value=True,
            is_static=False,
            accessed_addresses=warm,
            accessed_storage_keys=set(),
            disable_precompiles=False,
            parent_evm=None,
        )
        evm = _module(self.fork, "vm.interpreter").process_message(message)
        status = "success" if not evm.error else "revert" if type(evm.error).__name__ == "Revert" else "halt"
        good = status == "success"
        deleted = sorted(evm.accounts_to_delete) if good else []
        for address in deleted:
            self.storage.destroy_account(self.state, address)
        return {
            "status": status,
            "return_data": "0x" + bytes(evm.output).hex(),
            "gas_left": hex(int(evm.gas_left)),
            "refund": hex(int(evm.refund_counter)) if good else "0x0",
            "logs": [self._log(log) for log in evm.logs] if good else [],
            "destroyed": ["0x" + bytes(address).hex() for address in deleted],
            "state": self._after(),
        }

    def _log(self, log: Any) -> dict[str, Any]:
        topics = ["0x" + bytes(topic).hex() for topic in log.topics]
        return {"address": "0x" + bytes(log.address).hex(), "topics": topics, "data": "0x" + bytes(log.data).hex()}

    def _after(self) -> dict[str, Any]:
        after: dict[str, Any] = {}
        for address, account in self.state._main_trie._data.items():
            trie = self.state._storage_tries.get(address)
            slots = {} if trie is None else {hex(int.from_bytes(key, "big")): hex(int(word)) for key, word in trie._data.items()}
            after["0x" + bytes(address).hex()] = {
                "balance": hex(int(account.balance)),
                "nonce": hex(int(account.nonce)),
                "code": "0x" + bytes(account.code).hex(),
                "storage": slots,
            }
        return nonempty(after)


def nonempty(state: dict[str, Any]) -> dict[str, Any]:
    """A state without accounts that hold nothing, and without what only ISA 8.2 says of the others."""
    nothing = {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}
    plain = {address: {name: entry[name] for name in nothing} for address, entry in sorted(state.items())}
    return {address: entry for address, entry in plain.items() if entry != nothing}
