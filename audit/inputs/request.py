"""From a call file and the contract's code to the request that executors and the oracle take (ISA 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from audit.inputs.calls import CALLER_BALANCE, AccountState, Call, CallFile, Environment
from transpiler.solc.artifact import Contract
from zkvm.errors import InputError, Place
from zkvm.word import keccak256


@dataclass(frozen=True, slots=True)
class Subject:
    """The code under test: what runs at `contract`, what creates it, or both."""

    name: str
    runtime: bytes | None
    creation: bytes | None
    template: bool = False
    """The runtime bytes have immutables, so they run only as a `create` returns them."""


def subject_of(contract: Contract) -> Subject:
    """The code of a contract, ready to run.

    Raises: InputError if a library's address is missing.
    """
    for each in contract.objects:
        each.require_linked(contract.name)
    runtime, creation = contract.runtime, contract.creation
    return Subject(
        contract.name,
        None if runtime is None else runtime.code,
        None if creation is None else creation.code,
        runtime is not None and runtime.template,
    )


def build_request(file: CallFile, subject: Subject, others: Mapping[str, Subject] | None = None) -> dict[str, Any]:
    """The request, every key present, addresses resolved, hex lower-case and minimal; `others` are the contracts that creates name.

    Raises: InputError if the calls need code that is not there, contradict it, or move value that nobody has.
    """
    _check_code(file, subject, others or {})
    state = _state(file, subject)
    _check_value(file, state)
    return {
        "fork": file.fork,
        "env": environment_json(file.env),
        "contract": file.contract,
        "state": state,
        "calls": [_call_json(call, subject if call.contract is None else (others or {})[call.contract]) for call in file.calls],
    }


def environment_json(env: Environment) -> dict[str, Any]:
    """The environment in the form of ISA 8.1."""
    return {each.name: _member_json(each.name, getattr(env, each.name)) for each in fields(env)}


def _member_json(name: str, value: Any) -> Any:
    """A member of the environment in the form of ISA 8.1."""
    match name:
        case "coinbase":
            return value
        case "block_hashes":
            return {hex(number): "0x" + digest.hex() for number, digest in value}
        case "blob_hashes":
            return ["0x" + digest.hex() for digest in value]
        case _:
            return hex(value)


def _call_json(call: Call, subject: Subject) -> dict[str, Any]:
    document: dict[str, Any] = {
        "create": call.create,
        "caller": call.caller,
        "origin": call.origin,
        "to": call.to,
        "value": hex(call.value),
        "data": "0x" + call.data.hex(),
    }
    if call.transaction is None:
        document["gas"] = hex(call.gas)
    else:
        document["transaction"] = call.transaction.as_json()
        if call.create:
            del document["to"]
    if call.env:
        document["env"] = {name: _member_json(name, value) for name, value in call.env}
    if call.create:
        document["code"] = "0x" + (subject.creation or b"").hex()
    return document


def _state(file: CallFile, subject: Subject) -> dict[str, dict[str, Any]]:
    accounts = dict(file.state)
    for call in file.calls:
        if call.caller != file.contract:
            accounts.setdefault(call.caller, AccountState(balance=CALLER_BALANCE))
    stated = accounts.get(file.contract, AccountState())
    code = b"" if file.creates_first or subject.template else subject.runtime or b""
    if stated.code not in (None, code):
        raise InputError(
            "code-contradicted",
            "the code of `contract` is the input's, but the state states another",
            Place(f"{file.place}#/state"),
        )
    nonce = stated.nonce if stated.nonce is not None else 0 if file.creates_first else 1
    accounts[file.contract] = replace(stated, nonce=nonce, code=code)
    for address, account in accounts.items():
        if account.code_hash not in (None, keccak256(account.code or b"")):
            raise InputError(
                "code-contradicted",
                f"the code of {address} does not have the hash that the state states",
                Place(f"{file.place}#/state"),
                'state its "code" too, or leave "code_hash" out',
            )
    return {address: _account_json(account) for address, account in sorted(accounts.items())}


def _account_json(account: AccountState) -> dict[str, Any]:
    return {
        "balance": hex(account.balance or 0),
        "nonce": hex(account.nonce or 0),
        "code": "0x" + (account.code or b"").hex(),
        "storage": {hex(slot): hex(value) for slot, value in account.storage},
    }


def _check_code(file: CallFile, subject: Subject, others: Mapping[str, Subject]) -> None:
    created = False
    for index, call in enumerate(file.calls):
        place = Place(f"{file.place}#/calls/{index}")
        runs = subject if call.contract is None else others[call.contract]
        if call.create and runs.creation is None:
            raise InputError(
                "no-creation-code",
                f"{runs.name} has no creation code to run",
                place,
                "give sources, or creation hex with --creation",
            )
        if call.create:
            created = created or call.to == file.contract
        elif call.to == file.contract and not created:
            if subject.runtime is None:
                raise InputError(
                    "no-runtime-code",
                    f"{subject.name} has no runtime code before it is created",
                    place,
                    'call first with "create": true',
                )
            if subject.template:
                raise InputError(
                    "immutables-not-set",
                    f"the code of {subject.name} has immutables, which only its constructor sets",
                    place,
                    'call first with {"create": true, "data": the encoded arguments}',
                )


def _check_value(file: CallFile, state: dict[str, dict[str, Any]]) -> None:
    """Refuse what no run could pay; what depends on earlier calls the executors refuse."""
    total = sum(int(account["balance"], 16) for account in state.values())
    for index, call in enumerate(file.calls):
        most = total if index else int(state[call.caller]["balance"], 16)
        if call.transaction is None and call.value > most:
            place = Place(f"{file.place}#/calls/{index}/value")
            raise InputError("value-not-covered", f"the caller has {most:#x} at most and cannot pay {call.value:#x}", place)
