"""The EVM oracle: revm in the extension. The only importer of that part of it."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from zkvm.errors import InternalError, Unsupported
from zkvm.host.result import Result, result_of
from zkvm.proof import extension, refusal


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise refusal("request-refused", str(error)) from error
    except NotImplementedError as error:
        raise Unsupported("oracle-not-covered", str(error)) from error
    except RuntimeError as error:
        raise InternalError("oracle-failed", str(error)) from error


def run(request: Mapping[str, Any], *, trace: bool = False) -> dict[str, Any]:
    """revm's result of a request (ISA 8.2); with `trace` it has a member `trace` with coverage and steps.

    Raises: InputError for a malformed request, a bare message's value that the caller cannot pay, or a bare create at an account that is
    occupied or by one without a nonce left;
    Unsupported for SSTORE under Constantinople, which revm does not have.
    """
    document = {**request, "trace": True} if trace else request
    with _refusals():
        text = extension().oracle_run(json.dumps(document))
    with uncollected():
        answer: dict[str, Any] = json.loads(text)
    return answer


@contextmanager
def uncollected() -> Iterator[None]:
    """Pauses the collector of cycles while a trace is read, which has a pair for each edge and no cycle.

    Sound because: what nothing refers to is freed all the same; only cycles wait.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def result(request: Mapping[str, Any]) -> Result:
    """revm's result of a request as a value.

    Raises: as `run`.
    """
    return result_of(run(request))


def bench(request: Mapping[str, Any], runs: int = 5) -> float:
    """Seconds that revm needs for a request's calls, the smallest of the runs; parsing and the state's preparation not counted.

    Raises: as `run`.
    """
    with _refusals():
        seconds: float = extension().oracle_bench(json.dumps(request), runs)
    return seconds
