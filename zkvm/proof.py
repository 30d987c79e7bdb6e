"""The compiled extension: executor, prover, verifier. The only module that imports it (the oracle apart)."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any, Final

from zkvm.errors import InputError, InternalError
from zkvm.host.result import Result, result_of
from zkvm.isa.encode import ISA_DIGEST
from zkvm.program import Kind, Program


@cache
def extension() -> ModuleType:
    """The extension module, checked to be of this instruction set.

    Raises: InternalError if it is not built, or built for another instruction set.
    """
    try:
        native = importlib.import_module("zkvm._native")
    except ImportError as error:
        raise InternalError("extension-missing", f"the extension is not built: {error}", hint="make setup") from error
    if native.ISA_DIGEST != ISA_DIGEST:
        raise InternalError("extension-stale", "the extension is of another instruction set", hint="make setup")
    return native


def available() -> bool:
    """Whether the extension can be used."""
    try:
        return extension() is not None
    except InternalError:
        return False


_REFUSAL: Final = re.compile(r"request: (?P<place>[\w.\[\]]+): (?P<what>.*)", re.DOTALL)


@contextmanager
def _refusals(code: str) -> Iterator[None]:
    """The extension's exceptions as ours: what it refuses is input, a panic is our bug."""
    try:
        yield
    except ValueError as error:
        raise refusal(code, str(error)) from error
    except RuntimeError as error:
        raise InternalError("extension-failed", str(error)) from error


def refusal(code: str, text: str) -> InputError:
    """What the extension refuses, with its place in the request (ISA 8.1) where it names one."""
    found = _REFUSAL.fullmatch(text)
    return InputError(code, text) if found is None else InputError(code, found["what"], found["place"])


Translate = Callable[[bytes, Kind], Program | None]
"""Gives the program of code of a kind, `runtime` or `creation`, or None."""


def execute(
    request: Mapping[str, Any],
    programs: Iterable[Program],
    *,
    step_limit: int | None = None,
    translate: Translate | None = None,
) -> dict[str, Any]:
    """The Rust executor's result of a request (ISA 8). `translate` is asked for code that has no program when the run meets it (ISA 8.12).

    Raises: InputError for a malformed request or program, or a value that the caller cannot pay; what `translate` raises.
    """

    def body(code: bytes, kind: Kind) -> bytes | None:
        program = None if translate is None else translate(code, kind)
        return None if program is None else program.body

    options: dict[str, Any] = {}
    if step_limit is not None:
        options["step_limit"] = step_limit
    if translate is not None:
        options["translate"] = body
    with _refusals("request-refused"):
        text = extension().execute(json.dumps(request), [program.body for program in programs], **options)
    document: dict[str, Any] = json.loads(text)
    return document


def bench(request: Mapping[str, Any], programs: Iterable[Program], runs: int = 5) -> float:
    """Seconds that the Rust executor needs for a request's transactions, the smallest of the runs; preparation not counted.

    Raises: InputError for a malformed request or program, or a batch that does not run to its end.
    """
    with _refusals("request-refused"):
        seconds: float = extension().execute_bench(json.dumps(request), [program.body for program in programs], runs)
    return seconds


def state_root(state: Mapping[str, Any]) -> bytes:
    """The root of the trie of a state's accounts (ISA 8.1, 8.2); absent ones are left out.

    Raises: InputError for a malformed state.
    """
    with _refusals("state-refused"):
        return bytes.fromhex(extension().state_root(json.dumps(state))[2:])


