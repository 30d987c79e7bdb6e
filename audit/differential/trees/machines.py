"""Our machines, with code translated when it is met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, cast

from audit.differential.execution import Library
from zkvm import machine, proof
from zkvm.errors import Sol2zkError
from zkvm.program import Kind, Program

Name = Literal["rust", "python"]
Result = dict[str, Any]
Runner = Callable[[Mapping[str, Any]], Result]
PYTHON_STEPS: Final = 30_000_000
"""Steps that the Python machine runs at most."""


class Failed(Exception):
    """A machine ended without a result."""


def runner(name: Name, library: Library) -> Runner:
    """The machine of that name over a library of translations."""

    def run(request: Mapping[str, Any]) -> Result:
        def translate(code: bytes, kind: str) -> Program:
            return library.program(code, cast(Kind, kind), request["fork"])

        try:
            if name == "rust":
                return proof.execute(request, [], translate=translate)
            return machine.execute(request, [], PYTHON_STEPS, translate=translate)
        except Sol2zkError as error:
            raise Failed(str(error)) from error

    return run
