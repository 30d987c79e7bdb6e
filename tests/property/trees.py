"""Random call trees: accounts whose codes call, create, re-enter, revert and destroy one another."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from zkvm.isa.rules import PRECOMPILES
from zkvm.isa.table import FORKS

SENDER: Final = 0xCA110001
COINBASE: Final = 0xC01B0001
CODED: Final = tuple(0xC0DE0000 + index for index in range(1, 5))
PLAIN: Final = (0xBEEF, 0x777, 3)
"""Accounts without code: one that exists, one that does not, a precompile."""
DELEGATED: Final = 0xDE1E6A7E
_CHEAP_PRECOMPILES: Final = tuple(address for address, _, _, _ in PRECOMPILES if address in (1, 2, 3, 4, 5, 9, 0x100))


def push(number: int) -> bytes:
    """PUSH of a number in as few bytes as it needs, one at least."""
    size = max(1, (number.bit_length() + 7) // 8)
    return bytes([0x5F + size]) + number.to_bytes(size, "big")


class Writer:
    """Writes random code under a rule set."""

    def __init__(self, random: Random, fork: str) -> None:
        self.random = random
        self.index = FORKS.index(fork)

    def since(self, fork: str) -> bool:
        """Whether the rule set is a fork or later."""
        return self.index >= FORKS.index(fork)

    def code(self, steps: int, depth: int = 0) -> bytes:
        """Some random steps and an end."""
        body = b"".join(self._step(depth) for _ in range(self.random.randint(1, steps)))
        return body + self._end()

    def _step(self, depth: int) -> bytes:
        steps = [self._call] * 5 + [self._store] * 2 + [self._look, self._log, self._gas, self._memory]
        if self.since("Byzantium"):
            steps += [self._return_data] * 2
        if self.since("Cancun"):
            steps.append(self._transient)
        if depth < 2 and self.random.random() < 0.15:
            return self._create(depth)
        return self.random.choice(steps)()

    def _keep(self) -> bytes:
        """Stores what is on the stack."""
        return push(self.random.randrange(4)) + b"\x55"

    def _store(self) -> bytes:
        return push(self.random.randrange(3)) + self._keep()

    def _transient(self) -> bytes:
        key = push(self.random.randrange(2))
        if self.random.random() < 0.5:
            return push(self.random.randrange(3)) + key + b"\x5d"
        return key + b"\x5c" + self._keep()

    def _log(self) -> bytes:
        topics = self.random.randrange(3)
        words = b"".join(push(self.random.randrange(9)) for _ in range(topics))
        return words + push(self.random.randrange(40)) + push(self.random.randrange(40)) + bytes([0xA0 + topics])

    def _gas(self) -> bytes:
        return b"\x5a" + self._keep()

    def _memory(self) -> bytes:
        return push(self.random.getrandbits(256)) + push(self.random.randrange(100)) + b"\x52"

    def _look(self) -> bytes:
        """A read of an account or of the frame."""
        reads = [b"\x30", b"\x32", b"\x33", b"\x34", b"\x36", b"\x38"]
        reads += [push(self._account()) + bytes([code]) for code in (0x31, 0x3B)]
        if self.since("Constantinople"):
            reads.append(push(self._account()) + b"\x3f")
        if self.since("Istanbul"):
            reads.append(b"\x47")
        return self.random.choice(reads) + self._keep()

    def _account(self) -> int:
        kinds = [CODED] * 4 + [PLAIN, (SENDER, COINBASE), _CHEAP_PRECOMPILES]
        if self.since("Prague"):
            kinds.append((DELEGATED,))
        return self.random.choice(self.random.choice(kinds))

    def _call(self) -> bytes:
        """A call of any kind; its result is kept."""
        codes = [0xF1] * 4 + [0xF2]
        codes += [0xF4] * self.since("Homestead") + [0xFA] * self.since("Byzantium")
        code = self.random.choice(codes)
        ranges = [self.random.choice((0, 0, 32, 100)) for _ in range(4)]
        value = self.random.choice((0, 0, 0, 1, 2, 1 << 200)) if code in (0xF1, 0xF2) else None
        gas = b"\x5a" if self.since("TangerineWhistle") and self.random.random() < 0.5 else push(self._asked())
        operands = b"".join(push(each) for each in ranges)
        operands += b"" if value is None else push(value)
        return operands + push(self._account()) + gas + bytes([code]) + self._keep()

    def _asked(self) -> int:
        return self.random.choice((0, 700, 2300, 30_000, 100_000, self.random.randrange(60_000)))

    def _return_data(self) -> bytes:
        copy = b"\x3d\x5f\x5f\x3e" if self.since("Shanghai") else b"\x3d\x60\x00\x60\x00\x3e"
        sizes = [b"\x3d" + self._keep()] * 3 + [copy] * 3
        sizes.append(push(self.random.choice((0, 1, 32))) + push(0) + push(0) + b"\x3e")
        return self.random.choice(sizes)

    def _create(self, depth: int) -> bytes:
        """A create of random init code, which is written into memory first."""
        init = self.init_code(depth)
        writes = b"".join(
            push(int.from_bytes(init[at : at + 32].ljust(32, b"\0"), "big")) + push(at) + b"\x52"
            for at in range(0, len(init), 32)
        )
        value = push(self.random.choice((0, 0, 1, 1 << 200)))
        two = self.since("Constantinople") and self.random.random() < 0.5
        salt = push(self.random.randrange(2)) if two else b""
        call = b""
        if self.random.random() < 0.5:  # call what was created
            zeros = push(0) * 5
            call = b"\x80" + zeros + b"\x85" + push(50_000) + b"\xf1\x50"
        return writes + salt + push(len(init)) + push(0) + value + (b"\xf5" if two else b"\xf0") + call + self._keep()

    def init_code(self, depth: int) -> bytes:
        """Init code: random, or random steps and a return of random code."""
        kind = self.random.random()
        if kind < 0.3:
            return self.code(3, depth + 1)
        steps = b"".join(self._step(depth + 1) for _ in range(self.random.randrange(3)))
        code = self.code(2, 2) if kind < 0.9 else self.random.choice((b"\xef\x00", b"", b"\x00" * 40, bytes(24_577)))
        tail_size = 20
        head = steps
        copy = push(len(code)) + b"\x61" + (len(head) + tail_size).to_bytes(2, "big") + push(0) + b"\x39"
        back = push(len(code)) + push(0) + b"\xf3"
        tail = (copy + back).ljust(tail_size, b"\x00")
        return (head + tail + code)[: 1 << 12]

    def _end(self) -> bytes:
        ends = [b"\x00"] * 3 + [push(self.random.randrange(70)) + push(self.random.randrange(40)) + b"\xf3"] * 3
        ends += [b"\xfe", push(self._account()) + b"\xff"]
        if self.since("Byzantium"):
            ends += [push(self.random.randrange(70)) + push(self.random.randrange(40)) + b"\xfd"] * 2
        return self.random.choice(ends)


def hexed(number: int) -> str:
    """An address."""
    return f"{number:#042x}"


def random_environment(random: Random) -> dict[str, Any]:
    """A block."""
    return {
        "number": hex(random.randrange(1, 400)),
        "timestamp": hex(random.getrandbits(40)),
        "coinbase": hexed(COINBASE),
        "prevrandao": hex(random.getrandbits(256)),
        "difficulty": "0x20000",
        "gas_limit": "0x1c9c380",
        "chain_id": "0x1",
        "base_fee": "0x7",
        "blob_base_fee": "0x1",
        "gas_price": "0x9",
        "block_hashes": {},
        "blob_hashes": [],
    }


def random_state(random: Random, fork: str) -> dict[str, Any]:
    """A sender with funds, accounts with random code, one that delegates, one without code."""
    writer = Writer(random, fork)
    nothing = {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}
    state = {hexed(SENDER): {**nothing, "balance": hex(1 << 100)}, hexed(PLAIN[0]): {**nothing, "balance": "0x5"}}
    for account in CODED:
        state[hexed(account)] = {
            "balance": hex(random.choice((0, 1, 3, 1000))),
            "nonce": "0x1",
            "code": "0x" + writer.code(5).hex(),
            "storage": {hex(key): hex(random.randrange(1, 3)) for key in range(4) if random.random() < 0.5},
        }
    if writer.since("Prague"):
        target = random.choice((*CODED, *PLAIN, DELEGATED))
        state[hexed(DELEGATED)] = {**nothing, "nonce": "0x1", "code": "0xef0100" + f"{target:040x}"}
    return state


def random_tree(seed: int, fork: str) -> dict[str, Any]:
    """A request with bare messages over hostile accounts."""
    random = Random(f"{fork} {seed}")
    state = random_state(random, fork)
    calls: list[dict[str, Any]] = []
    for _ in range(random.randint(1, 2)):
        call: dict[str, Any] = {"create": False, "caller": hexed(SENDER), "origin": hexed(SENDER)}
        call |= {"value": hex(random.choice((0, 0, 1))), "data": "0x" + random.randbytes(random.randrange(40)).hex()}
        call |= {"gas": hex(random.choice((300_000, 1_000_000, random.randrange(100_000))))}
        accounts = (*CODED, *CODED, DELEGATED) if FORKS.index(fork) >= FORKS.index("Prague") else CODED
        call["to"] = hexed(random.choice(accounts))
        if random.random() < 0.15 and not any(each["create"] for each in calls):
            call |= {"create": True, "to": hexed(0x4EE7), "code": "0x" + Writer(random, fork).code(4).hex()}
        calls.append(call)
    return {"fork": fork, "env": random_environment(random), "contract": hexed(CODED[0]), "state": state, "calls": calls}
