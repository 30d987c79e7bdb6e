"""Vectors: a mismatch as a file that anyone can run again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from audit.differential import oracle
from audit.differential.compare import Mismatch, judge, mismatch_of
from audit.differential.execution import Library
from audit.differential.faults import AnyFault, fault_of, faulty
from audit.differential.tally import Finding
from transpiler.solc.json_input import parse_json
from zkvm.errors import InputError, Place
from zkvm.host.request import request_of
from zkvm.isa.rules import rules_of
from zkvm.program_file import write_whole

FORMAT: Final = "sol2zk-mismatch/1"
MAX_FILE_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Vector:
    """A request with the mismatch it shows.

    Shape: programs are not held: a replay translates again, so that a repaired translator answers 0; with a `fault` it injects that
    one into what it translated, or into the machine.
    """

    contract: str
    request: Mapping[str, Any]
    expected: Mismatch
    fault: AnyFault | None = None

    def as_json(self) -> dict[str, Any]:
        """The file's form."""
        return {
            "format": FORMAT, "contract": self.contract, "fault": None if self.fault is None else self.fault.as_json(),
            "expected": self.expected.as_json(), "request": dict(self.request),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Replay:
    """What running a vector again came to: `mismatch` is what differs now, if anything."""

    vector: Vector
    mismatch: Mismatch | None

    @property
    def reproduced(self) -> bool:
        """Whether the mismatch is the recorded one."""
        return self.mismatch is not None and self.mismatch.same_as(self.vector.expected)


def vector_of(contract: str, finding: Finding, fault: AnyFault | None = None) -> Vector:
    """The vector of a finding."""
    return Vector(contract, finding.request, finding.mismatch, fault)


def write_vector(path: Path, vector: Vector) -> None:
    """Write a vector whole or not at all.

    Raises: InputError if the path cannot be written.
    """
    write_whole(path, (json.dumps(vector.as_json(), indent=1) + "\n").encode())


def read_vector(path: Path | str) -> Vector:
    """Read a vector.

    Raises: InputError if there is none, or it is not one.
    """
    place = Place(str(path))
    document = parse_json(Path(path), MAX_FILE_BYTES, unique=True)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("vector-malformed", f'not a vector: "format" is not "{FORMAT}"', place)
    try:
        expected, fault, request = document["expected"], document["fault"], document["request"]
        mismatch = mismatch_of(expected)
        parsed = request_of(request)
        rules_of(parsed.fork)
        if type(mismatch.call) is not int or not 0 <= mismatch.call < len(parsed.calls):
            raise TypeError("its mismatch is in none of its calls")
        return Vector(str(document["contract"]), request, mismatch, None if fault is None else fault_of(fault))
    except InputError as error:
        raise InputError(error.code, error.message, place, error.hint) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError("vector-malformed", f"not a vector: {error}", place) from error


def replay(vector: Vector, library: Library | None = None) -> Replay:
    """Run a vector again, with today's translator.

    Raises: InputError for a request that cannot run.
    """
    honest = library or Library()
    used = honest if vector.fault is None else faulty(honest, vector.fault)
    return Replay(vector, judge(vector.request, used.result, oracle.result).mismatch)
