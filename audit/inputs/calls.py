"""Call files: what `--calls` names, read and filled up with the defaults of ISA 6."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from audit.inputs.forks import parse_fork
from audit.inputs.json_reader import Node, read_node
from transpiler.settings import DEFAULT_FORK
from zkvm.errors import InputError, Place

CONTRACT_ADDRESS: Final = "0x00000000000000000000000000000000c0de0001"
CALLER_ADDRESS: Final = "0x00000000000000000000000000000000ca110001"
FRAME_GAS: Final = 10_000_000
CALLER_BALANCE: Final = 1 << 128
CONTRACT_WORD: Final = "contract"
MAX_CALLS: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Environment:
    """Block and transaction values (ISA 6.2)."""

    number: int = 0x1312D00
    timestamp: int = 0x65A0BC00
    coinbase: str = "0x00000000000000000000000000000000c01b0001"
    prevrandao: int = 0x2A
    difficulty: int = 0x20000
    gas_limit: int = 0x1C9C380
    chain_id: int = 1
    base_fee: int = 0x3B9ACA00
    blob_base_fee: int = 1
    gas_price: int = 0x3B9ACA00
    block_hashes: tuple[tuple[int, bytes], ...] = ()
    blob_hashes: tuple[bytes, ...] = ()


BITS: Final[dict[str, int]] = {
    "number": 256, "timestamp": 256, "prevrandao": 256, "difficulty": 256,
    "gas_limit": 64, "chain_id": 64, "base_fee": 64, "blob_base_fee": 128, "gas_price": 128,
}  # fmt: skip
"""The widest value of each quantity of the environment."""


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account as a call file states it; None: not stated."""

    balance: int | None = None
    nonce: int | None = None
    code: bytes | None = None
    code_hash: bytes | None = None
    """What the code, stated or the input's, must hash to: verdicts state it."""
    storage: tuple[tuple[int, int], ...] = ()
    """Strictly sorted by key, no zeros."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call, a transaction of its own; for a create `data` holds the encoded arguments."""

    create: bool = False
    caller: str = CALLER_ADDRESS
    origin: str = CALLER_ADDRESS
    to: str = CONTRACT_ADDRESS
    value: int = 0
    data: bytes = b""
    gas: int = FRAME_GAS


@dataclass(frozen=True, slots=True)
class CallFile:
    """A call file with all defaults but those that need the contract's code."""

    calls: tuple[Call, ...]
    fork: str = DEFAULT_FORK
    env: Environment = field(default_factory=Environment)
    contract: str = CONTRACT_ADDRESS
    state: tuple[tuple[str, AccountState], ...] = ()
    """By address, `contract` resolved."""
    place: str = "default calls"

    def account(self, address: str) -> AccountState | None:
        """What the file states about an account, or None."""
        return next((each for known, each in self.state if known == address), None)

    @property
    def creates_first(self) -> bool:
        """Whether the contract is created before anything calls it."""
        first = next((call for call in self.calls if call.to == self.contract), None)
        return first is not None and first.create


def read_calls(path: Path | str, default_fork: str = DEFAULT_FORK, *, stated: bool = False) -> CallFile:
    """The call file at a path; `stated` where a person chose the rule set, which the file may then not contradict.

    Raises: InputError, with a JSON pointer as its place, if it is malformed or states another rule set than a person did.
    """
    root = read_node(path)
    file = parse_calls(root, default_fork)
    if stated and file.fork != default_fork:
        place = Place(f"{root.file}#/fork")
        raise InputError(
            "fork-contradicted", f"the call file is of {file.fork} rules, --fork of {default_fork}", place, "leave one out"
        )
    return file


def parse_calls(root: Node, default_fork: str = DEFAULT_FORK) -> CallFile:
    """The call file that a JSON value states.

    Raises: InputError, with a JSON pointer as its place, if it is malformed.
    """
    members = root.members(("fork", "env", "state", "calls", "contract"))
    fork = default_fork
    if "fork" in members:
        fork = parse_fork(members["fork"].text(), Place(f"{root.file}#/fork"))
    contract = _address(members["contract"], CONTRACT_ADDRESS) if "contract" in members else CONTRACT_ADDRESS
    if "calls" not in members:
        root.fail("there is no member 'calls'", 'write {"calls": [{"data": "0x..."}]}')
    calls = tuple(_call(node, contract) for node in members["calls"].elements())
    if not 0 < len(calls) <= MAX_CALLS:
        members["calls"].fail(f"there are {len(calls)} calls; between 1 and {MAX_CALLS} can be run")
    env = _environment(members["env"]) if "env" in members else Environment()
    state = _state(members["state"], contract) if "state" in members else ()
    return CallFile(calls, fork, env, contract, state, root.file)


def _call(node: Node, contract: str) -> Call:
    members = node.members(("create", "caller", "origin", "to", "value", "data", "gas"))
    caller = _address(members["caller"], contract) if "caller" in members else CALLER_ADDRESS
    return Call(
        create=members["create"].flag() if "create" in members else False,
        caller=caller,
        origin=_address(members["origin"], contract) if "origin" in members else caller,
        to=_address(members["to"], contract) if "to" in members else contract,
        value=members["value"].quantity() if "value" in members else 0,
        data=members["data"].data() if "data" in members else b"",
        gas=members["gas"].quantity(64) if "gas" in members else FRAME_GAS,
    )


def _environment(node: Node) -> Environment:
    members = node.members((*BITS, "coinbase", "block_hashes", "blob_hashes"))
    values: dict[str, Any] = {name: member.quantity(BITS[name]) for name, member in members.items() if name in BITS}
    given = Environment()
    hashes: dict[int, bytes] = {}
    if "block_hashes" in members:
        for key, member in members["block_hashes"].items():
            number = Node(key, member.file, member.pointer).quantity()
            if number in hashes:
                member.fail("this block has a hash already")
            hashes[number] = member.data(32)
    blobs = tuple(each.data(32) for each in members["blob_hashes"].elements()) if "blob_hashes" in members else ()
    coinbase = _plain_address(members["coinbase"]) if "coinbase" in members else given.coinbase
    return replace(given, coinbase=coinbase, block_hashes=tuple(sorted(hashes.items())), blob_hashes=blobs, **values)


def _state(node: Node, contract: str) -> tuple[tuple[str, AccountState], ...]:
    accounts: dict[str, AccountState] = {}
    for key, member in node.items():
        address = _address(Node(key, member.file, member.pointer), contract)
        if address in accounts:
            member.fail("this account is stated twice")
        accounts[address] = _account(member)
    return tuple(sorted(accounts.items()))


def _account(node: Node) -> AccountState:
    members = node.members(("balance", "nonce", "code", "code_hash", "storage"))
    slots: dict[int, int] = {}
    if "storage" in members:
        for key, member in members["storage"].items():
            slot = Node(key, member.file, member.pointer).quantity()
            if slot in slots:
                member.fail("this slot is stated twice")
            slots[slot] = member.quantity()
    return AccountState(
        balance=members["balance"].quantity() if "balance" in members else None,
        nonce=members["nonce"].quantity(64) if "nonce" in members else None,
        code=members["code"].data() if "code" in members else None,
        code_hash=members["code_hash"].data(32) if "code_hash" in members else None,
        storage=tuple(sorted((slot, value) for slot, value in slots.items() if value)),
    )


def _address(node: Node, contract: str) -> str:
    return contract if node.value == CONTRACT_WORD else _plain_address(node)


def _plain_address(node: Node) -> str:
    return "0x" + node.data(20).hex()
