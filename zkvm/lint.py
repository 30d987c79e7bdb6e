"""The lint of programs (ISA 7.5): what no row of a proof checks, in linear time.

Sound because: with these rules a program's wires are acyclic inside a region instance, each is given at most once, and each
chained instruction has one place in one region; ISA.md argues the rest.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from zkvm.errors import InputError
from zkvm.isa.table import BY_CODE, BY_NAME, ENV_KINDS, FORKS, ROWS, SIGNED_IMMEDIATES, Row
from zkvm.program import Instruction, Program
from zkvm.word import MODULUS, keccak256

MAX_IDENTIFIERS: Final[int] = 1 << 22
MAX_CODE_BYTES: Final[int] = 1 << 20
MAX_REGISTERS: Final[int] = 1 << 20
MAX_GAS_FIELD: Final[int] = 1 << 16
MAX_REGION: Final[int] = 1 << 12
MAX_SIGNED: Final[int] = 1 << 24

_ENTRIES: Final = frozenset({BY_NAME["REGION"].code, BY_NAME["LABEL"].code})
_CODES: Final = {row.name: row.code for row in BY_CODE.values()}
_JMP, _MOVE, _PHI, _TOPIC, _LOG, _ARG = (_CODES[name] for name in ("JMP", "MOVE", "PHI", "TOPIC", "LOG", "ARG"))
_NO_FALL: Final = frozenset(
    row.code for row in ROWS if row.kind == "end" or (row.kind == "branch" and not {"w", "t"} <= set(row.operands))
)
"""What nothing falls through: ends, and branches without a condition."""
_IMMEDIATE_BOUNDS: Final[dict[int, int]] = {
    _CODES["GET"]: MAX_REGISTERS,
    _CODES["SET"]: MAX_REGISTERS,
    _CODES["JMPR"]: 1,
    _CODES["ENV"]: len(ENV_KINDS),
    _CODES["ARG"]: max(len(brought) for row in ROWS if row.extra == "ARG" for brought in row.brought),
    **{row.code: len(row.brought) for row in ROWS if row.has_kinds},
}
_SCHK: Final = _CODES["SCHK"]
_SIGNED: Final = frozenset(_CODES[name] for name in SIGNED_IMMEDIATES)


class LintError(InputError):
    """A program breaks a rule of ISA 7.5; `rule` names it, `identifier` the instruction (0: the program)."""

    def __init__(self, rule: str, identifier: int, detail: str) -> None:
        place = f"instruction {identifier}" if identifier else "program"
        super().__init__(f"lint-{rule}", detail, place)
        self.rule = rule
        self.identifier = identifier


def lint(program: Program) -> None:
    """Check every rule of ISA 7.5.

    Raises: LintError for the first rule that is broken.
    """
    _header(program)
    for identifier, instruction in enumerate(program.instructions, 1):
        _fields(program, identifier, instruction)
    _groups(program)
    leaders = _leaders(program)
    regions = _regions(program)
    phis = _phis(program, regions, leaders)
    _availability(program, phis)
    _readers(program, regions, phis)
    _jump_table(program)


def _header(program: Program) -> None:
    count = len(program.instructions)
    if program.fork not in FORKS:
        raise LintError("fork", 0, f"{program.fork!r} is not a rule set")
    if count + len(program.constants) >= MAX_IDENTIFIERS:
        raise LintError("size", 0, f"{count + len(program.constants)} identifiers are too many")
    if len(program.code) > MAX_CODE_BYTES:
        raise LintError("size", 0, f"{len(program.code)} bytes of code are too many")
    if not 1 <= program.chained <= count:
        raise LintError("size", 0, f"{program.chained} chained instructions of {count}")
    if keccak256(program.code) != program.code_hash:
        raise LintError("code-hash", 0, "the code hash is not that of the code")
    if any(not 0 <= word < MODULUS for word in program.constants):
        raise LintError("constants", 0, "a constant is not a word")
    if any(low >= high for low, high in pairwise(program.constants)):
        raise LintError("constants", 0, "the constants do not rise strictly")
    if program.instructions[0].op != _CODES["REGION"]:
        raise LintError("entry", 1, "the first instruction is not a REGION")


def _fields(program: Program, identifier: int, at: Instruction) -> None:
    """The op is known and where it may stand; each field holds what its letter says."""
    row = BY_CODE.get(at.op)
    if row is None:
        raise LintError("op", identifier, f"{at.op:#x} is not in the table")
    chained = identifier <= program.chained
    if chained != (row.kind in ("chained", "branch", "end")):
        raise LintError("kind", identifier, f"{row.name} is {row.kind}, and stands among the {'chained' if chained else 'pure'}")
    if not 0 <= at.gas < MAX_GAS_FIELD or (at.gas and not chained):
        raise LintError("gas", identifier, f"its gas field is {at.gas}")
    for letter, value in zip(row.operands, (at.a, at.b, at.c), strict=True):
        if letter == "-":
            if value:
                raise LintError("unused", identifier, f"an unused field of {row.name} holds {value}")
        elif letter == "w":
            _operand(program, identifier, value, chained)
        elif letter == "t":
            if not 1 <= value <= program.chained:
                raise LintError("target", identifier, f"it jumps to {value}, which is not chained")
            if value <= identifier and program.instructions[value - 1].op not in _ENTRIES:
                raise LintError("backward", identifier, f"it jumps back to {value}, which is neither REGION nor LABEL")
        elif letter == "p" and not (program.chained < value <= len(program.instructions) and _op(program, value) == _PHI):
            raise LintError("phi", identifier, f"it gives {value}, which is no PHI")
    _immediates(identifier, row, at)


def _immediates(identifier: int, row: Row, at: Instruction) -> None:
    bound = _IMMEDIATE_BOUNDS.get(at.op)
    if bound is not None and not 0 <= at.c < bound:
        raise LintError("immediate", identifier, f"{at.c} is out of range for {row.name}")
    if at.op in _SIGNED and not (0 <= at.c < MAX_SIGNED or (1 << 32) - MAX_SIGNED < at.c < 1 << 32):
        raise LintError("immediate", identifier, f"{at.c} is out of range for {row.name}, whose c is signed")
    if at.op == _SCHK and not 0 <= at.b < MAX_SIGNED:
        raise LintError("immediate", identifier, f"{at.b} slots are out of range for {row.name}")


def _operand(program: Program, identifier: int, value: int, chained: bool) -> None:
    """A word operand names a constant or something with a result, and reads no later than ISA 1.2 allows."""
    count = len(program.instructions)
    if count < value <= count + len(program.constants):
        return
    if not 1 <= value <= count:
        raise LintError("operand", identifier, f"it reads {value}, which does not exist")
    row = BY_CODE.get(_op(program, value))
    if row is None or not row.result:
        raise LintError("operand", identifier, f"it reads {value}, which has no result")
    if value <= program.chained:
        if chained and value >= identifier:
            raise LintError("order", identifier, f"it reads the chained {value}, which does not come before it")
    elif not chained and value >= identifier and row.code != _PHI:
        raise LintError("order", identifier, f"it reads the pure {value}, which is not smaller")


def _op(program: Program, identifier: int) -> int:
    return program.instructions[identifier - 1].op


def _leaders(program: Program) -> bytearray:
    """1 at each identifier that a branch names."""
    leaders = bytearray(program.chained + 2)
    for at in program.instructions[: program.chained]:
        if BY_CODE[at.op].operands[2] == "t":
            leaders[at.c] = 1
    for identifier, at in enumerate(program.instructions[: program.chained], 1):
        inside = (at.op == _TOPIC and _op(program, identifier - 1) == _TOPIC) or (at.op == _LOG and at.c > 0)
        inside = inside or (identifier > 1 and _op(program, identifier - 1) == _ARG)
        if inside and leaders[identifier]:
            raise LintError("group", identifier, "a jump leads between an instruction and its TOPICs or ARGs")
    return leaders


def _regions(program: Program) -> list[int]:
    """The region (its entry's identifier) of each chained instruction, by identifier."""
    regions = [0] * (program.chained + 1)
    sizes: dict[int, int] = {}
    for identifier, at in enumerate(program.instructions[: program.chained], 1):
        if at.op in _ENTRIES:
            regions[identifier] = identifier
        region = regions[identifier]
        if region == 0:
            raise LintError("unreached", identifier, "no path inside a region leads to it")
        sizes[region] = sizes.get(region, 0) + 1
        if sizes[region] > MAX_REGION:
            raise LintError("region-size", identifier, f"its region has more than {MAX_REGION} chained instructions")
        if at.op not in _NO_FALL:
            if identifier == program.chained:
                raise LintError("falls-off", identifier, "the last chained instruction falls through")
            _enter(program, regions, identifier, identifier + 1)
        if BY_CODE[at.op].operands[2] == "t":
            _enter(program, regions, identifier, at.c)
    return regions


def _enter(program: Program, regions: list[int], source: int, target: int) -> None:
    """An edge keeps the region unless it reaches an entry."""
    if _op(program, target) in _ENTRIES:
        return
    if regions[target] not in (0, regions[source]):
        raise LintError("single-entry", target, f"it is entered from the regions {regions[target]} and {regions[source]}")
    regions[target] = regions[source]


def _phis(program: Program, regions: list[int], leaders: bytearray) -> dict[int, tuple[int, int]]:
    """For each PHI that a MOVE gives: its region and what stands before its join; the MOVEs stand as ISA 2.4 says."""
    exits = _exits(program, leaders)
    found: dict[int, tuple[int, int]] = {}
    joins: dict[int, int] = {}
    used: set[tuple[int, int]] = set()
    for identifier, at in enumerate(program.instructions[: program.chained], 1):
        if at.op != _MOVE:
            continue
        leave, join = exits[identifier]
        if join == 0 or _op(program, join) in _ENTRIES:
            raise LintError("move", identifier, "its block does not lead to a join inside its region")
        if joins.setdefault(at.c, join) != join:
            raise LintError("move", identifier, f"the MOVEs to {at.c} lead to the joins {joins[at.c]} and {join}")
        if (at.c, leave) in used:
            raise LintError("move", identifier, f"another MOVE to {at.c} stands in the same block")
        used.add((at.c, leave))
        found[at.c] = (regions[identifier], join - 1)
    return found


def _exits(program: Program, leaders: bytearray) -> list[tuple[int, int]]:
    """For each chained identifier the last instruction of its block and the one block it leads to (0 if not just one)."""
    exits = [(0, 0)] * (program.chained + 2)
    for identifier in range(program.chained, 0, -1):
        at = program.instructions[identifier - 1]
        if at.op == _JMP:
            exits[identifier] = (identifier, at.c)
        elif BY_CODE[at.op].kind == "chained":
            following = leaders[identifier + 1] or _op(program, identifier + 1) in _ENTRIES
            exits[identifier] = (identifier, identifier + 1) if following else exits[identifier + 1]
    return exits


def _availability(program: Program, phis: dict[int, tuple[int, int]]) -> None:
    """What a chained instruction reads, directly or through pure instructions, is given before it: no cycle, no later value."""
    count = len(program.instructions)
    last = list(range(program.chained + 1)) + [0] * (count - program.chained)
    for identifier in range(program.chained + 1, count + 1):
        if _op(program, identifier) == _PHI:
            last[identifier] = phis.get(identifier, (0, MAX_IDENTIFIERS))[1]
    for identifier in range(program.chained + 1, count + 1):
        if _op(program, identifier) != _PHI:
            last[identifier] = max(last[value] if value <= count else 0 for value in _operands(program, identifier))
    for identifier in range(1, program.chained + 1):
        for value in _operands(program, identifier):
            if value <= count and last[value] >= identifier:
                raise LintError("order", identifier, f"it reads {value}, which depends on {last[value]}, not before it")


def _operands(program: Program, identifier: int) -> tuple[int, ...]:
    at = program.instructions[identifier - 1]
    letters = BY_CODE[at.op].operands
    if letters == "ww-":
        return (at.a, at.b)
    return tuple(value for letter, value in zip(letters, (at.a, at.b, at.c), strict=True) if letter == "w")


def _readers(program: Program, regions: list[int], phis: dict[int, tuple[int, int]]) -> None:
    """Chained results, PHIs and pure instructions are read in one region only, their own."""
    count = len(program.instructions)
    homes = regions + [0] * (count - program.chained)
    for identifier, (region, _) in phis.items():
        homes[identifier] = region
    for identifier in [*range(1, program.chained + 1), *range(count, program.chained, -1)]:
        region = homes[identifier]
        if region == 0:
            continue
        for value in _operands(program, identifier):
            if value > count:
                continue
            if homes[value] not in (0, region):
                raise LintError("region", identifier, f"it reads {value} of the region {homes[value]} in the region {region}")
            homes[value] = region


def _groups(program: Program) -> None:
    """TOPICs and ARGs stand in order just before the instruction that takes them."""
    topics = arguments = 0
    for identifier, at in enumerate(program.instructions[: program.chained], 1):
        if topics and at.op not in (_TOPIC, _LOG):
            raise LintError("topics", identifier, f"{topics} TOPICs stand before it")
        if at.op == _LOG and topics != at.c:
            raise LintError("topics", identifier, f"{topics} TOPICs stand before a LOG of {at.c}")
        topics = topics + 1 if at.op == _TOPIC else 0
        if at.op == _ARG:
            if at.c != arguments:
                raise LintError("arguments", identifier, f"ARG {at.c} stands where ARG {arguments} should")
            arguments += 1
            continue
        if arguments != argument_count(at):
            raise LintError("arguments", identifier, f"{arguments} ARGs stand before it, not {argument_count(at)}")
        arguments = 0


def argument_count(at: Instruction) -> int:
    """How many ARGs stand before an instruction."""
    row = BY_CODE[at.op]
    return len(row.brought_by_rows(at.c)) if row.extra == "ARG" else 0


def _jump_table(program: Program) -> None:
    for pc, identifier in program.jump_table:
        if not 1 <= identifier <= program.chained or _op(program, identifier) != _CODES["LABEL"]:
            raise LintError("jump-table", identifier, f"the jump table's entry for pc {pc} leads to no LABEL")
        if pc >= len(program.code):
            raise LintError("jump-table", identifier, f"the jump table has an entry for pc {pc}, after the code")
    if any(low[0] >= high[0] for low, high in pairwise(program.jump_table)):
        raise LintError("jump-table", 0, "the jump table's pcs do not rise strictly")