def lint(program: Program) -> str | None:
    """What the Rust lint says is wrong with a program (ISA 7.5), or None."""
    verdict: str | None = extension().lint(program.body)
    return verdict


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a run has no receipt, with the call that stopped where it is known."""

    code: str
    what: str
    call: int | None = None
    pc: int | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What proving a request came to: a receipt, or why there is none."""

    receipt: bytes | None
    result: Result
    """Of the run; its own `unsupported` and `missing_code` come before any proof."""
    cost: dict[str, Any] | None
    """Rows and cells by chip, and seconds."""
    unsupported: Obstacle | None
    """What the run needs and the proof system lacks, or a transaction that was refused."""

    @property
    def obstacle(self) -> Obstacle:
        """Why there is no receipt, where there is none: what stopped the run, else what the proof system lacks."""
        if (stopped := self.result.unsupported) is not None:
            return Obstacle(stopped.code, stopped.what, stopped.call, stopped.pc)
        if self.result.missing_code is not None:
            return Obstacle("missing-code", "a code object has no program")
        return self.unsupported or Obstacle("unknown", "no reason given")


def prove(request: Mapping[str, Any], programs: Iterable[Program], profile: str = "fast", hashes: str = "listed") -> Proof:
    """Run a request and prove it, with its hashes `listed` for the verifier to make again, or `proven`.

    Shape: a batch with a refused transaction has no receipt: there is no frame of it, and a receipt lists frames only.
    Raises: InputError for a malformed request, program or profile; InternalError if the prover fails.
    """
    with _refusals("proof-refused"):
        receipt, text = extension().prove(json.dumps(request), [program.body for program in programs], profile, hashes)
    document = json.loads(text)
    result = result_of(document["result"])
    if (found := refused(result)) is not None:
        return Proof(None, result, None, found)
    lacking = document["unsupported"]
    return Proof(receipt, result, document["cost"], None if lacking is None else _obstacle(lacking))


def _obstacle(lacking: Mapping[str, Any]) -> Obstacle:
    """What the prover says. Shape: of an instruction it does not know the call, since calls share the rows of one."""
    return Obstacle(lacking["code"], lacking["what"], lacking.get("call") if lacking["code"] == "not-claimable" else None)


def refused(result: Result) -> Obstacle | None:
    """The first refused transaction of a result, or None."""
    for index, call in enumerate(result.calls):
        if call.status == "refused":
            return Obstacle("transaction-refused", f"the rule set refuses the transaction: {call.reason}", index)
    return None


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a receipt must be about; nothing by default."""

    code_hashes: tuple[bytes, ...] = ()
    digests: tuple[bytes, ...] = ()
    """Of programs, which are then pinned."""
    request: Mapping[str, Any] | None = field(default=None, hash=False)
    code_known: bool = False
    """Whether the code of the contract before the calls is known, and so compared."""
    creation_known: bool = False
    """Whether the creation code of its creates is known, and so compared."""
    fork: str | None = None
    unmet: str | None = None
    """What the caller expected and found not to be so."""


def verify(receipt: bytes, expected: Expectations | None = None) -> dict[str, Any]:
    """The verdict on a receipt, valid or not, with the reason.

    Raises: InputError for malformed expectations.
    """
    wanted = expected or Expectations()
    document = {
        "fork": wanted.fork,
        "code_hashes": ["0x" + each.hex() for each in wanted.code_hashes],
        "digests": ["0x" + each.hex() for each in wanted.digests],
        "request": wanted.request,
        "code_known": wanted.code_known,
        "creation_known": wanted.creation_known,
        "unmet": wanted.unmet,
    }
    with _refusals("expectations-refused"):
        verdict: dict[str, Any] = json.loads(extension().verify(receipt, json.dumps(document)))
    return verdict


def longest() -> int:
    """Bytes of the longest receipt that the verifier takes."""
    return int(extension().MAX_RECEIPT_BYTES)


def measure(
    request: Mapping[str, Any], programs: Iterable[Program], profile: str = "fast", runs: int = 5, hashes: str = "listed"
) -> dict[str, Any]:
    """Seconds (the smallest of the runs) and cost of executing, proving and verifying a request.

    Raises: InputError for a malformed request, program or profile.
    """
    with _refusals("measure-refused"):
        text = extension().measure(json.dumps(request), [program.body for program in programs], profile, runs, hashes)
    document: dict[str, Any] = json.loads(text)
    return document
