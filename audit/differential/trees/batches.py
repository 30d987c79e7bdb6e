"""Batches: transactions of every kind over one state."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from audit.differential.trees import scene
from audit.differential.trees.authorizations import authorizations
from audit.differential.trees.pool import Json, Pool, since, state
from audit.differential.trees.precompile_inputs import draw
from zkvm.isa.rules import rules_of

DEEP_GAS: Final = 2**50
"""Enough to go 1024 deep with a 64th kept back each time."""
_LIMITS: Final = (150_000, 400_000, 1_000_000, 3_000_000, 3_000_000, 10_000_000)
_ADDRESS_SPACE: Final = 0xB0B0_0000


@dataclass(slots=True)
class Batch:
    """A batch under way: what each sender's nonce will be if all goes well."""

    pool: Pool
    random: Random
    request: Json
    nonces: dict[int, int]

    def transaction(self) -> Json:
        """The next entry."""
        choice = self.random.random()
        if choice < 0.4:
            entry = self.bare()
        elif choice < 0.47:
            entry = self.bare_create()
        else:
            entry = self.shaped()
        if self.random.random() < 0.1:
            entry["env"] = {"number": hex(self.random.randrange(1, 2000)), "timestamp": hex(self.random.getrandbits(32))}
        return entry

    def bare(self) -> Json:
        """A bare message."""
        random = self.random
        caller = random.choice((scene.SENDERS[0].address, scene.POOR, random.choice(scene.CONTRACTS)))
        to, data = self._target()
        balance = int(self.request["state"][scene.text(caller)]["balance"], 16)
        # what a contract or the poor have may be gone by then
        value = random.choice((0, 0, 1, 1000)) if balance > 10**20 else 0
        deep = to in scene.DIVERS
        entry = self._entry(caller, to, value, data, DEEP_GAS if deep else random.choice(_LIMITS))
        if random.random() < 0.3:
            entry["origin"] = scene.text(scene.SENDERS[1].address)
        return entry

    def bare_create(self) -> Json:
        """A bare create at an address where nothing is."""
        random = self.random
        to = _ADDRESS_SPACE + random.getrandbits(28)
        entry = self._entry(scene.SENDERS[0].address, to, random.choice((0, 0, 5)), self._arguments(), random.choice(_LIMITS))
        code = random.choice(self.pool.init_codes)
        if random.random() < 0.02:
            code, entry["gas"], entry["data"] = self.pool.diving, hex(DEEP_GAS), "0x"
        self._count(scene.SENDERS[0].address)
        return {**entry, "create": True, "code": "0x" + code.hex()}

    def shaped(self) -> Json:
        """A transaction of a type that the rule set has, now and then one that it refuses."""
        random, fork = self.random, self.pool.fork
        key = random.choice(scene.SENDERS)
        create = random.random() < 0.18
        to, data = self._target(deep=False)
        entry = self._entry(key.address, to, random.choice((0, 0, 0, 1, 10**6)), self._arguments() if create else data, 0)
        del entry["gas"]
        kind = random.randrange(rules_of(fork).newest_type + 1)
        entry["transaction"] = shaped = self._prices(kind)
        shaped |= {"nonce": hex(self.nonces[key.address]), "gas_limit": hex(random.choice(_LIMITS))}
        if (kind >= 1 and random.random() < 0.7) or kind == 1:
            shaped["access_list"] = self._access_list()
        if kind == 3:
            create = False
            shaped["blob_hashes"] = ["0x01" + random.randbytes(31).hex() for _ in range(random.choice((1, 1, 2, 6)))]
            shaped["max_fee_per_blob_gas"] = hex(random.choice((1, 2, 1000)))
        if kind == 4:
            create = False
            shaped["authorizations"] = authorizations(random, self.nonces, key)
        if create:
            self._create(entry, random.choice(self.pool.init_codes))
        if random.random() < 0.08:
            self._spoil(entry)
        else:
            self._count(key.address)
        return entry

    def _prices(self, kind: int) -> Json:
        base = int(self.request["env"]["base_fee"], 16)
        if kind < 2:
            return {"gas_price": hex(base + self.random.choice((0, 0, 1, 1000)))}
        tip = self.random.choice((0, 1, 7))
        return {"max_fee_per_gas": hex(base + tip + self.random.choice((0, 100))), "max_priority_fee_per_gas": hex(tip)}

    def _spoil(self, entry: Json) -> None:
        """One thing for which the rule set refuses the transaction, or perhaps does."""
        random, shaped = self.random, entry["transaction"]
        nonce = int(shaped["nonce"], 16)
        limits = (20_999, 21_000, 53_000, 2**24 + 1, *((30_000_001,) if self.pool.fork != "Osaka" else ()))
        ways: list[Json] = [{"nonce": hex(nonce + 1)}, {"nonce": hex(max(nonce - 1, 0))}, {"type": 5}]
        ways += [{"gas_limit": hex(random.choice(limits))}] * 2
        if "max_fee_per_gas" in shaped:
            ways.append({"max_priority_fee_per_gas": hex(int(shaped["max_fee_per_gas"], 16) + 1)})
            ways.append({"max_fee_per_gas": "0x0", "max_priority_fee_per_gas": "0x0"})
            if not entry["create"]:
                ways.append(random.choice(({"type": 3, "max_fee_per_blob_gas": "0x1"}, {"type": 4})))
        else:
            ways += [{"gas_price": hex(random.choice((0, 10**30)))}, {"type": 1}]
        if "blob_hashes" in shaped:
            hashes: tuple[list[str], ...] = ([], ["0x02" + "00" * 31], shaped["blob_hashes"] * 10)
            ways += [{"blob_hashes": random.choice(hashes)}, {"max_fee_per_blob_gas": "0x0"}]
        if "authorizations" in shaped:
            ways.append({"authorizations": []})
        choice = random.random()
        if choice < 0.1:
            # one with the means to pay, so that it is refused for one reason alone
            entry["caller"] = entry["origin"] = scene.text(random.choice(scene.CONTRACTS))
            entry["value"] = "0x0"
            stated = self.request["state"][entry["caller"]]
            stated["balance"], shaped["nonce"] = hex(10**24), stated["nonce"]
        elif choice < 0.2:
            entry["caller"] = entry["origin"] = scene.text(scene.LAST)
            shaped["nonce"] = hex(2**64 - 1)
        elif choice < 0.3 and not entry["create"]:
            creatable = not {"blob_hashes", "authorizations"} & shaped.keys()
            self._create(entry, bytes(random.choice((1, 49_152, 49_153) if creatable else (1,))))
            shaped["gas_limit"] = hex(_LIMITS[-1])
        else:
            shaped |= random.choice(ways)

    def _create(self, entry: Json, code: bytes) -> None:
        del entry["to"]
        entry |= {"create": True, "code": "0x" + code.hex()}

    def _entry(self, caller: int, to: int, value: int, data: bytes, gas: int) -> Json:
        return {
            "create": False, "caller": scene.text(caller), "origin": scene.text(caller), "to": scene.text(to), "value": hex(value),
            "data": "0x" + data.hex(), "gas": hex(gas),
        }  # fmt: skip

    def _target(self, deep: bool = True) -> tuple[int, bytes]:
        """Whom a message goes to, and its data: a selector, fuel, words."""
        random = self.random
        words = b"".join(self._word().to_bytes(32, "big") for _ in range(random.randrange(4)))
        data = bytes([random.randrange(8), random.choice((2, 3, 3, 4, 4, 5, 6, 7))]) + words
        choice = random.random()
        if choice < 0.84:
            return random.choice(scene.CONTRACTS), data
        if choice < 0.847 and deep:
            return random.choice(scene.DIVERS), b""
        if choice < 0.93 and since(self.pool.fork, "Prague"):
            return random.choice(scene.DELEGATED), data
        if choice < 0.97:
            to = scene.precompile(self.pool.fork, random)
            return to, draw(to, random)
        return random.choice((*scene.NOBODY, scene.POOR, scene.EMPTY, scene.SENDERS[1].address)), data

    def _word(self) -> int:
        random = self.random
        return random.choice(
            (0, 1, random.randrange(300), random.choice(scene.CONTRACTS), random.getrandbits(256), 2**64, 2**256 - 1)
        )

    def _arguments(self) -> bytes:
        random = self.random
        return random.choice((b"", b"", b"\x00", b"\x5b\x00", bytes(32), random.randbytes(random.randrange(1, 40))))

    def _access_list(self) -> list[Json]:
        random = self.random
        addresses = (*scene.CONTRACTS, *scene.NOBODY, scene.PRECOMPILES[1], random.getrandbits(160))
        chosen = [random.choice(addresses) for _ in range(random.randrange(4))]
        return [
            {"address": scene.text(each), "storage_keys": [hex(random.randrange(4)) for _ in range(random.randrange(3))]}
            for each in chosen
        ]

    def _count(self, sender: int) -> None:
        self.nonces[sender] += 1


