"""Seeded faults: rewritings of a program, or of what its run shows, and those of an executor; the checker must find each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from audit.differential.execution import Library
from audit.differential.machine_faults import MACHINE_FAULTS, FaultyMachine, MachineFault
from zkvm.errors import InputError
from zkvm.isa.table import BY_CODE, BY_NAME, ENV_KINDS
from zkvm.machine.message import CALL_KINDS
from zkvm.program import Instruction, Kind, Program

Rewrite = Callable[[Program, int, Instruction], Instruction | None]
"""An instruction's replacement (program, identifier, instruction), or None where the fault does not apply."""

ADDRESS_MASK: Final = (1 << 160) - 1


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that a translator could have: a rule that is wrong wherever it applies, or with `site` at one place only."""

    name: str
    what: str
    rewrite: Rewrite
    kind: Kind = "runtime"
    site: int | None = field(default=None, compare=True)
    """Ordinal among the places where it applies; None: all of them."""

    def sites(self, program: Program) -> list[int]:
        """The identifiers of the instructions that the fault changes."""
        if program.kind != self.kind:
            return []
        found = [
            number
            for number, each in enumerate(program.instructions, 1)
            if (changed := self.rewrite(program, number, each)) is not None and changed != each
        ]
        return found if self.site is None else found[self.site : self.site + 1]

    def inject(self, program: Program) -> Program:
        """The program with the fault."""
        sites = set(self.sites(program))
        changed = tuple(
            self.rewrite(program, number, each) or each if number in sites else each
            for number, each in enumerate(program.instructions, 1)
        )
        return replace(program, instructions=changed)

    def as_json(self) -> dict[str, Any]:
        """The form that vectors hold."""
        return {"name": self.name, "kind": self.kind, "site": self.site}


AnyFault = Fault | MachineFault
"""A fault of the translator, or one of the executor."""


def faulty(library: Library, fault: AnyFault) -> Library:
    """A library over the same translations whose programs, or whose executor, have the fault."""
    if isinstance(fault, MachineFault):
        return replace(library, executor=FaultyMachine(fault))
    return library.with_rewrite(fault.inject)


def places(fault: AnyFault, library: Library, used: Library) -> int:
    """How much a fault changed in what a faulty library ran: places of a program, or times that its executor went wrong."""
    if isinstance(used.executor, FaultyMachine):
        return used.executor.changes
    assert isinstance(fault, Fault)
    return max((len(fault.sites(library.met[key])) for key in used.rewritten), default=0)


def fault_of(document: Mapping[str, Any]) -> AnyFault:
    """The fault that a vector names.

    Raises: InputError if there is none of that name.
    """
    found = next((each for each in CATALOGUE if each.name == document.get("name")), None)
    if found is None:
        raise InputError(
            "fault-unknown", f"there is no fault {document.get('name')!r}", hint=", ".join(each.name for each in CATALOGUE)
        )
    site = document.get("site")
    if site is not None and (type(site) is not int or site < 0 or isinstance(found, MachineFault)):
        raise InputError("fault-unknown", f"{site!r} is no site of a fault")
    return found if isinstance(found, MachineFault) else replace(found, site=site)


def _op(each: Instruction) -> str:
    return BY_CODE[each.op].name


def _is(each: Instruction, *names: str) -> bool:
    return _op(each) in names


def _constant(program: Program, identifier: int) -> int | None:
    at = identifier - len(program.instructions) - 1
    return program.constants[at] if 0 <= at < len(program.constants) else None


def _other_constant(program: Program, identifier: int) -> int:
    """The identifier of the next constant of the pool, cyclically."""
    count = len(program.instructions)
    return count + 1 + (identifier - count) % len(program.constants)


def _swapped(*names: str) -> Rewrite:
    return lambda _, __, each: each._replace(a=each.b, b=each.a) if _is(each, *names) else None


def _renamed(pairs: Mapping[str, str]) -> Rewrite:
    both = {**pairs, **{new: old for old, new in pairs.items()}}
    return lambda _, __, each: each._replace(op=BY_NAME[both[_op(each)]].code) if _op(each) in both else None


def _wrong_constant(*names: str, where: Callable[[int], bool] = lambda _: True) -> Rewrite:
    def rewrite(program: Program, _: int, each: Instruction) -> Instruction | None:
        if not _is(each, *names):
            return None
        value = _constant(program, each.a)
        return each._replace(a=_other_constant(program, each.a)) if value is not None and where(value) else None

    return rewrite


def _mask_dropped(program: Program, _: int, each: Instruction) -> Instruction | None:
    if not _is(each, "AND"):
        return None
    if _constant(program, each.b) == ADDRESS_MASK:
        return each._replace(op=BY_NAME["OR"].code, b=each.a)
    return each._replace(op=BY_NAME["OR"].code, a=each.b) if _constant(program, each.a) == ADDRESS_MASK else None


def _became(*names: str, new: str) -> Rewrite:
    return lambda _, __, each: Instruction(BY_NAME[new].code, gas=each.gas) if _is(each, *names) else None


def _topics_swapped(program: Program, number: int, each: Instruction) -> Instruction | None:
    """The last two topics of a log of three or more."""
    if not _is(each, "TOPIC"):
        return None
    instructions = program.instructions
    follows, twice = instructions[number], instructions[number + 1]
    if _is(follows, "LOG") and follows.c >= 3:
        return each._replace(a=instructions[number - 2].a)
    return each._replace(a=follows.a) if _is(follows, "TOPIC") and _is(twice, "LOG") and twice.c >= 3 else None


def _selector(program: Program, _: int, each: Instruction) -> Instruction | None:
    if not _is(each, "BEQ", "BNE", "EQ"):
        return None
    for name in ("a", "b"):
        value = _constant(program, getattr(each, name))
        if value is not None and 1 << 24 <= value < 1 << 32:
            return each._replace(**{name: _other_constant(program, getattr(each, name))})
    return None


def _env(old: str, new: str) -> Rewrite:
    kinds = list(ENV_KINDS)
    return lambda _, __, each: each._replace(c=kinds.index(new)) if _is(each, "ENV") and each.c == kinds.index(old) else None


def _registers_mixed_up(_: Program, __: int, each: Instruction) -> Instruction | None:
    return each._replace(c=1 - each.c) if _is(each, "GET") and each.c < 2 else None


def _gas_off(_: Program, __: int, each: Instruction) -> Instruction | None:
    return each._replace(gas=each.gas + 1) if _is(each, "RETURN", "STOP") else None


def _taker(program: Program, number: int) -> Instruction:
    """The instruction that takes an ARG."""
    return next(each for each in program.instructions[number:] if not _is(each, "ARG"))


def _value_dropped(program: Program, number: int, each: Instruction) -> Instruction | None:
    """The value of a CALL, CALLCODE, CREATE or CREATE2 becomes the constant 0, where the pool has it."""
    if not _is(each, "ARG") or program.constants[:1] != (0,):
        return None
    taker = _taker(program, number)
    carried = (_is(taker, "CREATE") and each.c == 0) or (_is(taker, "CALL") and CALL_KINDS[taker.c] in WITH_VALUE and each.c == 2)
    return each._replace(a=len(program.instructions) + 1) if carried else None


def _wrong_callee(program: Program, number: int, each: Instruction) -> Instruction | None:
    """The account called becomes the word of the ARG before it, which is the gas."""
    if not _is(each, "ARG") or each.c != 1 or not _is(_taker(program, number), "CALL"):
        return None
    return each._replace(a=program.instructions[number - 2].a)


def _is_offset(value: int) -> bool:
    return value < 1 << 16


WITH_VALUE: Final = ("call", "callcode")

FAULTS: Final[tuple[Fault, ...]] = (
    Fault("sub-operands-swapped", "SUB a, b becomes SUB b, a", _swapped("SUB")),
    Fault("comparison-swapped", "unsigned comparisons have their operands swapped", _swapped("LT", "GT", "BLT", "BGE")),
    Fault("mask-dropped", "AND with the address mask passes the word on", _mask_dropped),
    Fault(
        "wrong-slot", "SLOAD and SSTORE of a constant slot take the next constant of the pool", _wrong_constant("SLOAD", "SSTORE")
    ),
    Fault("topics-swapped", "the last two topics of a log of three are exchanged", _topics_swapped),
    Fault("revert-made-stop", "REVERT becomes STOP", _became("REVERT", new="STOP")),
    Fault(
        "constructor-store-dropped", "SSTORE of a constructor becomes nothing", _became("SSTORE", new="CHARGE"), kind="creation"
    ),
    Fault("gas-off-by-one", "a successful end charges one gas more", _gas_off),
    Fault("log-skipped", "LOG and its TOPICs become nothing", _became("LOG", "TOPIC", new="CHARGE")),
    Fault(
        "wrong-memory-offset",
        "MSTORE at a constant offset takes the next constant of the pool",
        _wrong_constant("MSTORE", where=_is_offset),
    ),
    Fault("branch-inverted", "branches on zero go the other way", _renamed({"BNZ": "BZ"})),
    Fault("wrong-selector", "a selector is compared with the next constant of the pool", _selector),
    Fault(
        "calldata-offset",
        "CALLDATALOAD at a constant offset takes the next constant of the pool",
        _wrong_constant("CALLDATALOAD", where=_is_offset),
    ),
    Fault("store-dropped", "SSTORE becomes nothing but its static gas", _became("SSTORE", new="CHARGE")),
    Fault("mapping-key-swapped", "HASH2 a, b becomes HASH2 b, a", _swapped("HASH2")),
    Fault("caller-is-origin", "CALLER gives ORIGIN", _env("CALLER", "ORIGIN")),
    Fault("block-argument-mixed-up", "registers 0 and 1 are read for each other", _registers_mixed_up),
    Fault("shift-direction", "SHR becomes SHL", _renamed({"SHR": "SHL"})),
    Fault("value-dropped", "calls and creates send no value", _value_dropped),
    Fault("wrong-callee", "calls go to the account that has the word of their gas as its address", _wrong_callee),
)
"""Of the translator. A rule is wrong wherever it applies, so each fault changes all its places unless one is named."""
CATALOGUE: Final[tuple[AnyFault, ...]] = (*FAULTS, *MACHINE_FAULTS)
"""All faults that a self-test seeds."""
