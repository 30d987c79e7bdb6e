"""The ZK-VM version's side: the executor, with code translated when it is met."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from transpiler.store import Store, process_store
from transpiler.translate import Translation, translate
from zkvm import proof
from zkvm.errors import InputError, InternalError, Sol2zkError
from zkvm.host.result import Result, result_of
from zkvm.program import Kind, Program
from zkvm.word import keccak256

Key = tuple[bytes, Kind, str]
"""Code hash, kind, rule set: what a program is looked up by (ISA 8.2)."""

Translator = Callable[[bytes, Kind], Program | None]
"""Asked by an executor for the program of code that it meets (ISA 8.12)."""


class Executor(Protocol):
    """Runs a request (ISA 8) with programs, and asks for those of code that it meets."""

    def __call__(self, request: Mapping[str, Any], programs: Iterable[Program], *, translate: Translator) -> dict[str, Any]: ...


_STUCK: Final = re.compile(r"^program: call (\d+), identifier (\d+): (.*)$")


class Stuck(InternalError):
    """A program did what no right translation does (ISA 2.6); the call in which it did."""

    def __init__(self, call: int, identifier: int, what: str) -> None:
        super().__init__("program-stuck", f"call {call}, identifier {identifier}: {what}")
        self.call = call


@dataclass(slots=True)
class Library:
    """Programs by code object, translated once; those of earlier processes come from the store.

    Shape: `rewrite` stands between the translator and the executor; the self-test injects its faults there.
    """

    rewrite: Callable[[Program], Program] | None = None
    executor: Executor = proof.execute
    translations: dict[Key, Translation] = field(default_factory=dict)
    """What was translated here, with all its stages."""
    met: dict[Key, Program] = field(default_factory=dict)
    """Programs of all code that was asked for, before any rewriting, in that order."""
    rewritten: dict[Key, Program] = field(default_factory=dict)
    store: Store = field(default_factory=process_store)

    def translation(self, code: bytes, kind: Kind, fork: str) -> Translation:
        """The translation of a code object."""
        key = (keccak256(code), kind, fork)
        if key not in self.translations:
            self.translations[key] = translate(code, fork, kind)
        return self.translations[key]

    def program(self, code: bytes, kind: Kind, fork: str) -> Program:
        """The program of a code object, rewritten where a rewriting is set."""
        key = (keccak256(code), kind, fork)
        if key not in self.met:
            self.met[key] = self._plain(key, code)
        if self.rewrite is None:
            return self.met[key]
        if key not in self.rewritten:
            self.rewritten[key] = self.rewrite(self.met[key])
        return self.rewritten[key]

    def _plain(self, key: Key, code: bytes) -> Program:
        _, kind, fork = key
        if key not in self.translations and (kept := self.store.get(code, kind, fork)) is not None:
            return kept
        found = self.translation(code, kind, fork)
        if not found.stats.broken:  # a strict run at another time has to see the bug
            self.store.keep(found.program)
        return found.program

    def programs(self, fork: str) -> list[Program]:
        """The programs of all code met so far under a rule set, rewritten where a rewriting is set."""
        found = {key: each.program for key, each in self.translations.items()} | self.met
        return [self.program(each.code, each.kind, fork) for (_, __, known), each in found.items() if known == fork]

    def with_rewrite(self, rewrite: Callable[[Program], Program] | None) -> Library:
        """A library over the same translations with another rewriting."""
        return Library(rewrite, self.executor, self.translations, self.met, store=self.store)

    def run(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The executor's result, with a program for each code object that the run met.

        Raises: InputError for a request that the executor refuses, Stuck for a program that cannot go on; what translating code that
        was met raises.
        """
        fork: str = request["fork"]
        failures: list[Sol2zkError] = []

        def answer(code: bytes, kind: Kind) -> Program | None:
            try:
                return self.program(code, kind, fork)
            except Sol2zkError as error:
                failures.append(error)
                return None

        result = self._execute(request, self._known(request, fork), answer)
        if failures:
            raise failures[0]
        if result["missing_code"] is not None:
            raise InternalError("code-still-missing", "the executor has no program for code that it did not ask for")
        return result

    def result(self, request: Mapping[str, Any]) -> Result:
        """The executor's result as a value.

        Raises: as `run`.
        """
        return result_of(self.run(request))

    def _execute(self, request: Mapping[str, Any], programs: Iterable[Program], answer: Translator) -> dict[str, Any]:
        try:
            return self.executor(request, programs, translate=answer)
        except InputError as error:
            if (found := _STUCK.match(error.message)) is None:
                raise
            raise Stuck(int(found[1]), int(found[2]), found[3]) from error

    def _known(self, request: Mapping[str, Any], fork: str) -> list[Program]:
        """Programs of the code that the request itself holds and that was asked for before."""
        stated: list[tuple[str, Kind]] = [(call["code"], "creation") for call in request["calls"] if call["create"]]
        stated += [(account["code"], "runtime") for account in request["state"].values() if account["code"] != "0x"]
        codes = [(bytes.fromhex(text[2:]), kind) for text, kind in dict.fromkeys(stated)]
        keys = [(keccak256(code), kind, fork) for code, kind in codes]
        return [
            self.program(code, kind, fork)
            for (code, kind), key in zip(codes, keys, strict=True)
            if key in self.met or key in self.translations
        ]