def environment(random: Random) -> Json:
    """A block."""
    number = random.randrange(300, 10**7)
    return {
        "number": hex(number), "timestamp": hex(random.getrandbits(31)), "coinbase": scene.text(scene.COINBASE),
        "prevrandao": hex(random.getrandbits(256)), "difficulty": hex(random.getrandbits(40)), "gas_limit": hex(30_000_000),
        "chain_id": "0x1", "base_fee": hex(random.choice((0, 7, 1000))), "blob_base_fee": "0x1", "gas_price": hex(random.randrange(100)),
        "block_hashes": {hex(number - back): "0x" + random.randbytes(32).hex() for back in (1, 2, 256)},
        "blob_hashes": ["0x01" + random.randbytes(31).hex()] * random.randrange(2),
    }  # fmt: skip


def batch(pool: Pool, random: Random, count: int, bare: bool = True) -> dict[str, Any]:
    """A request of `count` transactions; bare messages among them only if `bare`."""
    request: Json = {
        "fork": pool.fork, "env": environment(random), "contract": scene.text(scene.CONTRACTS[0]), "state": state(pool, random), "calls": [],
        "messages": True,
    }  # fmt: skip
    nonces = {key.address: int(request["state"][scene.text(key.address)]["nonce"], 16) for key in scene.SENDERS}
    under_way = Batch(pool, random, request, nonces)
    request["calls"] = [under_way.transaction() if bare else under_way.shaped() for _ in range(count)]
    return request
