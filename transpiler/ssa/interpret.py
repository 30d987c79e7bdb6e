"""A direct interpreter of a function over a simple host: what tests compare two functions by.

It is small on purpose. Calls and creates are uninterpreted: the host answers them from a hash of what they are given and see. Gas follows the
rules from Berlin on, EXP apart, whatever the fork; that is enough to compare functions of one code object with each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from transpiler.errors import InternalError
from transpiler.ssa.arithmetic import EVALUATE
from transpiler.ssa.ir import BlockId, Edge, Function, Inst, Term, Value
from transpiler.ssa.ops import dynamic_gas
from zkvm.isa.table import ENV_KINDS
from zkvm.word import MASK, keccak256

MEMORY_LIMIT: Final = 1 << 32
STATIC: Final = ("CALL", 3)
"""The one kind of message that may change no state."""


class Halted(Exception):
    """The exceptional halt of the frame."""


@dataclass(slots=True)
class Host:
    """All that a frame reads and changes. Units: `gas` is the gas given, `charged` what is charged but for memory, `words` the active memory."""

    fork: str = "Osaka"
    calldata: bytes = b""
    code: bytes = b""
    env: dict[str, int] = field(default_factory=dict)
    storage: dict[int, int] = field(default_factory=dict)
    gas: int = 10_000_000
    memory_limit: int = 1 << 22
    charged: int = 0
    words: int = 0
    memory: bytearray = field(default_factory=bytearray)
    original: dict[int, int] = field(default_factory=dict)
    transient: dict[int, int] = field(default_factory=dict)
    warm: set[tuple[str, int]] = field(default_factory=set)
    returndata: bytes = b""
    logs: list[tuple[bytes, tuple[int, ...]]] = field(default_factory=list)
    trace: list[bytes] = field(default_factory=list)

    def gas_left(self) -> int:
        """Gas left; halts when it is negative."""
        left = self.gas - self.charged - 3 * self.words - self.words * self.words // 512
        if left < 0:
            raise Halted
        return left

    def grow(self, offset: int, length: int) -> None:
        """Memory covers the range (ISA 3.4)."""
        if not length:
            return
        if offset + length > min(MEMORY_LIMIT, self.memory_limit):
            raise Halted
        self.words = max(self.words, (offset + length + 31) // 32)

    def read(self, offset: int, length: int) -> bytes:
        """A range of memory."""
        if not length:
            return b""
        self.require(offset + length)
        return bytes(self.memory[offset : offset + length])

    def write(self, offset: int, data: bytes) -> None:
        """Memory at `offset` becomes `data`."""
        if data:
            self.require(offset + len(data))
            self.memory[offset : offset + len(data)] = data

    def require(self, end: int) -> None:
        """The bytes below `end` exist. Raises: InternalError when no MGROW covers them."""
        if end > 32 * self.words:
            raise InternalError("S2Z-IR-MEMORY", f"an access up to {end:#x} without MGROW")
        if len(self.memory) < 32 * self.words:
            self.memory.extend(bytes(32 * self.words - len(self.memory)))

    def touch(self, kind: str, key: int, surcharge: int) -> None:
        """The cold surcharge at the first access."""
        if (kind, key) not in self.warm:
            self.warm.add((kind, key))
            self.charged += surcharge

    def world(self, what: str, *args: int, data: bytes = b"") -> bytes:
        """An answer of the outside world: a hash of the question."""
        text = b"".join(arg.to_bytes(32, "big") for arg in args)
        return keccak256(what.encode() + text + data + len(self.trace).to_bytes(4, "big"))

    def store(self, key: int, value: int) -> None:
        """SSTORE with its gas (EIP-2200, EIP-2929, without refunds)."""
        if self.gas_left() <= 2300:
            raise Halted
        self.touch("slot", key, 2100)
        current = self.storage.get(key, 0)
        original = self.original.setdefault(key, current)
        if value == current or original != current:
            self.charged += 100
        else:
            self.charged += 20000 if original == 0 else 2900
        self.storage[key] = value

    def call(self, op: str, imm: int, args: tuple[int, ...]) -> int:
        """CALL or CREATE: recorded, answered from a hash of all that the other frame may see, the frame's state among it.

        It may do what a hostile callee may: return less than it is asked for, or more; call back and change storage, transient
        storage and the balance, unless it is static or fails; and make slots warm, unless it fails.
        """
        start, size = (args[3], args[4]) if op == "CALL" else (args[1], args[2])
        state = repr((sorted(self.storage.items()), sorted(self.transient.items()), sorted(self.warm), len(self.logs)))
        seed = self.world(op, imm, *args, self.gas_left(), data=self.read(start, size) + state.encode())
        self.trace.append(seed)
        if op == "CALL":
            self.touch("account", args[1], 2500)
        self.charged += seed[3]
        success = int(seed[0] % 4 > 0)
        self.returndata = b"" if op == "CREATE" and success else (keccak256(seed) * 3)[: seed[1] % 96]
        if success:
            self.warm.add(("slot", seed[4] % 4))
            if (op, imm) != STATIC:
                self.reenter(seed)
        if op == "CREATE":
            return int.from_bytes(seed[:20], "big") if success else 0
        self.write(args[5], self.returndata[: args[6]])
        return success

    def reenter(self, seed: bytes) -> None:
        """What the other frame changes by calling back."""
        for key in range(4):
            self.original.setdefault(key, self.storage.get(key, 0))
            self.storage[key] = seed[5 + key] % 3
            self.transient[key] = seed[9 + key] % 3
        self.env = {**self.env, "SELFBALANCE": self.env.get("SELFBALANCE", 0) + seed[13]}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run leaves: `status` is success, revert, halt, escape or steps (the limit was reached). `gas` is 0 after a halt."""

    status: str
    output: bytes = b""
    storage: tuple[tuple[int, int], ...] = ()
    transient: tuple[tuple[int, int], ...] = ()
    logs: tuple[tuple[bytes, tuple[int, ...]], ...] = ()
    trace: tuple[bytes, ...] = ()
    gas: int = 0
    stack: tuple[int, ...] = ()
    pc: int = -1


