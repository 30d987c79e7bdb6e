"""What address arguments may name: the input's other contracts, deployed before, a stand-in, and a proxy of the contract itself.

A vault needs its asset, a governor its token: with an address that has no code most of their functions only fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Final

from audit.differential import oracle
from audit.differential.inputs import ACTORS, Companion, Generator, Plan, actor_words
from audit.differential.interface import Function, Interface, interface_of
from audit.differential.subject import Target
from audit.differential.values import Dictionary, constants_of
from audit.inputs.calls import AccountState, Call, CallFile
from audit.inputs.creators import created_address
from audit.inputs.request import Subject, build_request, subject_of
from transpiler.solc.artifact import Contract
from zkvm.errors import InputError

MOST: Final = 4
TRIES: Final = 32
FIRST_NONCE: Final = 1000
"""Of the deployer: far from those that a run counts."""
STAND_IN: Final = Companion(
    "0x0000000000000000000000000000000000057a4d",
    Interface((), Function("constructor", b"", (), False)),
    AccountState(nonce=1, code=bytes.fromhex("600160005260206000f3")),
)
"""Answers every call with the word 1."""
PROXY: Final = "0x00000000000000000000000000000000000960c7"
PROXY_SLOT: Final = int("360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc", 16)
"""keccak256("eip1967.proxy.implementation") - 1."""
PROXY_CODE: Final = bytes.fromhex(f"363d3d373d3d363d7f{PROXY_SLOT:064x}545af43d6000803e6038573d6000fd5b3d6000f3")
"""Hands every call on to the implementation in its slot, and the answer back."""


def names_accounts(function: Function) -> bool:
    """Whether an argument is an address, or holds some."""
    return any("address" in kind for kind in function.types or ())


def companions_of(target: Target, plan: Plan, seed: int) -> tuple[Companion, ...]:
    """The input's other contracts that a create of ours deploys, each with the accounts that it made; none that the constructor cannot name."""
    return _deployable(target, plan, seed) if names_accounts(target.interface.constructor) else ()


def cast(target: Target, plan: Plan, seed: int) -> tuple[Companion, ...]:
    """Contracts to try where a function never succeeds: the companions, or, where there are none, what could be some; and a stand-in."""
    found = plan.companions or _deployable(target, plan, seed)
    return found if STAND_IN in found else (*found, STAND_IN)


def proxy_of(contract: str) -> Companion:
    """A proxy (ERC-1967) of a contract: what guards itself against direct calls is called through one."""
    account = AccountState(nonce=1, code=PROXY_CODE, storage=((PROXY_SLOT, int(contract, 16)),))
    return Companion(PROXY, STAND_IN.interface, account)


def _deployable(target: Target, plan: Plan, seed: int) -> tuple[Companion, ...]:
    found: list[Companion] = []
    waiting = [each for each in target.others if _is_one(each)]
    for _ in range(2):  # those that need others come second
        waiting = [each for each in waiting if len(found) < MOST and not found_extended(found, each, target, plan, seed)]
    return tuple(found)


def _is_one(contract: Contract) -> bool:
    """Whether it can be worked with: it has functions, and is no library."""
    code = contract.runtime
    library = code is not None and any(each.kind == "self" for each in code.placeholders)
    return not library and any(entry.get("type") == "function" for entry in contract.abi or ())


def found_extended(found: list[Companion], contract: Contract, target: Target, plan: Plan, seed: int) -> bool:
    """Deploy one more; false if no arguments that are tried let it be."""
    made = next(_deployed(contract, target, replace(plan, companions=tuple(found)), seed, len(found)), ())
    found.extend(made)
    return bool(made)


def _deployed(contract: Contract, target: Target, plan: Plan, seed: int, number: int) -> Iterator[tuple[Companion, ...]]:
    """The contract, deployed with each arguments that let it be, and what its constructor deployed."""
    try:
        subject = subject_of(contract)
    except InputError:  # a library's address is missing
        return
    changing = [entry for entry in contract.abi or () if entry.get("stateMutability") not in ("view", "pure")]
    interface = interface_of(changing, subject.runtime, target.fork)
    own = replace(plan, interface=interface, create=True, constructors=(), succeeding=0)
    codes = [each for each in (subject.creation,) if each is not None]
    generator = Generator(own, Dictionary(constants_of(codes, target.fork), actor_words()), Random(f"{seed}/{contract.name}"))  # noqa: S311
    address = created_address(ACTORS[0], FIRST_NONCE + number)
    for turn in range(TRIES):
        arguments = generator.probe() if turn else generator.generous(interface.constructor)
        result = _created(subject, arguments, address, plan)
        if result is not None and result["calls"][0]["status"] == "success":
            yield tuple(_companions(result["state"], address, interface, plan))


def _created(subject: Subject, arguments: bytes, address: str, plan: Plan) -> dict[str, Any] | None:
    call = Call(create=True, caller=ACTORS[0], origin=ACTORS[0], to=address, data=arguments)
    try:
        return oracle.run(build_request(CallFile((call,), plan.fork, contract=address, state=plan.accounts), subject))
    except InputError:
        return None


def _companions(state: Mapping[str, Any], address: str, interface: Interface, plan: Plan) -> Iterator[Companion]:
    """The accounts with code that a create left, the created one with its interface."""
    known = {each.address for each in plan.companions}
    nothing = Interface((), STAND_IN.interface.constructor)
    for each, account in state.items():
        if account["code"] != "0x" and each not in known:
            yield Companion(each, interface if each == address else nothing, account_state(account))


def account_state(account: Mapping[str, Any]) -> AccountState:
    """An account of a result, as a call file states it."""
    return AccountState(
        balance=int(account["balance"], 16),
        nonce=int(account["nonce"], 16),
        code=bytes.fromhex(account["code"][2:]),
        storage=tuple(sorted((int(key, 16), int(word, 16)) for key, word in account["storage"].items())),
    )
