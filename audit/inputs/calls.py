"""Call files: what `--calls` names, read and filled up with the defaults of ISA 6."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from audit.inputs.creators import Creators, created_address
from audit.inputs.forks import parse_fork
from audit.inputs.json_reader import Node, read_node
from audit.inputs.transactions import parse_transaction
from transpiler.settings import DEFAULT_FORK
from zkvm.errors import InputError, Place
from zkvm.host.environment import BITS, Environment
from zkvm.host.transaction import Transaction

CONTRACT_ADDRESS: Final = "0x00000000000000000000000000000000c0de0001"
CALLER_ADDRESS: Final = "0x00000000000000000000000000000000ca110001"
FRAME_GAS: Final = 10_000_000
CALLER_BALANCE: Final = 1 << 128
CONTRACT_WORD: Final = "contract"
MAX_CALLS: Final = 1 << 16
CALL_MEMBERS: Final = ("create", "caller", "origin", "to", "value", "data", "gas", "contract", "env", "transaction")


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
    """One entry, a transaction of its own; for a create `data` holds the encoded arguments.

    Shape: `contract` names whose creation code a create runs, None for the input's; `env` holds members of `Environment` that differ
    for this entry alone; with a `transaction` its gas limit counts, and `gas` nothing.
    """

    create: bool = False
    caller: str = CALLER_ADDRESS
    origin: str = CALLER_ADDRESS
    to: str = CONTRACT_ADDRESS
    value: int = 0
    data: bytes = b""
    gas: int = FRAME_GAS
    contract: str | None = None
    env: tuple[tuple[str, Any], ...] = ()
    transaction: Transaction | None = None
    place: str = ""


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
    def named(self) -> tuple[str, ...]:
        """The contracts of other inputs that creates name, each once."""
        return tuple(dict.fromkeys(call.contract for call in self.calls if call.contract is not None))

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
    if "calls" not in members:
        root.fail("there is no member 'calls'", 'write {"calls": [{"data": "0x..."}]}')
    entries = [node.members(CALL_MEMBERS) for node in members["calls"].elements()]
    if not 0 < len(entries) <= MAX_CALLS:
        members["calls"].fail(f"there are {len(entries)} calls; between 1 and {MAX_CALLS} can be run")
    stated = _plain_address(members["contract"]) if "contract" in members else None
    addresses = _created(entries, members.get("state"), stated)
    contract = stated or next(
        (where for where, entry in zip(addresses, entries, strict=True) if where and "contract" not in entry), None
    )
    chosen = contract or CONTRACT_ADDRESS
    calls = tuple(_call(entry, chosen, where) for entry, where in zip(entries, addresses, strict=True))
    env = replace(Environment(), **_environment(members["env"])) if "env" in members else Environment()
    state = _state(members["state"], chosen) if "state" in members else ()
    return CallFile(calls, fork, env, chosen, state, root.file)


def _created(entries: list[dict[str, Node]], state: Node | None, contract: str | None) -> list[str | None]:
    """Where each create without `to` puts its account; None for other entries.

    Shape: a create of the input's own code goes to `contract` where the file states one, else to the address that caller and nonce give.
    """
    creators = Creators({} if state is None else dict(state.items()))
    found: list[str | None] = []
    for entry in entries:
        create = "create" in entry and entry["create"].flag()
        transaction = parse_transaction(entry["transaction"]) if "transaction" in entry else None
        caller = entry["caller"].value if "caller" in entry else CALLER_ADDRESS
        nonce = creators.next(caller, create, transaction)
        where: str | None = None
        if create and "to" not in entry:
            own = "contract" not in entry and transaction is None
            if caller == CONTRACT_WORD:
                entry["caller"].fail("where this create goes is not known", 'state its "to"')
            where = contract if own and contract else created_address(caller, nonce)
        found.append(where)
    return found


def _call(members: dict[str, Node], contract: str, where: str | None) -> Call:
    caller = _address(members["caller"], contract) if "caller" in members else CALLER_ADDRESS
    create = members["create"].flag() if "create" in members else False
    transaction = parse_transaction(members["transaction"]) if "transaction" in members else None
    if "contract" in members and not create:
        members["contract"].fail("only a create names a contract", 'add "create": true, or leave it out')
    if transaction is not None:
        for name in ("gas", *(("to",) if create else ())):
            if name in members:
                members[name].fail(f"{name!r} follows from the transaction", "leave it out")
        if "origin" in members and _address(members["origin"], contract) != caller:
            members["origin"].fail("the origin of a transaction is its caller", "leave it out")
    return Call(
        create=create,
        caller=caller,
        origin=_address(members["origin"], contract) if "origin" in members else caller,
        to=_address(members["to"], contract) if "to" in members else where or contract,
        value=members["value"].quantity() if "value" in members else 0,
        data=members["data"].data() if "data" in members else b"",
        gas=members["gas"].quantity(64) if "gas" in members else FRAME_GAS,
        contract=members["contract"].text() if "contract" in members else None,
        env=tuple(_environment(members["env"]).items()) if "env" in members else (),
        transaction=transaction,
        place=f"{members['contract'].file}#{members['contract'].pointer}" if "contract" in members else "",
    )


def _environment(node: Node) -> dict[str, Any]:
    """The members of `Environment` that an object states."""
    members = node.members((*BITS, "coinbase", "block_hashes", "blob_hashes"))
    values: dict[str, Any] = {name: member.quantity(BITS[name]) for name, member in members.items() if name in BITS}
    if "block_hashes" in members:
        hashes: dict[int, bytes] = {}
        for key, member in members["block_hashes"].items():
            number = Node(key, member.file, member.pointer).quantity()
            if number in hashes:
                member.fail("this block has a hash already")
            hashes[number] = member.data(32)
        values["block_hashes"] = tuple(sorted(hashes.items()))
    if "blob_hashes" in members:
        values["blob_hashes"] = tuple(each.data(32) for each in members["blob_hashes"].elements())
    if "coinbase" in members:
        values["coinbase"] = _plain_address(members["coinbase"])
    return values


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
