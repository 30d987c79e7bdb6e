"""Runs a message with all that it calls and creates, on a stack of its own (ISA 9.3-9.7, 9.9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from zkvm.isa.rules import CALL_DEPTH, CODE_BYTE_GAS, RuleSet, precompiles_of
from zkvm.machine.calls import resume
from zkvm.machine.frame import ArgumentsAsCode, Context, Frame
from zkvm.machine.interpreter import Steps, advance
from zkvm.machine.message import Message, Outcome
from zkvm.machine.precompiles import run_precompile
from zkvm.machine.programs import Programs
from zkvm.machine.world import World, delegate_of
from zkvm.program import Program

NONCE_MAX: Final = (1 << 64) - 1


@dataclass(slots=True, eq=False)
class Record:
    """A message and its outcome, for the list of messages (ISA 8.11)."""

    message: Message
    outcome: Outcome


@dataclass(slots=True)
class Driver:
    """Runs the messages of one transaction.

    Shape: `run` is a loop over an explicit stack of frames: depth 1024 needs no recursion of the host (ISA 9.9).
    """

    context: Context
    programs: Programs
    steps: Steps
    records: list[Record] = field(default_factory=list)
    """In the order in which the messages begin."""
    _open: list[tuple[Frame, Record]] = field(default_factory=list)
    """Frames that run, the newest last."""

    def run(self, message: Message) -> Outcome:
        """The outcome of a message.

        Raises: Unsupported (ISA 8.4), MissingCode.
        """
        ended = self._enter(message)
        while ended is None or self._open:
            if ended is not None:
                resume(self._open[-1][0], message, ended)
            frame, record = self._open[-1]
            try:
                wanted = advance(frame, self.steps)
            except ArgumentsAsCode:
                self._begin_anew()
                ended = None
                continue
            if wanted is not None:
                message = wanted
                ended = self._enter(message)
            else:
                self._open.pop()
                message = frame.message
                ended = record.outcome = _end(frame)
        return ended

    def _enter(self, message: Message) -> Outcome | None:
        """Begin a message: its outcome if it has no frame, else None with its frame on the stack."""
        record = Record(message, Outcome("refused", b"", message.gas))
        self.records.append(record)
        if message.depth and _refused(message, self.context.world):
            return record.outcome
        outcome = self._enter_create(record) if message.creates else self._enter_call(record)
        if outcome is not None:
            record.outcome = outcome
        return outcome

    def _enter_call(self, record: Record) -> Outcome | None:
        """Value moves; then a precompile, nothing, or a frame (ISA 8.5, 9.3, 9.4)."""
        rules, world, message = self.context.rules, self.context.world, record.message
        precompiles = precompiles_of(rules.index)
        mark = world.mark()
        if message.moves:
            world.move(message.caller, message.address, message.value)
        code = world.code(message.code_address)
        target = delegate_of(code, rules)
        if target is not None:
            code = b"" if target in precompiles else world.code(target)
        elif message.code_address in precompiles:
            outcome = run_precompile(message.code_address, message.data, message.gas, rules)
            if not outcome.success:
                world.undo(mark)
            return outcome
        if not code:
            return Outcome("success", b"", message.gas)
        self._push(self.programs.of(code, "runtime"), record, mark)
        return None

    def _enter_create(self, record: Record) -> Outcome | None:
        """The creator's nonce and the new address's mark, which stay; then the account (ISA 9.5).

        Shape: a transaction has moved its sender's nonce already.
        """
        world, message = self.context.world, record.message
        if message.depth:
            world.raise_nonce(message.sender)
            world.warm(message.address)
        if world.occupied(message.address) is not None:
            return Outcome("halt", b"", 0)
        if not message.data:
            self._create_account(message)
            return Outcome("success", b"", message.gas)
        program = self.programs.of_init_code(message.data, message.creation)
        self._push(program, record, self._create_account(message))
        return None

    def _create_account(self, message: Message) -> int:
        """The new account: created mark, nonce, value; where the journal stood before (ISA 9.5)."""
        rules, world = self.context.rules, self.context.world
        mark = world.mark()
        world.put(world.created, message.address, True)
        if rules.empty_is_absent:
            world.put(world.nonces, message.address, 1)
        world.move(message.caller, message.address, message.value)
        return mark

    def _begin_anew(self) -> None:
        """Run the newest frame's message again with all its init code as the program (ISA 9.6)."""
        frame, record = self._open.pop()
        program = self.programs.of(frame.message.data, "creation")
        self.context.world.undo(frame.mark)
        del self.records[self.records.index(record) + 1 :]
        self._push(program, record, self._create_account(frame.message))

    def _push(self, program: Program, record: Record, mark: int) -> None:
        self._open.append((Frame(program, record.message, self.context, mark), record))


def _refused(message: Message, world: World) -> bool:
    """Whether no frame is entered: for depth, balance or nonce (ISA 9.4, 9.5)."""
    if message.depth > CALL_DEPTH:
        return True
    if message.kind != "delegatecall" and world.balance(message.sender) < message.value:
        return True
    return message.creates and world.nonce(message.sender) == NONCE_MAX


def _end(frame: Frame) -> Outcome:
    """A frame's outcome; what it did is undone unless it succeeded (ISA 9.4)."""
    if frame.status == "success" and frame.message.creates:
        _deposit(frame)
    if frame.status != "success":
        frame.world.undo(frame.mark)
    return Outcome(frame.status, frame.output, 0 if frame.status == "halt" else frame.gas_left)


def _deposit(frame: Frame) -> None:
    """The output of init code becomes the account's code, if it may and is paid for (ISA 9.5, 8.3)."""
    if not frame.message.bare:
        if _bad_code(frame.output, frame.rules):
            frame.status, frame.output = "halt", b""
            return
        price = CODE_BYTE_GAS * len(frame.output)
        if price <= frame.gas_left:
            frame.gas += price
        else:
            frame.status = "halt" if frame.rules.deposit_must_be_paid else "success"
            frame.output = b""
    if frame.output:
        frame.world.put(frame.world.codes, frame.address, frame.output)


def _bad_code(code: bytes, rules: RuleSet) -> bool:
    """Whether no account may have the code (EIP-170, EIP-3541)."""
    return len(code) > rules.code_limit_bytes or (rules.reject_ef_code and code.startswith(b"\xef"))
