"""THE list of instructions. Rust constants and the tables of ISA.md are generated from it.

Operand letters: `w` reads a wire or constant, `t` a chained identifier (jump target), `i` an immediate, `p` a `PHI` identifier,
`-` unused. `kind`: `pure`, `chained`, `branch` (chained, may go to its target c), `end` (chained, leaves the frame), `data` (no row runs it).
`prover`: `now` where the proof system has the instruction, `later` where a run that reaches it is `Unsupported`.

What else is to know of an instruction is said on its *arguments*: those that its extra rows bring and those that it reads itself, in the
order of the EVM's stack. They are numbered from 0.
`extra`: the rows just before it, `ARG` or `TOPIC`, and for each immediate c the arguments that they bring (one list: for all c). What
no c leaves out but this one, this c has not: it counts as the constant 0. `memory`: ranges of memory as `kind offset:length` or
`kind offset#bytes`: `r` reads, `w` writes all of it, `p` writes some bytes from its beginning and leaves the rest, `x` grows to it.
`effects`: letters of `EFFECTS`, for each c or once for all; those of memory follow from `memory`. `~`: no operation of the EVM but of programs alone.
"""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

EFFECTS: Final[dict[str, str]] = {
    "m": "reads memory", "M": "writes memory", "x": "may grow memory", "z": "reads the size of memory",
    "s": "reads storage", "S": "writes storage", "t": "reads transient storage", "T": "writes transient storage",
    "L": "appends to the log", "w": "reads other accounts or balances", "W": "writes other accounts or balances",
    "r": "reads return data", "R": "replaces return data", "c": "reads call data", "k": "reads own code",
    "e": "reads the environment, constant in a frame", "g": "observes gas left", "a": "reads and writes the warm set",
    "i": "runs another frame", "~": "control, registers and stack of programs",
}  # fmt: skip
"""The letters of `effects`. Who observes gas left observes the size of memory too (ISA 3.2)."""
CONSTANT_IN_FRAME: Final = frozenset("cke")
"""Effects that read what does not change while a frame runs."""
_OF_MEMORY: Final[dict[str, str]] = {"r": "m", "w": "M", "p": "M", "x": "x"}


