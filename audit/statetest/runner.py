"""Runs test vectors on the Rust executor, the Python machine or both, in parallel."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final, Literal

from audit.statetest.judge import judge
from audit.statetest.vectors import Unread, Vector
from transpiler.translate import translate
from zkvm import machine, proof
from zkvm.errors import Sol2zkError, Unsupported
from zkvm.program import Program

Machine = Literal["rust", "python", "both"]
PYTHON_STEPS: Final[int] = 1_000_000
"""Steps that the Python machine runs at most."""

Prove = Callable[[dict[str, Any], list[Program]], int]
"""Proves and verifies a request; gives the cells of the proof's tables."""


@dataclass(frozen=True, slots=True)
class Row:
    """The outcome of one test."""

    file: str
    name: str | None
    """None for a file or folder that cannot be read."""
    fork: str | None
    passed: bool
    error: str | None
    proven: bool | None
    cells: int | None
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The row as `statetest --json` prints it."""
        document = asdict(self)
        return {"pass" if key == "passed" else key: value for key, value in document.items()}


def unread_row(unread: Unread) -> Row:
    """The row of a file or folder whose tests cannot be read."""
    return Row(str(unread.path), None, None, False, str(unread.error), None, None, 0.0)


def run_all(vectors: Iterable[Vector], machine: Machine = "rust", jobs: int = 1, prove: Prove | None = None) -> Iterator[Row]:
    """A row for each test, in order."""
    job = partial(run, machine=machine, prove=prove)
    if jobs <= 1:
        yield from map(job, vectors)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(job, vectors, chunksize=4)


def run(vector: Vector, machine: Machine = "rust", prove: Prove | None = None) -> Row:
    """The outcome of one test. One that passes and has no proof yet keeps both facts: `pass`, and an `error` that says why."""
    start = time.perf_counter()
    cells = None
    passed = False
    try:
        programs = [translate(vector.code, vector.fork, "runtime").program] if vector.code else []
        error = _run(vector, programs, machine)
        passed = error is None
        if passed and prove is not None:
            cells = prove(vector.request, programs)
    except Unsupported as failure:
        error = str(failure)
    except Sol2zkError as failure:
        error, passed = str(failure), False
    proven = None if prove is None else cells is not None
    return Row(vector.file, vector.name, vector.fork, passed, error, proven, cells, time.perf_counter() - start)


def _run(vector: Vector, programs: list[Program], which: Machine) -> str | None:
    """What is wrong with the results, or None."""
    if which == "python":
        return judge(vector, machine.execute(vector.request, programs, PYTHON_STEPS))
    result = proof.execute(vector.request, programs)
    error = judge(vector, result)
    if error is None and which == "both" and result["calls"][0]["steps"] <= PYTHON_STEPS:
        other = machine.execute(vector.request, programs)
        for call in (result["calls"][0], other["calls"][0]):
            if call["status"] == "halt":
                del call["steps"]  # out of gas may be noticed at any step up to the next observation (ISA 3.3)
        if other != result:
            error = f"the machines differ: {difference(result, other)}"
    return error


def difference(rust: Any, python: Any, path: str = "result") -> str:
    """The first place where two results differ."""
    if isinstance(rust, dict) and isinstance(python, dict):
        for key in sorted(rust.keys() | python.keys()):
            if rust.get(key) != python.get(key):
                return difference(rust.get(key), python.get(key), f"{path}.{key}")
    if isinstance(rust, list) and isinstance(python, list) and len(rust) == len(python):
        for index, pair in enumerate(zip(rust, python, strict=True)):
            if pair[0] != pair[1]:
                return difference(*pair, f"{path}[{index}]")
    return f"{path}: {rust!r} in Rust, {python!r} in Python"