def outcome(status: str, host: Host, output: bytes = b"", stack: tuple[int, ...] = (), pc: int = -1) -> Outcome:
    """The outcome of a frame that ended; a halt leaves nothing."""
    try:
        left = host.gas_left()
    except Halted:
        status = "halt"
    if status == "halt":
        return Outcome("halt")
    kept = tuple(sorted((key, value) for key, value in host.storage.items() if value))
    transient = tuple(sorted((key, value) for key, value in host.transient.items() if value))
    return Outcome(status, output, kept, transient, tuple(host.logs), tuple(host.trace), left, stack, pc)


def _padded(data: bytes, start: int, length: int) -> bytes:
    return data[start : start + length].ljust(length, b"\0") if length else b""


def _copy(host: Host, data: bytes, to: int, start: int, length: int) -> None:
    host.charged += 3 * ((length + 31) // 32)
    host.write(to, _padded(data, start, length))


def _environment(host: Host, kind: str) -> int:
    sizes = {"CALLDATASIZE": len(host.calldata), "CODESIZE": len(host.code), "RETURNDATASIZE": len(host.returndata)}
    return sizes.get(kind, host.env.get(kind, 0))


def execute(host: Host, op: str, imm: int, args: tuple[int, ...]) -> int:
    """One operation that is not arithmetic; the result, 0 when there is none."""
    match op:
        case "MGROW":
            host.grow(*args)
        case "MLOAD":
            return int.from_bytes(host.read(args[0], 32), "big")
        case "MSTORE":
            host.write(args[0], args[1].to_bytes(32, "big"))
        case "MSTORE8":
            host.write(args[0], bytes([args[1] & 0xFF]))
        case "MSIZE":
            return 32 * host.words
        case "GAS":
            return host.gas_left()
        case "SHA3":
            host.charged += dynamic_gas(op, args[1], host.fork) or 0
            return int.from_bytes(keccak256(host.read(*args)), "big")
        case "EXPGAS":
            host.charged += dynamic_gas(op, args[0], host.fork) or 0
        case "ENV":
            return _environment(host, ENV_KINDS[imm])
        case "CALLDATALOAD":
            return int.from_bytes(_padded(host.calldata, args[0], 32), "big")
        case "CALLDATACOPY":
            _copy(host, host.calldata, *args)
        case "CODECOPY":
            _copy(host, host.code, *args)
        case "MCOPY":
            _copy(host, host.read(args[1], args[2]), args[0], 0, args[2])
        case "RETURNDATACOPY":
            if args[1] + args[2] > len(host.returndata):
                raise Halted
            _copy(host, host.returndata, *args)
        case "EXTCODECOPY":
            host.touch("account", args[0], 2500)
            _copy(host, host.world(op, args[0]), *args[1:])
        case "BALANCE" | "EXTCODESIZE" | "EXTCODEHASH":
            host.touch("account", args[0], 2500)
            return int.from_bytes(host.world(op, args[0])[:4], "big") & ~7
        case "BLOCKHASH" | "BLOBHASH":
            return int.from_bytes(keccak256(op.encode() + args[0].to_bytes(32, "big")), "big")
        case "SLOAD":
            host.touch("slot", args[0], 2000)
            return host.storage.get(args[0], 0)
        case "SSTORE":
            host.store(*args)
        case "TLOAD":
            return host.transient.get(args[0], 0)
        case "TSTORE":
            host.transient[args[0]] = args[1]
        case "LOG":
            host.charged += 8 * args[1]
            host.logs.append((host.read(args[0], args[1]), args[2:]))
        case "CALL" | "CREATE":
            return host.call(op, imm, args)
        case _:
            raise InternalError("S2Z-IR-OP", f"unknown operation {op}")
    return 0


class Frame:
    """A function that runs: the values so far."""

    def __init__(self, function: Function, host: Host) -> None:
        self.function, self.host = function, host
        self.values: dict[Value, int] = {**function.constants, **{value: int(block) for value, block in function.labels.items()}}

    def run_inst(self, inst: Inst) -> None:
        """Runs one instruction."""
        values = self.values
        self.host.charged += inst.gas
        args = tuple([values[arg] for arg in inst.args])
        pure = EVALUATE.get(inst.op)
        result = pure(*args) if pure else execute(self.host, inst.op, inst.imm, args)
        if inst.result is not None:
            values[inst.result] = result & MASK

    def goto(self, edge: Edge) -> BlockId:
        """Passes the arguments of an edge; the block it leads to."""
        params = self.function.blocks[edge.block].params
        self.values.update(zip(params, [self.values[arg] for arg in edge.args], strict=True))
        return edge.block

    def end(self, term: Term) -> BlockId | Outcome:
        """Runs a terminator; the next block or the end."""
        host, args = self.host, tuple(self.values[arg] for arg in term.args)
        host.charged += term.gas
        match term.kind:
            case "JUMP" | "INVOKE":
                return self.goto(term.edges[0])
            case "BRANCH":
                return self.goto(term.edges[0 if args[0] else 1])
            case "RETURNTO":
                return self.goto(next(edge for edge in term.edges if edge.block == args[0]))
            case "STOP":
                return outcome("success", host)
            case "RETURN" | "REVERT":
                return outcome("success" if term.kind == "RETURN" else "revert", host, host.read(*args))
            case "SELFDESTRUCT":
                host.touch("account", args[0], 2600)
                return outcome("success", host, stack=args)
            case "ESCAPE":
                return outcome("escape", host, stack=args, pc=term.pc)
        raise Halted


def run(function: Function, host: Host, max_steps: int = 100_000) -> Outcome:
    """Runs the function from its entry; the host changes."""
    host.fork = function.fork
    frame = Frame(function, host)
    block = function.blocks[function.entry]
    try:
        for _ in range(max_steps):
            host.gas_left()
            for inst in block.insts:
                frame.run_inst(inst)
            end = frame.end(block.term)
            if isinstance(end, Outcome):
                return end
            block = function.blocks[end]
    except Halted:
        return Outcome("halt")
    return Outcome("steps")
