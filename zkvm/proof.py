"""The compiled extension; the only module that imports it (the oracle apart)."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from zkvm.errors import InputError, InternalError
from zkvm.isa.encode import ISA_DIGEST
from zkvm.program import Program


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


def execute(request: Mapping[str, Any], programs: Iterable[Program]) -> dict[str, Any]:
    """The Rust executor's result of a request (ISA 8).

    Raises: InputError for a malformed request or program.
    """
    try:
        result = extension().execute(json.dumps(request), [program.body for program in programs])
    except ValueError as error:
        raise InputError("request-refused", str(error)) from error
    document: dict[str, Any] = json.loads(result)
    return document


def lint(program: Program) -> str | None:
    """What the Rust lint says is wrong with a program (ISA 7.5), or None."""
    verdict: str | None = extension().lint(program.body)
    return verdict
