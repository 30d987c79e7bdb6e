"""Random valid programs: regions with branches, joins, bounded loops, and every kind of effect; and requests that run them."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from zkvm.isa.table import ENV_KINDS, FORKS, ROWS
from zkvm.isa.text import parse
from zkvm.program import Program

CONTRACT: Final = "0x00000000000000000000000000000000c0de0001"
CALLER: Final = "0x00000000000000000000000000000000ca110001"
OTHER: Final = "0x000000000000000000000000000000000000be11"
CODE: Final = bytes(range(7, 107))
_PURE: Final = [(row.name, row.operands.count("w")) for row in ROWS if row.kind == "pure"]
_EDGES: Final = (0, 1, 2, 31, 32, 255, 256, 1 << 16, 1 << 128, (1 << 255) - 1, 1 << 255, (1 << 256) - 2, (1 << 256) - 1)
_BRANCHES: Final = (("BNZ", 1), ("BZ", 1), ("BEQ", 2), ("BNE", 2), ("BLT", 2), ("BGE", 2), ("BSLT", 2), ("BSGE", 2))
_COUNTERS: Final = 1000
"""First register of the loops' counters."""


@dataclass
class Writer:
    """Writes the text of one program."""

    random: Random
    fork: str
    chained: list[str] = field(default_factory=list)
    pure: list[str] = field(default_factory=list)
    names: int = 0
    regions: int = 0

    def name(self) -> str:
        """A name not used yet."""
        self.names += 1
        return f"n{self.names}"

    def emit(self, text: str, gas: bool = True) -> None:
        """A chained instruction, sometimes with gas."""
        charged = gas and self.random.random() < 0.3
        self.chained.append(f"  {text}" + (f" gas={self.random.randrange(60)}" if charged else ""))

    def give(self, text: str, scope: list[str]) -> str:
        """A chained instruction with a result, which joins the scope."""
        name = self.name()
        self.emit(f"%{name} = {text}")
        scope.append(f"%{name}")
        return scope[-1]

    def compute(self, scope: list[str]) -> str:
        """A pure instruction over the scope, which it joins."""
        operation, arity = self.random.choice(_PURE)
        name = self.name()
        self.pure.append(f"  %{name} = {operation} " + ", ".join(self.value(scope) for _ in range(arity)))
        scope.append(f"%{name}")
        return scope[-1]

    def value(self, scope: list[str]) -> str:
        """A wire of the scope or a constant."""
        if scope and self.random.random() < 0.7:
            return self.random.choice(scope[-12:])
        return f"${self.constant():#x}"

    def constant(self) -> int:
        """Often an edge case."""
        kind = self.random.random()
        if kind < 0.5:
            return self.random.choice(_EDGES)
        return self.random.randrange(300) if kind < 0.8 else self.random.getrandbits(256)

    def small(self, scope: list[str], bound: int) -> str:
        """A number below a power of two: a constant or a masked wire."""
        if self.random.random() < 0.6:
            return f"${self.random.randrange(bound):#x}"
        name = self.name()
        self.pure.append(f"  %{name} = AND {self.value(scope)}, ${bound - 1:#x}")
        return f"%{name}"


def _span(writer: Writer, scope: list[str]) -> tuple[str, str]:
    """Offset and length of a range that memory covers from here on."""
    if writer.random.random() < 0.03:
        offset, size = writer.value(scope), writer.value(scope)
    else:
        offset, size = writer.small(scope, 256), writer.small(scope, 128)
    writer.emit(f"MGROW {offset}, {size}")
    return offset, size


def _memory(writer: Writer, scope: list[str]) -> None:
    kind = writer.random.randrange(7)
    if kind < 3:
        offset = writer.small(scope, 256)
        writer.emit(f"MGROW {offset}, $0x20")
        if kind == 0:
            writer.give(f"MLOAD {offset}", scope)
        else:
            writer.emit(f"{'MSTORE' if kind == 1 else 'MSTORE8'} {offset}, {writer.value(scope)}")
        return
    offset, size = _span(writer, scope)
    if kind == 3:
        writer.give(f"SHA3 {offset}, {size}", scope)
    elif kind == 4:
        source = writer.small(scope, 256)
        writer.emit(f"MGROW {source}, {size}")
        writer.emit(f"MCOPY {offset}, {source}, {size}")
    elif kind == 5:
        source = writer.value(scope) if writer.random.random() < 0.3 else writer.small(scope, 128)
        writer.emit(f"{writer.random.choice(('CALLDATACOPY', 'CODECOPY'))} {offset}, {source}, {size}")
    else:
        writer.emit(f"ARG {writer.value(scope)}, 0", gas=False)
        writer.emit(f"EXTCODECOPY {offset}, {writer.small(scope, 64)}, {size}")


