"""Runs test vectors on the Rust executor, the Python machine or both, in parallel."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from typing import Any, Final, Literal

from audit.differential.execution import Library
from audit.statetest.judge import judge, refused_unread
from audit.statetest.proving import Prove
from audit.statetest.vectors import Indexes, Leaves, Transacts, Unread, Vector
from zkvm import machine
from zkvm.errors import Sol2zkError, Unsupported

Machine = Literal["rust", "python", "both"]
PYTHON_STEPS: Final[int] = 1_000_000
"""Steps that the Python machine runs at most."""
TOO_LONG: Final[str] = f"more than {PYTHON_STEPS} steps"
_TOGETHER: Final[int] = 16
"""Entries of a test that one process takes at a time."""


@dataclass(frozen=True, slots=True)
class Row:
    """The outcome of one test."""

    file: str
    name: str | None
    """None for a file or folder that cannot be read."""
    indexes: Indexes | None
    fork: str | None
    passed: bool | None
    """None: it did not run, and `error` says why."""
    error: str | None
    proven: bool | None
    """None: nothing was to be proven."""
    cells: int | None
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The row as `statetest --json` prints it."""
        document = asdict(self)
        return {"pass" if key == "passed" else key: value for key, value in document.items()}


def unread_row(unread: Unread) -> Row:
    """The row of a file or folder whose tests cannot be read."""
    return Row(str(unread.path), None, None, None, False, str(unread.error), None, None, 0.0)


def run_all(vectors: Iterable[Vector], machine: Machine = "rust", jobs: int = 1, prove: Prove | None = None) -> Iterator[Row]:
    """A row for each test, in order."""
    job = partial(_run_group, machine=machine, prove=prove)
    groups = list(_groups(vectors))
    if jobs <= 1:
        for group in groups:
            yield from job(group)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for rows in pool.map(job, groups):
            yield from rows


def _groups(vectors: Iterable[Vector]) -> Iterator[list[Vector]]:
    """Entries of one test together, so that what they share is sent once and translated once."""
    for _, entries in groupby(vectors, key=lambda each: (each.file, each.name)):
        test = list(entries)
        yield from (test[at : at + _TOGETHER] for at in range(0, len(test), _TOGETHER))


def _run_group(vectors: Sequence[Vector], machine: Machine, prove: Prove | None) -> list[Row]:
    return [run(vector, machine, prove) for vector in vectors]


def run(vector: Vector, machine: Machine = "rust", prove: Prove | None = None) -> Row:
    """The outcome of one test.

    Shape: one that passes and has no proof yet, or that ran in one machine only where both were asked for, keeps both facts: `pass`, and
    an `error` that says why.
    """
    start = time.perf_counter()
    cells = proven = None
    passed: bool | None = False
    error: str | None
    try:
        library = Library()
        result = _result(vector, machine, library)
        if machine == "python" and _is_long(result):
            passed, error = None, f"skipped: {TOO_LONG}"
        else:
            error = judge(vector, result)
            passed = error is None
            if passed and machine == "both" and _is_long(result):
                error = f"the Python machine did not run: {TOO_LONG}"
        if passed and prove is not None and result["calls"][0]["status"] != "refused":
            proven = False
            cells = prove(vector, library.programs(vector.fork))
            proven = True
    except Unsupported as failure:
        error = str(failure)
    except Sol2zkError as failure:
        error, passed = str(failure), False
    seconds = time.perf_counter() - start
    return Row(vector.file, vector.name, vector.indexes, vector.fork, passed, error, proven, cells, seconds)


class MachinesDiffer(Sol2zkError):
    """The two machines' results are not equal."""


def _result(vector: Vector, which: Machine, library: Library) -> Mapping[str, Any]:
    """The result of the machine that is asked for; of the Rust executor where both run.

    Raises: MachinesDiffer.
    """
    if isinstance(vector.expected, Transacts) and vector.expected.malformed is not None:
        return refused_unread(vector)
    readable = Library(None, partial(machine.execute, step_limit=PYTHON_STEPS), library.translations, library.met)
    if which == "python":
        return readable.run(vector.request)
    result = library.run(vector.request)
    if which == "both" and result["unsupported"] is None and not _is_long(result):
        where = difference(_comparable(vector, result), _comparable(vector, readable.run(vector.request)))
        if where is not None:
            raise MachinesDiffer("machines-differ", f"the machines differ: {where}")
    return result


def _is_long(result: Mapping[str, Any]) -> bool:
    """Whether a run has more steps than the Python machine runs."""
    stopped = result["unsupported"]
    if stopped is not None:
        return bool(stopped["code"] == "step-limit")
    return any(call.get("steps", 0) > PYTHON_STEPS for call in result["calls"])


def _comparable(vector: Vector, result: Mapping[str, Any]) -> dict[str, Any]:
    """A result without the steps of frames that halt: out of gas may be noticed at any step up to the next observation (ISA 3.3)."""
    exact = isinstance(vector.expected, Leaves)
    calls = [{key: value for key, value in call.items() if key != "steps" or exact} for call in result["calls"]]
    return {**result, "calls": calls}


def difference(rust: Any, python: Any, path: str = "result") -> str | None:
    """The first place where two results differ, or None."""
    if rust == python:
        return None
    if isinstance(rust, dict) and isinstance(python, dict):
        pairs = [(f"{path}.{key}", rust.get(key), python.get(key)) for key in sorted(rust.keys() | python.keys())]
    elif isinstance(rust, list) and isinstance(python, list) and len(rust) == len(python):
        pairs = [(f"{path}[{index}]", *pair) for index, pair in enumerate(zip(rust, python, strict=True))]
    else:
        return f"{path}: {rust!r} in Rust, {python!r} in Python"
    found = (difference(left, right, place) for place, left, right in pairs)
    return next((each for each in found if each is not None), f"{path}: a member is null in one and missing in the other")
