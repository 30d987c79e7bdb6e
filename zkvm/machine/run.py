"""Runs a request call by call (ISA 8)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zkvm.errors import InputError, Unsupported
from zkvm.machine.dispatch import HANDLERS
from zkvm.machine.frame import Frame, Log, Transaction, arguments_as_code
from zkvm.machine.request import Call, Request, parse_request
from zkvm.machine.rules import Rules, rules_of
from zkvm.machine.world import World
from zkvm.program import Kind, Program

ProgramKey = tuple[bytes, Kind, str]
"""(code hash, kind, fork) (ISA 8.2)."""


class _MissingCode(Exception):
    """A code object for which no program was given."""

    def __init__(self, code: bytes, kind: str) -> None:
        super().__init__(code, kind)
        self.code = code
        self.kind = kind


Observer = Callable[[int, int], None]
"""Told of each chained instruction as it runs: index of the call, identifier."""


def execute(
    request: Mapping[str, Any], programs: Iterable[Program], step_limit: int | None = None, observe: Observer | None = None
) -> dict[str, Any]:
    """The result of a request; the programs have passed the lint.

    Raises: InputError for a malformed request, a value that the caller cannot pay or a create at an account that is there;
    InternalError if a program breaks a promise of its translation (a wire not given, memory not covered).
    """
    parsed, world = parse_request(request)
    rules = rules_of(parsed.fork)
    table = {(program.code_hash, program.kind, program.fork): program for program in programs}
    listed = set(world.existing)
    results: list[dict[str, Any]] = []
    unsupported = missing = None
    for index, call in enumerate(parsed.calls):
        machine = _Machine(parsed, call, index, rules, world, table, step_limit, observe)
        try:
            results.append(machine.run())
        except Unsupported as error:
            unsupported = {"code": error.code, "what": error.message, "call": index, "pc": None, "id": machine.pc}
        except _MissingCode as error:
            missing = {"code": "0x" + error.code.hex(), "kind": error.kind}
        if unsupported or missing:
            world.undo(0)
            break
        listed.update(world.existing)
        world.forget()
    return {"calls": results, "state": _state(world, listed), "unsupported": unsupported, "missing_code": missing}


def execute_json(request: str, bodies: Iterable[bytes], step_limit: int | None = None) -> str:
    """`execute` with the shape of the Rust executor: JSON in and out, programs as bodies."""
    return json.dumps(execute(json.loads(request), map(Program.decode, bodies), step_limit))


class _Machine:
    """One call of a request."""

    def __init__(
        self,
        request: Request,
        call: Call,
        index: int,
        rules: Rules,
        world: World,
        table: dict[ProgramKey, Program],
        step_limit: int | None,
        observe: Observer | None,
    ) -> None:
        self._request, self._call, self._index = request, call, index
        self._rules, self._world, self._table, self._step_limit = rules, world, table, step_limit
        self._observe = observe
        self._steps = 0
        self.pc = 0

    def run(self) -> dict[str, Any]:
        """The call as its own transaction (ISA 8.3)."""
        call, world, rules = self._call, self._world, self._rules
        place = f"calls[{self._index}]"
        if call.create and (why := self._occupied(call.to)) is not None:
            raise InputError("occupied", f"a create at {call.to:#042x}: {why}", f"{place}.to")
        if world.balance(call.caller) < call.value:
            raise InputError("caller-cannot-pay", "the caller has less than the value", f"{place}.value")
        if call.caller != call.to and (world.balance(call.to) + call.value) >> 256:
            raise InputError("balance-overflow", "the balance of the account called would be 2^256 or more", f"{place}.value")
        warm = {call.caller, call.to, *rules.precompiles}
        if rules.warm_coinbase:
            warm.add(self._request.env.coinbase)
        transaction = Transaction(warm)
        mark = world.mark()
        if call.create and rules.empty_is_absent:
            world.put(world.nonces, call.to, 1)
        world.move(call.caller, call.to, call.value)
        frame = self._enter(transaction)
        if frame is None:
            return self._result("success", b"", call.gas, transaction)
        self._loop(frame)
        if frame.status == "success":
            if call.create:
                world.put(world.codes, call.to, frame.output)
            for account in transaction.destroyed:
                world.delete(account)
        else:
            world.undo(mark)
            transaction.refund = 0
            transaction.logs.clear()
            transaction.destroyed.clear()
        gas_left = 0 if frame.status == "halt" else frame.gas_left
        return self._result(frame.status, frame.output, gas_left, transaction)

    def _occupied(self, account: int) -> str | None:
        """What stands in the way of a create at an address (ISA 8.9)."""
        world = self._world
        if account in self._rules.precompiles:
            return "it is a precompile"
        if world.nonces.get(account):
            return "its nonce is not 0"
        if world.code(account):
            return "it has code"
        if any(value for slot, value in world.slots.items() if slot[0] == account):
            return "it has storage"
        return None

    def _enter(self, transaction: Transaction) -> Frame | None:
        """The frame of the call; None where there is no code to run (ISA 8.5)."""
        call, rules = self._call, self._rules
        code = call.code if call.create else self._world.code(call.to)
        if not call.create and call.to in rules.precompiles:
            raise Unsupported("precompile", f"{call.to:#042x}")
        if not call.create and rules.delegation and len(code) == 23 and code.startswith(b"\xef\x01\x00"):
            raise Unsupported("delegation", f"{call.to:#042x}")
        if not code and call.create and call.data:
            raise arguments_as_code()
        if not code:
            return None
        kind: Kind = "creation" if call.create else "runtime"
        program = self._table.get((self._world.code_hash(code), kind, rules.fork))
        if program is None:
            raise _MissingCode(code, kind)
        return Frame(program, call, self._request.env, rules, self._world, transaction)

    def _loop(self, frame: Frame) -> None:
        """Run chained instructions until one goes to 0 or gas left is negative (ISA 2.1, 3.3)."""
        instructions = frame.program.instructions
        limit, observe = self._step_limit, self._observe
        pc = 1
        while pc:
            at = instructions[pc - 1]
            frame.pc = self.pc = pc
            frame.gas += at.gas
            self._steps += 1
            if observe is not None:
                observe(self._index, pc)
            if limit is not None and self._steps > limit:
                raise Unsupported("step-limit", f"more than {limit} steps")
            if frame.gas > frame.budget:
                break
            following = HANDLERS[at.op](frame, at)
            pc = pc + 1 if following is None else following
        if frame.gas_left < 0:
            frame.status = "halt"
        if frame.status == "halt":
            frame.output = b""

    def _result(self, status: str, output: bytes, gas_left: int, transaction: Transaction) -> dict[str, Any]:
        return {
            "status": status,
            "return_data": "0x" + output.hex(),
            "gas_left": hex(gas_left),
            "refund": hex(transaction.refund),
            "logs": [_log(log) for log in transaction.logs],
            "destroyed": [_address(account) for account in transaction.destroyed],
            "steps": self._steps,
        }


def _address(account: int) -> str:
    return f"{account:#042x}"


def _log(log: Log) -> dict[str, Any]:
    return {"address": _address(log.address), "topics": [f"{topic:#066x}" for topic in log.topics], "data": "0x" + log.data.hex()}


def _state(world: World, listed: set[int]) -> dict[str, Any]:
    slots: dict[int, dict[str, str]] = {account: {} for account in listed}
    for (account, key), word in sorted(world.slots.items()):
        if word:
            slots[account][hex(key)] = hex(word)
    return {
        _address(account): {
            "balance": hex(world.balance(account)),
            "nonce": hex(world.nonces.get(account, 0)),
            "code": "0x" + world.code(account).hex(),
            "storage": slots[account],
        }
        for account in sorted(listed)
    }