def _storage(writer: Writer, scope: list[str]) -> None:
    key = writer.small(scope, 4)
    kind = writer.random.randrange(6)
    if kind < 2:
        writer.give(f"{('SLOAD', 'TLOAD')[kind]} {key}", scope)
    else:
        word = f"${writer.random.randrange(3):#x}" if writer.random.random() < 0.6 else writer.value(scope)
        writer.emit(f"{'TSTORE' if kind == 2 else 'SSTORE'} {key}, {word}")


def _observe(writer: Writer, scope: list[str]) -> None:
    account = writer.random.choice((CONTRACT, CALLER, OTHER, "0x1", "0x11", "0xc01b0001"))
    choices = [
        f"ENV {writer.random.choice(ENV_KINDS)}",
        f"CALLDATALOAD {writer.small(scope, 64)}",
        f"CALLDATALOAD {writer.value(scope)}",
        "GAS",
        "MSIZE",
        f"GET {writer.random.randrange(4)}",
        f"BALANCE ${account}",
        f"EXTCODESIZE ${account}",
        f"EXTCODEHASH ${account}",
        f"BLOCKHASH ${writer.random.randrange(300):#x}",
        f"BLOBHASH ${writer.random.randrange(3):#x}",
    ]
    writer.give(writer.random.choice(choices), scope)


def _log(writer: Writer, scope: list[str]) -> None:
    offset, size = _span(writer, scope)
    topics = writer.random.randrange(5)
    for _ in range(topics):
        writer.emit(f"TOPIC {writer.value(scope)}", gas=False)
    writer.emit(f"LOG {offset}, {size}, {topics}")


def _stack(writer: Writer, scope: list[str]) -> None:
    """A use of the generic tier's stack that leaves its height as it was."""
    pushed = writer.random.randrange(1, 4)
    writer.emit(f"SCHK 0, {pushed}")
    for slot in range(pushed):
        writer.emit(f"SST {writer.value(scope)}, {-1 - slot}")
    writer.emit(f"SADJ {pushed}")
    writer.give(f"SLD {writer.random.randrange(pushed)}", scope)
    writer.emit(f"SADJ -{pushed}")


def _rare(writer: Writer, scope: list[str]) -> None:
    kind = writer.random.randrange(12)
    if kind < 2:
        _call(writer, scope)
    elif kind == 2:
        _create(writer, scope)
    elif kind == 3:
        writer.emit("SCHK 1, 0")
    elif kind == 4:
        writer.emit(f"RETURNDATACOPY $0x0, {writer.small(scope, 2)}, $0x0")
    else:
        writer.emit(f"EXPGAS {writer.value(scope)}")


def _call(writer: Writer, scope: list[str]) -> None:
    """A call of any kind of an account without code, a precompile or the program itself."""
    kind = writer.random.randrange(4)
    account = writer.random.choice((CONTRACT, CONTRACT, CALLER, "0x1", "0x2", "0x4", "0x777"))
    gas = f"${writer.random.choice((0, 700, 30_000)):#x}" if account == CONTRACT else writer.value(scope)
    value = [f"${writer.random.choice((0, 1, 1 << 200)):#x}"] if kind < 2 else []
    given, taken = _span(writer, scope), _span(writer, scope)
    for index, operand in enumerate([gas, f"${account}", *value, *given, *taken]):
        writer.emit(f"ARG {operand}, {index}", gas=False)
    writer.give(f"CALL {kind}", scope)


def _create(writer: Writer, scope: list[str]) -> None:
    """A create with no init code, the only one that needs no other program."""
    two = writer.random.randrange(2)
    salt = [writer.value(scope)] if two else []
    for index, operand in enumerate([f"${writer.random.choice((0, 1, 1 << 200)):#x}", writer.value(scope), "$0x0", *salt]):
        writer.emit(f"ARG {operand}, {index}", gas=False)
    writer.give(f"CREATE {two}", scope)


def _branch(writer: Writer, scope: list[str], depth: int) -> None:
    """Two ways that join, with wires that either gives."""
    condition, arity = writer.random.choice(_BRANCHES)
    taken, join = writer.name(), writer.name()
    phis = [writer.name() for _ in range(writer.random.randrange(3))]
    writer.pure += [f"  %{phi} = PHI" for phi in phis]
    writer.emit(f"{condition} {', '.join(writer.value(scope) for _ in range(arity))}, @{taken}")
    for last in (False, True):
        inner = list(scope)
        block(writer, inner, depth + 1)
        for phi in phis:
            writer.emit(f"MOVE {writer.value(inner)}, %{phi}")
        if not last:
            writer.emit(f"JMP @{join}")
            writer.chained.append(f"{taken}:")
        elif writer.random.random() < 0.5:
            writer.emit(f"JMP @{join}")
    writer.chained.append(f"{join}:")
    scope += [f"%{phi}" for phi in phis]


