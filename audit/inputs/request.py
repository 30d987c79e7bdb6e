"""From a call file and the contract's code to the request that executors and the oracle take (ISA 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audit.inputs.calls import CALLER_BALANCE, AccountState, Call, CallFile
from transpiler.solc.artifact import Contract
from zkvm.errors import InputError, Place
from zkvm.host import request as host
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
    return request_for(file, subject, others).as_json()


def request_for(file: CallFile, subject: Subject, others: Mapping[str, Subject] | None = None) -> host.Request:
    """The request as a value; `build_request` has its JSON.

    Raises: as `build_request`.
    """
    named = others or {}
    _check_code(file, subject, named)
    state = _state(file, subject)
    _check_value(file, state)
    calls = tuple(_call(each, subject if each.contract is None else named[each.contract]) for each in file.calls)
    return host.Request(file.fork, file.env, file.contract, state, calls)


def _call(call: Call, subject: Subject) -> host.Call:
    return host.Call(
        call.caller,
        call.origin,
        None if call.create and call.transaction is not None else call.to,
        call.value,
        call.data,
        None if call.transaction is not None else call.gas,
        call.create,
        (subject.creation or b"") if call.create else b"",
        call.env,
        call.transaction,
    )


def _state(file: CallFile, subject: Subject) -> host.State:
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
    return {address: account_of(account) for address, account in sorted(accounts.items())}


def account_of(account: AccountState) -> host.Account:
    """An account as a request holds it, what is not stated empty."""
    return host.Account(account.balance or 0, account.nonce or 0, account.code or b"", dict(account.storage))


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


def _check_value(file: CallFile, state: host.State) -> None:
    """Refuse what no run could pay; what depends on earlier calls the executors refuse."""
    total = sum(account.balance for account in state.values())
    for index, call in enumerate(file.calls):
        most = total if index else state[call.caller].balance
        if call.transaction is None and call.value > most:
            place = Place(f"{file.place}#/calls/{index}/value")
            raise InputError("value-not-covered", f"the caller has {most:#x} at most and cannot pay {call.value:#x}", place)
