"""Runs a request transaction by transaction (ISA 8)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from zkvm.errors import Unsupported
from zkvm.host import result as host
from zkvm.host.request import Call, Request, request_of
from zkvm.isa.rules import rules_of
from zkvm.machine.bare import run_bare
from zkvm.machine.driver import Driver
from zkvm.machine.frame import Context
from zkvm.machine.interpreter import Observer, Steps
from zkvm.machine.programs import MissingCode, Programs, Translate
from zkvm.machine.refusal import refusal
from zkvm.machine.results import call_result, messages_of, refused
from zkvm.machine.signed import context_of, run_signed
from zkvm.machine.state import state_of, world_of
from zkvm.program import Program


def result(
    request: Request,
    programs: Iterable[Program],
    step_limit: int | None = None,
    observe: Observer | None = None,
    translate: Translate | None = None,
) -> host.Result:
    """The result of a request; the programs have passed the lint. `translate` is asked for code met at run time (ISA 8.12).

    Raises: InputError for a rule set that does not exist, a value that the caller cannot pay or a create at an account that is there;
    InternalError if a program breaks a promise of its translation (a wire not given, memory not covered).
    """
    rules, world = rules_of(request.fork), world_of(request.state)
    known = Programs(programs, request.fork, translate)
    results: list[host.CallResult] = []
    unsupported = missing = None
    for index, call in enumerate(request.calls):
        world.begin()
        steps = Steps(index, step_limit, observe)
        try:
            results.append(_run(call, context_of(call, request.env, rules, world), known, steps, request.messages))
        except Unsupported as error:
            unsupported = host.Unsupported(error.code, error.message, index, None, steps.pc)
        except MissingCode as error:
            missing = host.MissingCode(error.code, error.kind)
        if unsupported or missing:
            world.abandon()
            break
    return host.Result(tuple(results), state_of(world, rules), unsupported, missing)


def execute(
    request: Mapping[str, Any],
    programs: Iterable[Program],
    step_limit: int | None = None,
    observe: Observer | None = None,
    translate: Translate | None = None,
) -> dict[str, Any]:
    """`result` of a request in its JSON form, as the Rust executor takes it (`zkvm.proof.execute`).

    Raises: InputError for a malformed request; as `result`.
    """
    return result(request_of(request), programs, step_limit, observe, translate).as_json()


def execute_json(request: str, bodies: Iterable[bytes], step_limit: int | None = None) -> str:
    """`execute` with the shape of the Rust executor: JSON in and out, programs as bodies."""
    return json.dumps(execute(json.loads(request), map(Program.decode, bodies), step_limit))


def _run(call: Call, context: Context, programs: Programs, steps: Steps, messages: bool) -> host.CallResult:
    transaction, place = call.transaction, f"calls[{steps.index}]"
    reason = None if transaction is None else refusal(call, transaction, context)
    if reason is not None:
        return refused(reason, messages)
    driver = Driver(context, programs, steps)
    outcome = run_bare(call, driver, place) if transaction is None else run_signed(call, transaction, driver)
    return call_result(outcome, context.world, steps.count, messages_of(driver.records) if messages else None)
