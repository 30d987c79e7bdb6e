"""Sequences that begin in the middle of a given call file: its contracts deployed, its state lived in, its calls bent.

A contract that needs others (a router its factory, a wallet its owners) does little in sequences made from its ABI alone. A call file
that uses it as people do is a corpus: generated sequences start from the state after some of its calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from audit.differential import oracle
from audit.differential.attribution import homes
from audit.differential.compare import prefix
from audit.differential.inputs import ACTORS, Generator
from audit.differential.subject import Target
from audit.inputs.calls import CALLER_BALANCE
from zkvm.host.request import request_of, state_json

SCENES: Final = 24
"""States of a call file from which sequences begin, at most."""
REPEATED: Final = 0.55
"""Part of the calls that are the call file's own, as they are or bent."""
BENT: Final = 0.6


@dataclass(frozen=True, slots=True)
class Scenes:
    """A given request and the states that it goes through: (index of the next call, state)."""

    request: Mapping[str, Any]
    states: tuple[tuple[int, Mapping[str, Any]], ...]
    homes: tuple[str, ...]
    """The accounts that have the code under check."""
    called: tuple[str, ...]
    """The accounts that the call file calls: a proxy of the code among them."""

    def accounts(self) -> tuple[str, ...]:
        """Addresses that arguments may name: callers and contracts."""
        callers = [call["caller"] for call in self.request["calls"]]
        contracts = [address for address, account in self.states[-1][1].items() if account["code"] != "0x"]
        return tuple(dict.fromkeys((*callers, *contracts)))


def scenes_of(target: Target, request: Mapping[str, Any]) -> Scenes | None:
    """The scenes of a given request in which some account has the target's code; None where none ever has."""
    count = len(request["calls"])
    chosen = sorted({round(1 + index * (count - 1) / max(1, SCENES - 1)) for index in range(min(SCENES, count))})
    states: list[tuple[int, Mapping[str, Any]]] = []
    found: dict[str, None] = {}
    for index in chosen:
        result = oracle.result({**prefix(request, index), "messages": False})
        where = {each for each in homes(target, request_of(request), result) if result.account(each).code}
        if where:
            states.append((index, state_json(result.next_state)))
            found |= dict.fromkeys(sorted(where))
    called = dict.fromkeys(call["to"] for call in request["calls"] if not call["create"])
    return Scenes(request, tuple(states), tuple(found), tuple(called)) if states else None


def scene(scenes: Scenes, generator: Generator) -> dict[str, Any]:
    """A request that goes on from one of the states."""
    random = generator.random
    index, state = random.choice(scenes.states)
    given = [call for call in scenes.request["calls"] if not call["create"]]
    later = [call for call in scenes.request["calls"][index:] if not call["create"]]
    generator.dictionary.actors = (*ACTORS, *scenes.accounts())
    calls: list[dict[str, Any]] = []
    for _ in range(random.randint(1, generator.plan.depth)):
        if given and random.random() < REPEATED:
            calls.append(_bent(later.pop(0) if later and random.random() < 0.5 else random.choice(given), generator))
        else:
            calls.append(_generated(scenes, generator, random))
    accounts = {each["caller"]: _caller() for each in calls} | dict(state)
    for each in calls:
        if int(each["value"], 16):  # whoever sends value can pay it
            accounts[each["caller"]] = {**accounts[each["caller"]], "balance": hex(CALLER_BALANCE)}
    return {**scenes.request, "state": dict(sorted(accounts.items())), "calls": calls}


def _caller() -> dict[str, Any]:
    return {"balance": hex(CALLER_BALANCE), "nonce": "0x0", "code": "0x", "storage": {}}


def _generated(scenes: Scenes, generator: Generator, random: Random) -> dict[str, Any]:
    """A call by the contract's ABI, mostly from a caller that the call file has."""
    drawn = generator.call()
    callers = [call["caller"] for call in scenes.request["calls"]]
    caller = random.choice(callers) if random.random() < 0.7 else drawn.caller
    to = random.choice(scenes.homes if random.random() < 0.8 or not scenes.called else scenes.called)
    return {
        "create": False, "caller": caller, "origin": caller, "to": to, "value": hex(drawn.value),
        "data": "0x" + drawn.data.hex(), "gas": hex(drawn.gas),
    }  # fmt: skip


def _bent(call: Mapping[str, Any], generator: Generator) -> dict[str, Any]:
    """A call of the call file, mostly with something about it changed."""
    random = generator.random
    if random.random() >= BENT:
        return dict(call)
    data = bytes.fromhex(call["data"][2:])
    words = max(0, len(data) - 4) // 32
    match random.randrange(4):
        case 0 if words:
            at = 4 + 32 * random.randrange(words)
            value = generator.dictionary.bent(int.from_bytes(data[at : at + 32], "big"), random)
            return {**call, "data": "0x" + (data[:at] + value.to_bytes(32, "big") + data[at + 32 :]).hex()}
        case 1:
            caller = random.choice(generator.dictionary.actors)
            return {**call, "caller": caller, "origin": caller}
        case 2 if "gas" in call:
            return {**call, "gas": hex(random.randrange(int(call["gas"], 16) // 40 + 1))}
        case 3:
            return {**call, "value": hex(random.choice((0, 1, random.randrange(1 << 64))))}
    return dict(call)
