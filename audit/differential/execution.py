"""The ZK-VM version's side: the executor, with code translated when it is met."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from transpiler.translate import Translation, translate
from zkvm import proof
from zkvm.errors import InputError, InternalError
from zkvm.program import Kind, Program
from zkvm.word import keccak256

Key = tuple[bytes, Kind, str]
"""Code hash, kind, rule set: what a program is looked up by (ISA 8.2)."""

Executor = Callable[[Mapping[str, Any], Iterable[Program]], dict[str, Any]]

_STUCK: Final = re.compile(r"^program: call (\d+), identifier (\d+): (.*)$")


class Stuck(InternalError):
    """A program did what no right translation does (ISA 2.6); the call in which it did."""

    def __init__(self, call: int, identifier: int, what: str) -> None:
        super().__init__("program-stuck", f"call {call}, identifier {identifier}: {what}")
        self.call = call


@dataclass(slots=True)
class Library:
    """Programs by code object, translated once.

    Shape: `rewrite` stands between the translator and the executor; the self-test injects its faults there.
    """

    rewrite: Callable[[Program], Program] | None = None
    executor: Executor = proof.execute
    translations: dict[Key, Translation] = field(default_factory=dict)
    rewritten: dict[Key, Program] = field(default_factory=dict)

    def translation(self, code: bytes, kind: Kind, fork: str) -> Translation:
        """The translation of a code object."""
        key = (keccak256(code), kind, fork)
        if key not in self.translations:
            self.translations[key] = translate(code, fork, kind)
        return self.translations[key]

    def program(self, code: bytes, kind: Kind, fork: str) -> Program:
        """The program of a code object, rewritten where a rewriting is set."""
        translation = self.translation(code, kind, fork)
        if self.rewrite is None:
            return translation.program
        key = (translation.program.code_hash, kind, fork)
        if key not in self.rewritten:
            self.rewritten[key] = self.rewrite(translation.program)
        return self.rewritten[key]

    def programs(self, fork: str) -> list[Program]:
        """The programs of all code met so far under a rule set, rewritten where a rewriting is set."""
        found = [each.program for (_, __, known), each in self.translations.items() if known == fork]
        return [self.program(each.code, each.kind, fork) for each in found]

    def with_rewrite(self, rewrite: Callable[[Program], Program] | None) -> Library:
        """A library over the same translations with another rewriting."""
        return Library(rewrite, self.executor, self.translations)

    def run(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The executor's result, with a program for each code object that the run met.

        Raises: InputError for a request that the executor refuses, Stuck for a program that cannot go on.
        """
        fork: str = request["fork"]
        programs = {program.code_hash + program.kind.encode(): program for program in self._known(request, fork)}
        rounds = 2 + len(request["calls"])  # each call meets at most one code that no other has met
        for _ in range(rounds):
            result = self._execute(request, programs.values())
            missing = result["missing_code"]
            if missing is None:
                return result
            program = self.program(bytes.fromhex(missing["code"][2:]), missing["kind"], fork)
            programs[program.code_hash + program.kind.encode()] = program
        raise InternalError("code-still-missing", f"the executor asks for code again after {rounds} translations")

    def _execute(self, request: Mapping[str, Any], programs: Iterable[Program]) -> dict[str, Any]:
        try:
            return self.executor(request, programs)
        except InputError as error:
            if (found := _STUCK.match(error.message)) is None:
                raise
            raise Stuck(int(found[1]), int(found[2]), found[3]) from error

    def _known(self, request: Mapping[str, Any], fork: str) -> Iterable[Program]:
        """Programs of the code that the request itself holds and that was translated before."""
        stated: list[tuple[str, Kind]] = [(call["code"], "creation") for call in request["calls"] if call["create"]]
        stated += [(account["code"], "runtime") for account in request["state"].values() if account["code"] != "0x"]
        for text, kind in dict.fromkeys(stated):
            code = bytes.fromhex(text[2:])
            if (keccak256(code), kind, fork) in self.translations:
                yield self.program(code, kind, fork)
