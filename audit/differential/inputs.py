"""Call sequences: a constructor where there is one, then calls by ABI and raw ones, from several senders; seeded and reproducible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from eth_abi.abi import encode
from eth_abi.exceptions import EncodingError

from audit.differential.interface import CONSTRUCTOR, Function, Interface
from audit.differential.values import Dictionary, draw, least
from audit.inputs.calls import CALLER_ADDRESS, CONTRACT_ADDRESS, FRAME_GAS, AccountState, Call, CallFile
from audit.inputs.request import account_of
from zkvm.host.environment import Environment

ACTORS: Final = (
    CALLER_ADDRESS,
    "0x00000000000000000000000000000000ca110002",
    "0x00000000000000000000000000000000ca110003",
    "0xffffffffffffffffffffffffffffffffca110004",
)
"""Senders; the last has high bits, which a dropped mask would show."""
NOBODY: Final = "0x" + "00" * 20
"""Sends now and then: no key signs for it, but calls that are only simulated come from it, and code guards against it."""
LATEST_TIME: Final = 1 << 40
GENEROUS: Final = 1 << 96
WIDE: Final = ("uint256", "uint128", "uint112")
BESIDE: Final = 0.35
"""Part of the calls that go to a companion, where there are any."""
SMALL_SLOTS: Final = 8
"""Slots that are given values though no run touched them; compilers put state variables there."""


@dataclass(frozen=True, slots=True)
class Companion:
    """Another contract that is there before the one under check, and that it may work with."""

    address: str
    interface: Interface
    account: AccountState

    def as_json(self) -> dict[str, Any]:
        """Its account, in the form of ISA 8.1."""
        return account_of(self.account).as_json()


@dataclass(frozen=True, slots=True)
class Plan:
    """What sequences are drawn from: `constructors` are argument strings tried beforehand, those that succeed first."""

    interface: Interface
    constructors: tuple[bytes, ...] = ()
    succeeding: int = 0
    """How many of `constructors` succeed."""
    direct: bool = False
    """The runtime code can run without its constructor, and has to, since none succeeds."""
    create: bool = False
    depth: int = 12
    fork: str = "Osaka"
    companions: tuple[Companion, ...] = ()

    @property
    def accounts(self) -> tuple[tuple[str, AccountState], ...]:
        """The companions, as a call file states them."""
        return tuple((each.address, each.account) for each in self.companions)


@dataclass(slots=True)
class Generator:
    """Draws sequences; `gas_used` remembers by function what calls needed, for running out of gas near the end."""

    plan: Plan
    dictionary: Dictionary
    random: Random
    gas_used: dict[str, int] = field(default_factory=dict)
    active: tuple[Function, ...] = ()
    """The functions that the current sequence calls: few of them call each other's preconditions more often."""

    senders: tuple[str, ...] = ACTORS
    """Who calls in the current sequence, and whom arguments mostly name: few of them meet each other more often."""

    def failing(self, ordinal: int) -> CallFile | None:
        """A constructor run alone with arguments known to fail: every fourth sequence, until each was tried once."""
        turn, rest = divmod(ordinal, 4)
        known = self.plan.constructors[self.plan.succeeding :]
        if rest != 3 or turn >= len(known):
            return None
        call = Call(create=True, data=known[turn])
        return CallFile((call,), self.plan.fork, state=self.plan.accounts, place="generated calls")

    def sequence(self) -> CallFile:
        """A sequence."""
        random, functions = self.random, self.plan.interface.functions
        self.active = functions
        if random.random() < 0.7:
            self.active = tuple(random.sample(functions, min(len(functions), random.choice((2, 3, 4, 6)))))
        self.senders = tuple(random.sample(ACTORS, random.choice((1, 2, 2, len(ACTORS)))))
        self.dictionary.actors = (*self.senders, random.choice((CONTRACT_ADDRESS, *ACTORS)), *self._others())
        create = self.plan.create and not (self.plan.direct and random.random() < 0.9)
        calls = [self.constructor()] if create else []
        calls += [self.call() for _ in range(random.randint(1, self.plan.depth))]
        return CallFile(tuple(calls), self.plan.fork, self._environment(), state=self.plan.accounts, place="generated calls")

    def constructor(self) -> Call:
        """A constructor run: mostly one of those known to succeed."""
        random, known = self.random, self.plan.constructors
        good = known[: self.plan.succeeding]
        usual = good if good and random.random() < 0.95 else known
        data = random.choice(usual) if usual and random.random() < 0.92 else self.probe()
        value = self._value(self.plan.interface.constructor.payable)
        gas = FRAME_GAS if random.random() < 0.95 else self._scarce(CONSTRUCTOR)
        caller = NOBODY if random.random() < 0.02 else ACTORS[0]
        return Call(create=True, caller=caller, origin=caller, data=data, value=value, gas=gas)

    def _others(self) -> tuple[str, ...]:
        """Addresses of the companions, and the contract's for them to be told of."""
        return (*(each.address for each in self.plan.companions), CONTRACT_ADDRESS) if self.plan.companions else ()

    def probe(self) -> bytes:
        """Arguments of a constructor, well-formed or not."""
        if self.plan.companions:
            self.dictionary.actors = (*ACTORS, *self._others())
        data = self.arguments(self.plan.interface.constructor)
        return data if self.random.random() < 0.6 else self._bend(data, 0)

    def resumed(self, state: Mapping[str, Any]) -> tuple[CallFile, dict[str, Any]]:
        """Calls of a contract that a sequence left behind, and its account: mostly some slots of its storage have other values."""
        random = self.random
        file = self.sequence()
        calls = tuple(each for each in file.calls if not each.create) or (self.call(),)
        account = state[file.contract]
        storage = dict(account["storage"])
        for _ in range(random.choice((0, 1, 2, 4))):
            known = list(storage)
            slot = random.choice(known) if known and random.random() < 0.7 else hex(random.randrange(SMALL_SLOTS))
            value = self.dictionary.bent(int(storage.pop(slot, "0x0"), 16), random)
            storage |= {slot: hex(value)} if value else {}
        return replace(file, calls=calls), {**account, "storage": storage}

    def call(self) -> Call:
        """A call: mostly of a function with well-formed arguments."""
        random = self.random
        functions = self.active
        if self.plan.companions and random.random() < BESIDE:
            return self._beside()
        caller = NOBODY if random.random() < 0.04 else random.choice((ACTORS[0], *self.senders, *self.senders))
        origin = caller if random.random() < 0.85 else random.choice(ACTORS)
        function = random.choice(functions) if functions and random.random() < 0.93 else None
        data = self._raw() if function is None else function.selector + self.arguments(function)
        if random.random() < 0.18:
            data = self._bend(data)
        value = self._value(function is None or function.payable)
        name = "" if function is None else function.signature
        return Call(caller=caller, origin=origin, to=CONTRACT_ADDRESS, value=value, data=data, gas=self._gas(name))

    def _beside(self) -> Call:
        """A call of a companion: an approval, a transfer, whatever its interface has."""
        random = self.random
        companion = random.choice(self.plan.companions)
        functions = companion.interface.functions
        function = random.choice(functions) if functions else None
        caller = random.choice((ACTORS[0], ACTORS[0], *self.senders))
        if function is None:
            return Call(caller=caller, origin=caller, to=companion.address)
        arguments = self.generous(function) if random.random() < 0.5 else self.arguments(function)
        return Call(caller=caller, origin=caller, to=companion.address, data=function.selector + arguments)

    def generous(self, function: Function) -> bytes:
        """Arguments that favour the contract: it is every address, and numbers are large: an approval of much, say."""
        values = [GENEROUS if kind in WIDE else least(kind, CONTRACT_ADDRESS) for kind in function.types or ()]
        try:
            return encode(function.types or (), values)
        except (EncodingError, ValueError, TypeError):
            return self.arguments(function)

    def arguments(self, function: Function) -> bytes:
        """Encoded arguments; some words where the types are not known."""
        random = self.random
        if function.types is None:
            words = [
                self.dictionary.word(random) if random.random() < 0.6 else self.dictionary.address(random)
                for _ in range(random.randrange(6))
            ]
            return b"".join(word.to_bytes(32, "big") for word in words)
        values = [draw(kind, self.dictionary, random) for kind in function.types]
        try:
            return encode(function.types, values)
        except (EncodingError, ValueError, TypeError):
            return b"".join(self.dictionary.word(random).to_bytes(32, "big") for _ in function.types)

    def note(self, request: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """Learn from the EVM's result: words that it returned, stored or logged, and the gas that calls used."""
        for call, outcome in zip(request["calls"], result["calls"], strict=False):
            name = self.plan.interface.name(bytes.fromhex(call["data"][2:]), create=call["create"])
            if outcome["status"] == "success" and "gas" in call:
                self.gas_used[name] = int(call["gas"], 16) - int(outcome["gas_left"], 16)
            output = bytes.fromhex(outcome["return_data"][2:])
            if not call["create"] and len(output) <= 256:
                self.dictionary.note(int.from_bytes(output[at : at + 32], "big") for at in range(0, len(output), 32))
            for log in outcome["logs"]:
                self.dictionary.note(int(topic, 16) for topic in log["topics"][1:])
        for account in result["state"].values():
            self.dictionary.note(int(value, 16) for value in list(account["storage"].values())[:16])

    def _gas(self, name: str) -> int:
        return FRAME_GAS if self.random.random() < 0.88 else self._scarce(name)

    def _scarce(self, name: str) -> int:
        """Gas that may not be enough, mostly near what the function used before."""
        random = self.random
        used = self.gas_used.get(name)
        if used is None or random.random() < 0.3:
            return random.randrange(60_000)
        return max(0, used + random.choice((0, -1, 1, -random.randrange(1, 200), -random.randrange(used + 1), 2300, 2301)))

    def _value(self, payable: bool) -> int:
        random = self.random
        if random.random() < (0.6 if payable else 0.94):
            return 0
        return random.choice((1, 2, random.randrange(1, 1000), 10**18, random.randrange(1, 1 << 70)))

    def _raw(self) -> bytes:
        random = self.random
        choice = random.random()
        if choice < 0.35:
            return b""
        if choice < 0.5:
            return random.randbytes(random.randrange(1, 4))
        selector = random.randbytes(4)
        if choice < 0.75 and self.dictionary.constants:
            selector = (random.choice(self.dictionary.constants) % (1 << 32)).to_bytes(4, "big")
        return selector + b"".join(self.dictionary.word(random).to_bytes(32, "big") for _ in range(random.randrange(4)))

    def _bend(self, data: bytes, head: int = 4) -> bytes:
        """Call data that no encoder writes: short, long, dirty high bits, wrong offsets; `head` bytes of it are a selector."""
        random = self.random
        words = max(0, len(data) - head) // 32
        match random.randrange(4):
            case 0:
                return data[: random.randrange(len(data) + 1)]
            case 1:
                return data + random.randbytes(random.choice((1, 31, 32, 33, 64)))
            case 2 if words:
                at = head + 32 * random.randrange(words)
                return data[:at] + self.dictionary.word(random).to_bytes(32, "big") + data[at + 32 :]
            case 3 if words:
                at = head + 32 * random.randrange(words)
                return data[:at] + bytes((data[at] ^ 1 << random.randrange(8),)) + data[at + 1 :]
        return data

    def _environment(self) -> Environment:
        random = self.random
        given = Environment()
        if random.random() < 0.7:
            return given
        return replace(
            given,
            number=random.choice((0, 1, given.number + random.randrange(1 << 20))),
            timestamp=random.choice((0, given.timestamp + random.randrange(1 << 24), random.randrange(LATEST_TIME))),
            coinbase=random.choice((given.coinbase, *ACTORS, CONTRACT_ADDRESS)),
            prevrandao=random.getrandbits(256),
            chain_id=random.choice((1, 1337, random.getrandbits(63))),
            base_fee=random.getrandbits(40),
            gas_price=random.getrandbits(64),
        )


def actor_words(actors: Sequence[str] = ACTORS) -> tuple[str, ...]:
    """The addresses that arguments are mostly drawn from: the senders and the contract."""
    return (*actors, CONTRACT_ADDRESS)
