"""What a contract can be called with: its ABI, or what its dispatcher shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.abi import encode
from eth_abi.exceptions import EncodingError

from audit.differential.values import least, types_of
from transpiler.evm.disassemble import disassemble
from zkvm.word import keccak256

CONSTRUCTOR: Final = "constructor"
FALLBACK: Final = "fallback"
RECEIVE: Final = "receive"
OTHER: Final = "other contracts"
"""What a call of another contract than the one under check is named."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function: `types` is None where only the selector is known."""

    name: str
    selector: bytes
    types: tuple[str, ...] | None
    payable: bool

    @property
    def signature(self) -> str:
        """`name(types)`, or the selector where there is no ABI."""
        return self.name if self.types is None else f"{self.name}({','.join(self.types)})"


@dataclass(frozen=True, slots=True)
class Interface:
    """The functions of a contract and its constructor's parameters.

    Shape: `specials` are those of `fallback` and `receive` that the ABI states.
    """

    functions: tuple[Function, ...]
    constructor: Function
    specials: tuple[str, ...] = ()

    def name(self, data: bytes, *, create: bool) -> str:
        """What a call with this data runs."""
        if create:
            return CONSTRUCTOR
        found = next((each for each in self.functions if each.selector == data[:4]), None)
        if found is not None:
            return found.signature
        return FALLBACK if data or self.specials == (FALLBACK,) else RECEIVE

    def function(self, signature: str) -> Function | None:
        """The function of a signature, or None."""
        return next((each for each in self.functions if each.signature == signature), None)

    def least(self, data: bytes, address: str) -> bytes | None:
        """Call data for the function that this data calls, with the least arguments, addresses as given; None where it has no types."""
        found = next((each for each in self.functions if each.selector == data[:4]), None)
        if found is None or found.types is None:
            return None
        try:
            return found.selector + encode(found.types, [least(kind, address) for kind in found.types])
        except (EncodingError, ValueError, TypeError):
            return None


def interface_of(abi: Sequence[dict[str, Any]] | None, runtime: bytes | None, fork: str) -> Interface:
    """The interface that an ABI states, or selectors of the code's dispatcher where there is none."""
    if abi is None:
        constructor = Function(CONSTRUCTOR, b"", None, True)
        return Interface(_dispatched(runtime or b"", fork), constructor)
    functions = []
    specials = {str(entry.get("type")) for entry in abi} & {FALLBACK, RECEIVE}
    constructor = Function(CONSTRUCTOR, b"", (), False)
    for entry in abi:
        types = tuple(types_of(entry.get("inputs", ())))
        payable = entry.get("stateMutability") == "payable" or bool(entry.get("payable"))
        if entry.get("type") == CONSTRUCTOR:
            constructor = Function(CONSTRUCTOR, b"", types, payable)
        elif entry.get("type", "function") == "function":
            name = str(entry["name"])
            functions.append(Function(name, keccak256(f"{name}({','.join(types)})".encode())[:4], types, payable))
    return Interface(tuple(sorted(functions, key=lambda each: each.signature)), constructor, tuple(sorted(specials)))


def _dispatched(runtime: bytes, fork: str) -> tuple[Function, ...]:
    """PUSH4 constants (PUSH3, PUSH2 for selectors with leading zeros) that an EQ, XOR, SUB or LT/GT near by compares."""
    found: dict[bytes, None] = {}
    instructions = disassemble(runtime, fork).instructions
    for index, each in enumerate(instructions):
        if each.opcode.name in ("PUSH4", "PUSH3") and any(
            after.opcode.name in ("EQ", "SUB", "XOR") for after in instructions[index + 1 : index + 4]
        ):
            found[each.value.to_bytes(4, "big")] = None
    return tuple(Function("0x" + selector.hex(), selector, None, True) for selector in found)
