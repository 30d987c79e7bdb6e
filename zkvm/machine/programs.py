"""The programs that a run may use: those given, and those that a translator makes of code met at run time (ISA 8.2, 8.12, 9.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from zkvm.program import Kind, Program
from zkvm.word import keccak256

Translate = Callable[[bytes, Kind], Program | None]
"""Asked for the program of a code object; None if it has none."""


class MissingCode(Exception):
    """A code object for which no program was given and none could be had."""

    def __init__(self, code: bytes, kind: Kind) -> None:
        super().__init__(code, kind)
        self.code = code
        self.kind = kind


class Programs:
    """Programs of one rule set, by (code hash, kind)."""

    def __init__(self, programs: Iterable[Program], fork: str, translate: Translate | None = None) -> None:
        self._translate = translate
        self._known: dict[tuple[bytes, Kind], Program] = {}
        self._hashes: dict[bytes, bytes] = {}
        """Of codes met before."""
        for program in programs:
            if program.fork == fork:
                self._known[program.code_hash, program.kind] = program
        creations = (program for program in self._known.values() if program.kind == "creation" and program.code)
        self._creations = sorted(creations, key=lambda program: len(program.code), reverse=True)
        """Of creation code given, the longest first."""

    def of(self, code: bytes, kind: Kind) -> Program:
        """The program of a code object, translated when it is met.

        Raises: MissingCode.
        """
        if code not in self._hashes:
            self._hashes[code] = keccak256(code)
        key = (self._hashes[code], kind)
        if key not in self._known:
            program = None if self._translate is None else self._translate(code, kind)
            if program is None:
                raise MissingCode(code, kind)
            self._known[key] = program
        return self._known[key]

    def of_init_code(self, init_code: bytes, creation: bytes = b"") -> Program:
        """Of those given that with the longest code that begins the init code; else one is asked for (ISA 9.6).

        Shape: a transaction that creates says which part of its init code is `creation` code: that part is asked for.
        Raises: MissingCode.
        """
        for program in self._creations:
            if init_code.startswith(program.code):
                return program
        return self.of(creation or init_code, "creation")