def block(writer: Writer, scope: list[str], depth: int = 0) -> None:
    """A few statements."""
    for _ in range(writer.random.randrange(1, 6)):
        kind = writer.random.random()
        if kind < 0.3:
            writer.compute(scope)
        elif kind < 0.45:
            _memory(writer, scope)
        elif kind < 0.6:
            _storage(writer, scope)
        elif kind < 0.72:
            _observe(writer, scope)
        elif kind < 0.78:
            writer.emit(f"SET {writer.value(scope)}, {writer.random.randrange(4)}")
        elif kind < 0.83:
            _log(writer, scope)
        elif kind < 0.86:
            _stack(writer, scope)
        elif kind < 0.9:
            _rare(writer, scope)
        elif depth < 3:
            _branch(writer, scope, depth)


def _end(writer: Writer, scope: list[str]) -> None:
    kind = writer.random.randrange(10)
    if kind < 6:
        offset, size = _span(writer, scope)
        writer.emit(f"{'RETURN' if kind < 5 else 'REVERT'} {offset}, {size}")
    else:
        writer.emit(("STOP", "STOP", "HALT", f"SELFDESTRUCT ${writer.random.choice((CONTRACT, CALLER, OTHER))}")[kind - 6])


def _region(writer: Writer, index: int, count: int) -> None:
    """A region, perhaps looping a few times, that goes on to a later one."""
    counter = _COUNTERS + index
    writer.chained += [f"r{index}:", "  LABEL" if index else "  REGION"]
    scope: list[str] = []
    turn = writer.give(f"GET {counter}", scope)
    block(writer, scope)
    if writer.random.random() < 0.4:
        following = writer.name()
        writer.pure.append(f"  %{following} = ADD {turn}, $0x1")
        writer.emit(f"SET %{following}, {counter}")
        writer.emit(f"BLT %{following}, ${writer.random.randrange(1, 5):#x}, @r{index}")
        block(writer, scope)
    if index + 1 == count:
        _end(writer, scope)
        return
    later = [f"r{target}" for target in range(index + 1, count)]
    if len(later) > 1 and writer.random.random() < 0.5:
        writer.emit(f"BNZ {writer.value(scope)}, @{writer.random.choice(later)}")
    if writer.random.random() < 0.2:
        writer.emit(f"JMPD ${index + 1:#x}")
    else:
        writer.emit(f"JMP @{writer.random.choice(later)}")


def random_program(random: Random, fork: str, kind: str) -> Program:
    """A program that the lint accepts and that ends."""
    writer = Writer(random, fork)
    count = random.randrange(1, 6)
    for index in range(count):
        _region(writer, index, count)
    jumps = [f"  {index} r{index}" for index in range(1, count)]
    head = [f".program {fork} {kind}", f".code 0x{CODE.hex()}"]
    return parse("\n".join([*head, *writer.chained, ".pure", *writer.pure, ".jumps", *jumps]))


def random_request(random: Random, fork: str, kind: str) -> dict[str, Any]:
    """A request that runs the program once or more."""
    code = "0x" + CODE.hex()
    slots = {hex(key): hex(random.randrange(1, 3)) for key in range(4) if random.random() < 0.5}
    create, balance = kind == "creation", hex(random.randrange(100))
    contract = {"balance": balance, "nonce": "0x1", "code": code, "storage": slots}
    if create:  # which finds no account (ISA 8.9)
        contract = {"balance": balance, "nonce": "0x0", "code": "0x", "storage": {}}
    call: dict[str, Any] = {"create": create, "caller": CALLER, "origin": OTHER, "to": CONTRACT}
    if create:
        call["code"] = code
    calls = [
        {
            **call,
            "value": hex(random.randrange(3)),
            "data": "0x" + random.randbytes(random.randrange(80)).hex(),
            "gas": hex(random.choice((10_000_000, random.randrange(100_000), random.randrange(2_000)))),
        }
        for _ in range(1 if create else random.randrange(1, 4))
    ]
    return {
        "fork": fork,
        "env": {
            "number": hex(random.randrange(400)),
            "timestamp": hex(random.getrandbits(40)),
            "coinbase": "0x00000000000000000000000000000000c01b0001",
            "prevrandao": hex(random.getrandbits(256)),
            "difficulty": "0x20000",
            "gas_limit": "0x1c9c380",
            "chain_id": "0x1",
            "base_fee": "0x7",
            "blob_base_fee": "0x1",
            "gas_price": "0x9",
            "block_hashes": {hex(number): hex(random.getrandbits(256)) for number in range(0, 300, 7)},
            "blob_hashes": [hex(random.getrandbits(256))],
        },
        "contract": CONTRACT,
        "state": {
            CONTRACT: contract,
            CALLER: {"balance": hex(1 << 128), "nonce": "0x0", "code": "0x", "storage": {}},
            **({OTHER: {"balance": "0x5", "nonce": "0x0", "code": "0x6001", "storage": {}}} if random.random() < 0.5 else {}),
        },
        "calls": calls,
    }


def random_case(seed: int) -> tuple[Program, dict[str, Any]]:
    """A program and a request by seed."""
    random = Random(seed)
    fork = random.choice(FORKS)
    kind = "creation" if random.random() < 0.2 else "runtime"
    return random_program(random, fork, kind), random_request(random, fork, kind)
