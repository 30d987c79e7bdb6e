"""Runs a request transaction by transaction (ISA 8)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from zkvm.errors import Unsupported
from zkvm.isa.rules import RuleSet, rules_of
from zkvm.machine.bare import run_bare
from zkvm.machine.driver import Driver
from zkvm.machine.interpreter import Observer, Steps
from zkvm.machine.programs import MissingCode, Programs, Translate
from zkvm.machine.refusal import refusal
from zkvm.machine.request import Transaction, parse_request
from zkvm.machine.results import messages_of, refused, result_of, state_of
from zkvm.machine.signed import context_of, run_signed
from zkvm.machine.world import World
from zkvm.program import Program


def execute(
    request: Mapping[str, Any],
    programs: Iterable[Program],
    step_limit: int | None = None,
    observe: Observer | None = None,
    translate: Translate | None = None,
) -> dict[str, Any]:
    """The result of a request; the programs have passed the lint. `translate` is asked for code met at run time (ISA 8.12).

    Raises: InputError for a malformed request, a value that the caller cannot pay or a create at an account that is there;
    InternalError if a program breaks a promise of its translation (a wire not given, memory not covered).
    """
    parsed, world = parse_request(request)
    rules = rules_of(parsed.fork)
    known = Programs(programs, parsed.fork, translate)
    results: list[dict[str, Any]] = []
    unsupported = missing = None
    for index, transaction in enumerate(parsed.calls):
        world.begin()
        steps = Steps(index, step_limit, observe)
        try:
            results.append(_run(transaction, world, rules, known, steps, parsed.messages))
        except Unsupported as error:
            unsupported = {"code": error.code, "what": error.message, "call": index, "pc": None, "id": steps.pc}
        except MissingCode as error:
            missing = {"code": "0x" + error.code.hex(), "kind": error.kind}
        if unsupported or missing:
            world.abandon()
            break
    return {"calls": results, "state": state_of(world, rules), "unsupported": unsupported, "missing_code": missing}


def execute_json(request: str, bodies: Iterable[bytes], step_limit: int | None = None) -> str:
    """`execute` with the shape of the Rust executor: JSON in and out, programs as bodies."""
    return json.dumps(execute(json.loads(request), map(Program.decode, bodies), step_limit))


def _run(
    transaction: Transaction, world: World, rules: RuleSet, programs: Programs, steps: Steps, messages: bool
) -> dict[str, Any]:
    terms = transaction.terms
    reason = None if terms is None else refusal(transaction, terms, rules, world)
    if reason is not None:
        return refused(reason, messages)
    driver = Driver(context_of(transaction, rules, world), programs, steps)
    place = f"calls[{steps.index}]"
    outcome = run_bare(transaction, driver, place) if terms is None else run_signed(transaction, terms, driver)
    result = result_of(outcome, world, steps.count)
    return {**result, "messages": messages_of(driver.records)} if messages else result
