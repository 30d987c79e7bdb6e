"""Runs whole transactions in the execution-specs: `process_transaction` of each rule set, on a state (ISA 8.10).

Shape: the sender is told, not recovered: requests hold no signature of the transaction. Authorizations are signed.
"""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from dataclasses import fields
from typing import Any, Final
from unittest.mock import patch

from . import execution_specs
from .execution_specs import Frame, recursion_limit_kept

_CLASSES: Final = (
    "LegacyTransaction", "AccessListTransaction", "FeeMarketTransaction", "BlobTransaction", "SetCodeTransaction",
)  # fmt: skip
_ROOM: Final = 20_000
"""Levels of recursion for 1025 frames."""


class Transactions(Frame):
    """A request of transactions, in the execution-specs' own values, run one after the other on one state."""

    def results(self) -> list[dict[str, Any]]:
        """Each transaction's result in the parts of ISA 8.2 that both sides have, with the state after it."""
        base = self.request["env"]
        found = []
        for call in self.request["calls"]:
            self.call, self.env = call, {**base, **call.get("env", {})}
            found.append({**self._outcome(), "state": self._after()})
        return found

    def _outcome(self) -> dict[str, Any]:
        fork = self.module("fork")
        block, output = self._block(), self.module("vm").BlockOutput()
        caught: list[Any] = []
        genuine = fork.process_message_call

        def catching(message: Any) -> Any:
            caught.append(genuine(message))
            return caught[-1]

        with recursion_limit_kept(_ROOM), self._told_sender(fork), patch.object(fork, "process_message_call", catching):
            try:
                fork.process_transaction(block, output, self._signed(), self.numeric.Uint(0))
            except (importlib.import_module("ethereum.exceptions").EthereumException, _Unknown):
                return {"status": "refused"}
        (ended,) = caught
        good = ended.error is None
        limit = int(self.call["transaction"]["gas_limit"], 16)
        deleted = ended.accounts_to_delete if good else ()
        return {
            "status": "success" if good else "revert" if type(ended.error).__name__ == "Revert" else "halt",
            "gas_left": hex(limit - int(output.block_gas_used)),
            "refund": hex(int(ended.refund_counter)),
            "logs": [self._log(log) for log in ended.logs],
            "destroyed": sorted("0x" + bytes(address).hex() for address in deleted),
        }

    def _told_sender(self, fork: Any) -> AbstractContextManager[Any]:
        sender = self._address(self.call["caller"])
        return patch.object(fork, "recover_sender", lambda *_: sender)

    def _signed(self) -> Any:
        """The transaction in the specs' class of its type."""
        call, terms, numeric = self.call, self.call["transaction"], self.numeric
        module = self.module("transactions")
        zero = numeric.U256(0)
        data = bytes.fromhex((call.get("code", "0x") if call["create"] else "0x")[2:] + call["data"][2:])
        to = b"" if call["create"] else bytes.fromhex(call["to"][2:])
        values = {name: int(text, 16) for name, text in terms.items() if isinstance(text, str)}
        made = {
            "to": importlib.import_module("ethereum_types.bytes").Bytes0(to) if call["create"] else self.address(to),
            "gas": values["gas_limit"],
            "value": int(call["value"], 16),
            "chain_id": int(self.env["chain_id"], 16),
            "data": data,
            "access_list": tuple(self._access(module, each) for each in terms.get("access_list", [])),
            "blob_versioned_hashes": tuple(self._word(int(each, 16)) for each in terms.get("blob_hashes", [])),
            "authorizations": tuple(self._authorization(each) for each in terms.get("authorizations", [])),
            **dict.fromkeys(("v", "r", "s", "y_parity"), zero),
            **values,
        }
        name = _CLASSES[self._type()]
        kind = getattr(module, name, None) or (module.Transaction if name == "LegacyTransaction" else None)
        if kind is None:
            raise _Unknown
        return kind(**{field.name: self._typed(field.type, made[field.name]) for field in fields(kind)})

    def _typed(self, kind: Any, value: Any) -> Any:
        return kind(value) if type(value) is int else value

    def _type(self) -> int:
        terms = self.call["transaction"]
        asked = [("authorizations", 4), ("blob_hashes", 3), ("max_fee_per_gas", 2), ("access_list", 1)]
        return next((kind for member, kind in asked if member in terms), 0)

    def _access(self, module: Any, entry: dict[str, Any]) -> Any:
        keys = tuple(self._word(int(key, 16)) for key in entry["storage_keys"])
        address = self._address(entry["address"])
        kind = getattr(module, "Access", None)
        return (address, keys) if kind is None else kind(account=address, slots=keys)

    def _authorization(self, entry: dict[str, str]) -> Any:
        kind = self.module("fork_types").Authorization
        values = {name: int(text, 16) for name, text in entry.items() if name != "address"}
        typed = {field.name: self._typed(field.type, values[field.name]) for field in fields(kind) if field.name != "address"}
        return kind(address=self._address(entry["address"]), **typed)


class _Unknown(Exception):
    """A type of transaction that the rule set does not have."""


available = execution_specs.available
