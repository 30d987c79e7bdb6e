"""Builds a call file entry by entry; what an entry needs to know of the state is asked from the EVM."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import decode, encode

from audit.differential import oracle
from audit.inputs.abi import calldata
from audit.inputs.calls import CALLER_ADDRESS, parse_calls
from audit.inputs.creators import created_address
from audit.inputs.json_reader import Node
from audit.inputs.named import named_subjects
from audit.inputs.request import Subject, build_request
from transpiler.settings import Settings
from transpiler.solc.project import OWN_ROOT
from zkvm.errors import InternalError
from zkvm.host.environment import Environment

FOLDER: Final = OWN_ROOT / "contracts" / "flows"
FOREVER: Final = (1 << 255) - 1
UNIT: Final = 10**18
TOKEN: Final = "../tokens/Token.sol:Token"
TOKEN_TYPES: Final = ("string", "string", "uint256", "uint256")
NOBODY: Final = "0x" + "00" * 20
NOTHING: Final = Subject("none", None, None)


class Flow:
    """A call file under construction. Shape: `name` is the file's; every contract is named, so that it serves whichever is checked."""

    def __init__(self, name: str, fork: str = "Osaka") -> None:
        self.name, self.fork = name, fork
        self.entries: list[dict[str, Any]] = []
        self.state: dict[str, dict[str, Any]] = {}
        self.clock: dict[str, str] = {}
        self._nonces: dict[str, int] = {}
        self._subjects: dict[str, Subject] = {}

    def at(self, blocks: int, seconds: int) -> None:
        """Blocks and time pass before the entries that follow."""
        given = Environment()
        number = int(self.clock.get("number", hex(given.number)), 16) + blocks
        timestamp = int(self.clock.get("timestamp", hex(given.timestamp)), 16) + seconds
        self.clock = {"number": hex(number), "timestamp": hex(timestamp)}

    def create(self, contract: str, types: Iterable[str] = (), *arguments: Any, caller: str = CALLER_ADDRESS) -> str:
        """Create a contract, `File:Name` as seen from the call file or from a folder of packages. Gives its address."""
        nonce = self._nonces.get(caller, 0)
        self._nonces[caller] = nonce + 1
        data = "0x" + encode(list(types), arguments).hex()
        self._add({"create": True, "contract": contract, "caller": caller, "data": data})
        return created_address(caller, nonce)

    def token(self, name: str, symbol: str) -> str:
        """Create a token of ours, of which the default caller has plenty. Gives its address."""
        return self.create(TOKEN, TOKEN_TYPES, name, symbol, 10**9 * UNIT, 10**6 * UNIT)

    def call(
        self, to: str, signature: str, *arguments: Any, caller: str = CALLER_ADDRESS, value: int = 0, gas: int | None = None
    ) -> None:
        """Call a function; an empty signature sends value alone."""
        data = calldata(signature, *arguments) if signature else b""
        entry = {"caller": caller, "to": to, "data": "0x" + data.hex()}
        entry |= {"value": hex(value)} if value else {}
        self._add(entry if gas is None else {**entry, "gas": hex(gas)})

    def _add(self, entry: dict[str, Any]) -> None:
        self.entries.append({**entry, "env": dict(self.clock)} if self.clock else entry)

    def view(self, to: str, signature: str, returns: str, *arguments: Any, caller: str = CALLER_ADDRESS) -> Any:
        """What a function returns after the entries so far."""
        before = list(self.entries)
        self.call(to, signature, *arguments, caller=caller)
        result = oracle.result(self.request()).calls[-1]
        self.entries = before
        if result.status != "success":
            raise InternalError("flow-broken", f"{self.name}: {signature} ends with {result.status} 0x{result.return_data.hex()}")
        found = decode([returns], result.return_data)
        return found[0]

    def document(self) -> dict[str, Any]:
        """The call file."""
        return {"fork": self.fork, **({"state": self.state} if self.state else {}), "calls": self.entries}

    def request(self) -> dict[str, Any]:
        """The request of the entries so far."""
        file = parse_calls(Node(self.document(), str(FOLDER / f"{self.name}.calls.json")))
        for name, subject in named_subjects(file, None, Settings(offline=True), known=self._subjects).items():
            self._subjects[name] = subject
        return build_request(file, NOTHING, self._subjects)

    def check(self) -> dict[str, Any]:
        """The EVM's result; every entry succeeds.

        Raises: InternalError naming the first that does not.
        """
        result = oracle.run(self.request())
        for index, (entry, call) in enumerate(zip(self.entries, result["calls"], strict=True)):
            if call["status"] != "success":
                raise InternalError("flow-broken", f"{self.name}: entry {index} {entry['data'][:10]} ends with {call}")
        return result

    def write(self) -> Path:
        """Write the call file."""
        self.check()
        target = FOLDER / f"{self.name}.calls.json"
        target.write_text(json.dumps(self.document(), indent=1) + "\n")
        return target