class MemoryRange(NamedTuple):
    """A range of memory that an instruction touches: `kind` as in the table; `offset` and `length` number arguments, or it has `size_bytes`."""

    kind: str
    offset: int
    length: int | None
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction. Shape: `extra` is `ARG`, `TOPIC` or empty; `brought` and `effects` by immediate c, or one for all."""

    code: int
    name: str
    kind: str
    operands: str
    result: bool
    gas: str
    prover: str
    extra: str
    brought: tuple[tuple[int, ...], ...]
    memory: tuple[MemoryRange, ...]
    effects: tuple[str, ...]
    meaning: str

    def brought_by_rows(self, c: int) -> tuple[int, ...]:
        """The arguments that extra rows bring under the immediate c, in the order of the rows."""
        return self.brought[c if len(self.brought) > 1 else 0] if self.brought else ()

    def absent(self, c: int) -> frozenset[int]:
        """The arguments that this c has not, and others have."""
        return frozenset() if self.extra != "ARG" else frozenset().union(*self.brought) - frozenset(self.brought_by_rows(c))

    def arguments(self, c: int) -> int:
        """How many arguments there are under the immediate c, those that are absent included."""
        return len(self.brought_by_rows(c)) + len(self.absent(c)) + self.operands.count("w")

    def effects_under(self, c: int) -> str:
        """The letters of the effects under the immediate c."""
        return self.effects[c if len(self.effects) > 1 else 0]

    @property
    def has_kinds(self) -> bool:
        """Whether the immediate c says which of several operations it is."""
        return len(self.brought) > 1


# fmt: off
_PURE: Final[tuple[tuple[int, str, str, str, str], ...]] = (
    # name, operands, prover, meaning (a is the top of the EVM stack)
    (0x01, "ADD", "ww-", "now", "(a + b) mod 2^256"),
    (0x02, "MUL", "ww-", "now", "(a * b) mod 2^256"),
    (0x03, "SUB", "ww-", "now", "(a - b) mod 2^256"),
    (0x04, "DIV", "ww-", "now", "floor(a / b), 0 if b = 0"),
    (0x05, "SDIV", "ww-", "now", "a / b, signed, towards zero; 0 if b = 0"),
    (0x06, "MOD", "ww-", "now", "a mod b, 0 if b = 0"),
    (0x07, "SMOD", "ww-", "now", "signed remainder with the sign of a; 0 if b = 0"),
    (0x08, "ADDMOD", "www", "now", "(a + b) mod c over the integers, 0 if c = 0"),
    (0x09, "MULMOD", "www", "now", "(a * b) mod c over the integers, 0 if c = 0"),
    (0x0A, "EXP", "ww-", "now", "a ** b mod 2^256"),
    (0x0B, "SIGNEXTEND", "ww-", "now", "sign extension of b from byte a"),
    (0x10, "LT", "ww-", "now", "a < b"),
    (0x11, "GT", "ww-", "now", "a > b"),
    (0x12, "SLT", "ww-", "now", "a < b, signed"),
    (0x13, "SGT", "ww-", "now", "a > b, signed"),
    (0x14, "EQ", "ww-", "now", "a = b"),
    (0x15, "ISZERO", "w--", "now", "a = 0"),
    (0x16, "AND", "ww-", "now", "bitwise and"),
    (0x17, "OR", "ww-", "now", "bitwise or"),
    (0x18, "XOR", "ww-", "now", "bitwise exclusive or"),
    (0x19, "NOT", "w--", "now", "bitwise complement"),
    (0x1A, "BYTE", "ww-", "now", "byte a of b, 0 the most significant; 0 if a > 31"),
    (0x1B, "SHL", "ww-", "now", "b << a"),
    (0x1C, "SHR", "ww-", "now", "b >> a"),
    (0x1D, "SAR", "ww-", "now", "b >> a, signed"),
    (0x1E, "CLZ", "w--", "later", "leading zero bits of a (EIP-7939)"),
    (0x20, "HASH1", "w--", "now", "keccak256(a), one word"),
    (0x21, "HASH2", "ww-", "now", "keccak256(a || b), two words"),
)

_CHAINED: Final[tuple[tuple[int, str, str, str, bool, str, str, str, str, str, str], ...]] = (
    # code, name, kind, operands, result, dynamic gas, prover, extra, memory, effects, meaning
    (0x40, "REGION", "chained", "---", False, "-", "now", "-", "-", "~", "T := clk"),
    (0x41, "LABEL", "chained", "---", False, "-", "now", "-", "-", "~", "T := clk; may be reached by JMPR"),
    (0x42, "MOVE", "chained", "w-p", False, "-", "now", "-", "-", "~", "wire c := a"),
    (0x43, "GET", "chained", "--i", True, "-", "now", "-", "-", "~", "register c"),
    (0x44, "SET", "chained", "w-i", False, "-", "now", "-", "-", "~", "register c := a"),
    (0x45, "CHARGE", "chained", "---", False, "-", "now", "-", "-", "~", "charges its gas field"),
    (0x46, "JMP", "branch", "--t", False, "-", "now", "-", "-", "~", "to c"),
    (0x47, "JMPR", "branch", "w-i", False, "-", "now", "-", "-", "~", "to the LABEL a; c is the program's base"),
    (0x48, "JMPD", "branch", "w--", False, "-", "later", "-", "-", "~", "to the jump table's entry for EVM pc a, 0 if there is none"),
    (0x49, "BNZ", "branch", "w-t", False, "-", "now", "-", "-", "~", "to c if a != 0"),
    (0x4A, "BZ", "branch", "w-t", False, "-", "now", "-", "-", "~", "to c if a = 0"),
    (0x4B, "BEQ", "branch", "wwt", False, "-", "now", "-", "-", "~", "to c if a = b"),
    (0x4C, "BNE", "branch", "wwt", False, "-", "now", "-", "-", "~", "to c if a != b"),
    (0x4D, "BLT", "branch", "wwt", False, "-", "now", "-", "-", "~", "to c if a < b"),
    (0x4E, "BGE", "branch", "wwt", False, "-", "now", "-", "-", "~", "to c if a >= b"),
    (0x4F, "BSLT", "branch", "wwt", False, "-", "now", "-", "-", "~", "to c if a < b, signed"),
    (0x50, "BSGE", "branch", "wwt", False, "-", "now", "-", "-", "~", "to c if a >= b, signed"),
    (0x58, "MGROW", "chained", "ww-", False, "-", "now", "-", "x0:1", "-", "memory covers a .. a + b (ISA 3.4)"),
    (0x59, "MLOAD", "chained", "w--", True, "-", "now", "-", "r0#32", "-", "memory word at byte offset a"),
    (0x5A, "MSTORE", "chained", "ww-", False, "-", "now", "-", "w0#32", "-", "memory word at byte offset a := b"),
    (0x5B, "MSTORE8", "chained", "ww-", False, "-", "now", "-", "w0#1", "-", "memory byte a := low byte of b"),
    (0x5C, "MSIZE", "chained", "---", True, "-", "now", "-", "-", "z", "32 w"),
    (0x5D, "GAS", "chained", "---", True, "-", "now", "-", "-", "g", "gas left"),
    (0x5E, "SHA3", "chained", "ww-", True, "6 per word", "now", "-", "r0:1", "-", "keccak256 of memory a .. a + b"),
    (0x5F, "EXPGAS", "chained", "w--", False, "per byte of a", "now", "-", "-", "-", "nothing but its gas"),
    (0x60, "ENV", "chained", "--i", True, "-", "now", "-", "-", "e", "environment value of kind c"),
    (0x61, "CALLDATALOAD", "chained", "w--", True, "-", "now", "-", "-", "c", "call data word at byte offset a, zero-padded"),
    (0x62, "CALLDATACOPY", "chained", "www", False, "3 per word", "now", "-", "w0:2", "c", "memory a .. a + c := call data at b, zero-padded"),
    (0x63, "CODECOPY", "chained", "www", False, "3 per word", "now", "-", "w0:2", "k", "memory a .. a + c := own code (and constructor arguments) at b, zero-padded"),
    (0x64, "RETURNDATACOPY", "chained", "www", False, "3 per word", "later", "-", "w0:2", "r", "memory a .. a + c := return data at b; past its end: to 0"),
    (0x65, "MCOPY", "chained", "www", False, "3 per word", "now", "-", "w0:2 r1:2", "-", "memory a .. a + c := memory at b, as if through a buffer"),
    (0x66, "ARG", "chained", "w-i", False, "-", "later", "-", "-", "~", "extra operand c of the next EXTCODECOPY, call or create"),
    (0x67, "EXTCODECOPY", "chained", "www", False, "3 per word, cold", "later", "ARG 0", "w1:3", "wa", "as CODECOPY, of the account in ARG 0"),
    (0x68, "BALANCE", "chained", "w--", True, "cold", "later", "-", "-", "wa", "balance of account a"),
    (0x69, "EXTCODESIZE", "chained", "w--", True, "cold", "later", "-", "-", "wa", "code size of account a"),
    (0x6A, "EXTCODEHASH", "chained", "w--", True, "cold", "later", "-", "-", "wa", "code hash of account a (EIP-1052)"),
    (0x6B, "BLOCKHASH", "chained", "w--", True, "-", "later", "-", "-", "e", "hash of block a, of the last 256"),
    (0x6C, "BLOBHASH", "chained", "w--", True, "-", "later", "-", "-", "e", "versioned hash a of the transaction"),
    (0x70, "SLOAD", "chained", "w--", True, "cold", "now", "-", "-", "sa", "storage slot a"),
    (0x71, "SSTORE", "chained", "ww-", False, "all", "now", "-", "-", "sSga", "storage slot a := b"),
    (0x72, "TLOAD", "chained", "w--", True, "-", "later", "-", "-", "t", "transient slot a"),
    (0x73, "TSTORE", "chained", "ww-", False, "-", "later", "-", "-", "T", "transient slot a := b"),
    (0x74, "TOPIC", "chained", "w--", False, "-", "now", "-", "-", "~", "a topic of the LOG that follows, in order"),
    (0x75, "LOG", "chained", "wwi", False, "8 per byte", "now", "TOPIC - 2 23 234 2345", "r0:1", "L", "log of memory a .. a + b with the c topics just before"),
    (0x78, "SCHK", "chained", "-ii", False, "-", "later", "-", "-", "~", "generic tier: stack height >= b and height + c <= 1024 (c signed 32-bit), else to 0"),
    (0x79, "SLD", "chained", "--i", True, "-", "later", "-", "-", "~", "generic tier: stack slot at depth c (0 = top)"),
    (0x7A, "SST", "chained", "w-i", False, "-", "later", "-", "-", "~", "generic tier: stack slot at depth c := a (c signed 32-bit, -1 = first above the top)"),
    (0x7B, "SADJ", "chained", "--i", False, "-", "later", "-", "-", "~", "generic tier: height += c (signed 32-bit)"),
    (0x80, "CALL", "chained", "--i", True, "cold, value, given", "later", "ARG 0123456 0123456 013456 013456", "r3:4 p5:6", "sStTLwWRgai sStTLwWRgai sStTLwWRgai stwRgai", "ARGs gas, to, value, in, insize, out, outsize; c: 0 CALL 1 CALLCODE 2 DELEGATECALL 3 STATICCALL"),
    (0x81, "CREATE", "chained", "--i", True, "per word, given", "later", "ARG 012 0123", "r1:2", "sStTLwWRgai", "ARGs value, off, len, salt; c: 0 CREATE 1 CREATE2"),
    (0x90, "STOP", "end", "---", False, "-", "now", "-", "-", "-", "success without output"),
    (0x91, "RETURN", "end", "ww-", False, "-", "now", "-", "r0:1", "-", "success with memory a .. a + b"),
    (0x92, "REVERT", "end", "ww-", False, "-", "now", "-", "r0:1", "-", "revert with memory a .. a + b"),
    (0x93, "HALT", "end", "---", False, "-", "now", "-", "-", "-", "exceptional halt (INVALID, undefined opcode, bad jump)"),
    (0x94, "SELFDESTRUCT", "end", "w--", False, "cold, new account", "later", "-", "-", "wWa", "as the rule set says, to account a"),
    (0xA0, "PHI", "data", "---", True, "-", "now", "-", "-", "~", "declares a wire that MOVE gives; no row runs it"),
)
# fmt: on


def _rows() -> tuple[Row, ...]:
    pure = (
        Row(code, name, "pure", operands, True, "-", prover, "", (), (), ("",), text)
        for code, name, operands, prover, text in _PURE
    )
    return (*pure, *(_chained(*fields) for fields in _CHAINED))


def _chained(
    code: int, name: str, kind: str, operands: str, result: bool, gas: str, prover: str, extra: str, memory: str, effects: str,
    meaning: str,
) -> Row:  # fmt: skip
    word, *lists = extra.split()
    brought = tuple(tuple(map(int, each.replace("-", ""))) for each in lists)
    ranges = tuple(_range(each) for each in memory.split() if each != "-")
    touched = "".join(dict.fromkeys(_OF_MEMORY[each.kind] for each in ranges))
    letters = tuple(touched + each.replace("-", "") for each in effects.split())
    return Row(code, name, kind, operands, result, gas, prover, word.replace("-", ""), brought, ranges, letters, meaning)


def _range(text: str) -> MemoryRange:
    if "#" in text:
        offset, size = text[1:].split("#")
        return MemoryRange(text[0], int(offset), None, int(size))
    offset, length = text[1:].split(":")
    return MemoryRange(text[0], int(offset), int(length), 0)


ROWS: Final[tuple[Row, ...]] = _rows()
BY_NAME: Final[dict[str, Row]] = {row.name: row for row in ROWS}
BY_CODE: Final[dict[int, Row]] = {row.code: row for row in ROWS}

SIGNED_IMMEDIATES: Final[tuple[str, ...]] = ("SCHK", "SLD", "SST", "SADJ")
"""Instructions whose immediate c is a signed number (ISA 11.2, 11.3)."""

END_STATUS: Final[dict[str, str]] = {
    "STOP": "success", "RETURN": "success", "REVERT": "revert", "HALT": "halt", "SELFDESTRUCT": "success",
}  # fmt: skip
"""What an instruction of the kind `end` makes of its frame (ISA 5.3)."""

ENV_KINDS: Final[tuple[str, ...]] = (
    "ADDRESS",
    "CALLER",
    "ORIGIN",
    "CALLVALUE",
    "CALLDATASIZE",
    "CODESIZE",
    "GASPRICE",
    "RETURNDATASIZE",
    "COINBASE",
    "TIMESTAMP",
    "NUMBER",
    "PREVRANDAO",
    "DIFFICULTY",
    "GASLIMIT",
    "CHAINID",
    "BASEFEE",
    "BLOBBASEFEE",
    "SELFBALANCE",
)
"""Immediate c of ENV, by index."""
ENV_EFFECTS: Final[dict[int, str]] = {ENV_KINDS.index("RETURNDATASIZE"): "r", ENV_KINDS.index("SELFBALANCE"): "w"}
"""What ENV reads where its kind is not constant in a frame: calls and creates change it."""

FORKS: Final[tuple[str, ...]] = (
    "Frontier",
    "Homestead",
    "TangerineWhistle",
    "SpuriousDragon",
    "Byzantium",
    "Constantinople",
    "Petersburg",
    "Istanbul",
    "Berlin",
    "London",
    "Paris",
    "Shanghai",
    "Cancun",
    "Prague",
    "Osaka",
)
"""Rule sets by index; the program header and the receipt hold the index."""
