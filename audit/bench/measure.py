"""One workload measured in this process; the command runs one process a workload, so that peak memory is its own."""

from __future__ import annotations

import resource
import sys
import time
from typing import Any, Final

from audit.bench.catalogue import RUNS, TRANSPILE
from audit.bench.workloads import LARGEST
from audit.differential import oracle
from transpiler.settings import Settings
from transpiler.solc.load import load
from transpiler.translate import translate
from zkvm import proof
from zkvm.errors import InternalError, Unsupported

RUNS_EACH: Final = 5
FIELDS: Final = (
    "workload", "profile", "hashes", "proven_bits", "execute_s", "revm_s", "setup_s", "prove_s", "verify_s", "receipt_bytes", "rows", "cells",
    "interactions", "peak_bytes", "transpile_s", "fields", "tables",
)  # fmt: skip


def measure(
    name: str, profile: str, runs: int = RUNS_EACH, hashes: str = "listed", *, execute_only: bool = False
) -> dict[str, Any]:
    """The row of a workload, null where a figure does not apply; with `execute_only` nothing is proven.

    Units: seconds, bytes; `interactions` and `fields` are bus messages and their fields, summed over all rows.
    Raises: Unsupported if the proof system lacks what the run needs.
    """
    row: dict[str, Any] = dict.fromkeys(FIELDS)
    row["workload"] = name
    if name == TRANSPILE:
        row |= _transpile(runs)
    elif execute_only:
        row |= _execute(name, runs)
    else:
        row |= _run(name, profile, runs, hashes)
    row["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return row


def _transpile(runs: int) -> dict[str, Any]:
    artifact = load(LARGEST, Settings(offline=True))
    code = artifact.contract("PoolManager").runtime
    if code is None:
        raise InternalError("bench-no-code", "the largest contract has no runtime code")
    return {"transpile_s": min(_seconds(code.code, artifact.fork) for _ in range(runs))}


def _seconds(code: bytes, fork: str) -> float:
    start = time.perf_counter()
    _ = translate(code, fork, "runtime").program.digest
    return time.perf_counter() - start


def _execute(name: str, runs: int) -> dict[str, Any]:
    """Our executor and revm on the same batch, each prepared beforehand."""
    workload = RUNS[name]()
    workload.library.run(workload.request)
    programs = workload.library.programs(workload.request["fork"])
    return {"execute_s": proof.bench(workload.request, programs, runs), "revm_s": oracle.bench(workload.request, runs)}


def _run(name: str, profile: str, runs: int, hashes: str) -> dict[str, Any]:
    workload = RUNS[name]()
    start = time.perf_counter()
    workload.library.run(workload.request)
    transpile_s = time.perf_counter() - start
    result = proof.measure(workload.request, workload.library.programs(workload.request["fork"]), profile, runs, hashes)
    if result.get("unsupported"):
        raise Unsupported("bench-not-proven", f"{name} cannot be proven: {result['unsupported']['what']}")
    if not result["valid"] and profile != "test":
        raise InternalError("bench-rejected", f"the receipt of {name} is rejected: {result['reason']}")
    tables = result["cost"]["tables"]
    return {
        "profile": profile,
        "hashes": hashes,
        **{key: result[key] for key in ("proven_bits", "execute_s", "setup_s", "prove_s", "verify_s", "receipt_bytes")},
        "revm_s": oracle.bench(workload.request, runs),
        "rows": sum(table["rows"] for table in tables),
        "cells": {table["name"]: table["cells"] for table in tables},
        "interactions": sum(table["rows"] * table["interactions"] for table in tables),
        "fields": sum(table["rows"] * table["fields"] for table in tables),
        "transpile_s": transpile_s,
        "tables": tables,
    }
