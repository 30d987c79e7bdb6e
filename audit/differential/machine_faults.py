"""Seeded faults of an executor: the Python machine with one of its functions replaced while a request runs.

The machine itself has no hook: a fault names the functions (or constants) that it replaces, and they are put back after each request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from audit.differential.execution import Translator
from zkvm import machine
from zkvm.host.result import Message, Result
from zkvm.machine import calls, driver
from zkvm.machine.frame import Frame
from zkvm.machine.message import Message as Asked
from zkvm.machine.message import Outcome
from zkvm.program import Program

STEPS: Final = 2_000_000
"""Steps of a transaction that a faulty machine runs at most: what is longer ends as `step-limit` and is not compared."""

Note = Callable[[], None]
"""Called by a replacement each time it does what the genuine function would not have done."""


@dataclass(frozen=True, slots=True)
class Seam:
    """A name of the machine that a fault replaces: `make` gives the replacement from what is there."""

    owner: Any
    """A module or a class."""
    name: str
    make: Callable[[Any, Note], Any]


@dataclass(frozen=True, slots=True)
class MachineFault:
    """A fault that an executor could have."""

    name: str
    what: str
    seams: tuple[Seam, ...]
    needs: Callable[[Result], bool] = lambda result: any(each.depth for each in _messages(result))
    """Whether a run, by the EVM's result, has what the fault is about; it cannot show in others."""

    def as_json(self) -> dict[str, Any]:
        """The form that vectors hold: no program is changed, so it has no site."""
        return {"name": self.name, "kind": "machine", "site": None}


def _messages(result: Result) -> Iterator[Message]:
    return (each for call in result.calls for each in call.messages or ())


def _static_halts(result: Result) -> bool:
    """Whether a frame halts that may not write: what a write does there. Messages come in the order in which they begin."""
    static: int | None = None
    for each in _messages(result):
        if static is not None and each.depth <= static:
            static = None
        if static is None and each.kind == "staticcall":
            static = each.depth
        if static is not None and each.status == "halt":
            return True
    return False


def _nested_failure(result: Result) -> bool:
    """Whether a frame fails and those around it succeed: what it did is gone otherwise, whoever undoes it."""
    for call in result.calls:
        around: list[bool] = []
        for each in call.messages or ():
            del around[each.depth :]
            if around and all(around) and each.status in ("revert", "halt"):
                return True
            around.append(each.status == "success")
    return False


@contextmanager
def injected(fault: MachineFault, note: Note = lambda: None) -> Iterator[None]:
    """The machine has the fault inside, in the whole process."""
    kept = [(each, getattr(each.owner, each.name)) for each in fault.seams]
    try:
        for seam, genuine in kept:
            setattr(seam.owner, seam.name, seam.make(genuine, note))
        yield
    finally:
        for seam, genuine in kept:
            setattr(seam.owner, seam.name, genuine)


@dataclass(slots=True)
class FaultyMachine:
    """The Python machine with a fault, as an executor of a library."""

    fault: MachineFault
    changes: int = field(default=0)
    """How often so far the fault did something that the machine would not have done."""

    def __call__(self, request: Mapping[str, Any], programs: Iterable[Program], *, translate: Translator) -> dict[str, Any]:
        """Run a request (ISA 8)."""
        with injected(self.fault, self._note):
            return machine.execute(request, programs, STEPS, translate=translate)

    def _note(self) -> None:
        self.changes += 1


def _static_lost(genuine: Callable[..., Asked], note: Note) -> Callable[..., Asked]:
    def call_message(*arguments: Any) -> Asked:
        message = genuine(*arguments)
        if message.static:
            note()
        return replace(message, static=False)

    return call_message


def _data_of_another(genuine: Callable[..., None], note: Note) -> Callable[..., None]:
    def resume(frame: Frame, message: Asked, outcome: Outcome) -> None:
        before = frame.return_data
        genuine(frame, message, outcome)
        if before and frame.return_data != before:
            note()
            frame.return_data = before

    return resume


def _undo_left_out(forgets: Callable[[Frame], bool]) -> Callable[[Callable[[Frame], Outcome], Note], Callable[[Frame], Outcome]]:
    def make(genuine: Callable[[Frame], Outcome], note: Note) -> Callable[[Frame], Outcome]:
        def end(frame: Frame) -> Outcome:
            now = frame.world.mark()
            if forgets(frame) and frame.mark != now:
                note()
                frame.mark = now
            return genuine(frame)

        return end

    return make


def _reverted_call(frame: Frame) -> bool:
    """Whether a frame is a transaction's own call and reverts. A create is left out: the request could go on to create there again."""
    return not frame.message.depth and not frame.message.creates and frame.status == "revert"


def _nested_failed(frame: Frame) -> bool:
    return bool(frame.message.depth) and frame.status != "success"


def _one_less(genuine: Callable[[Frame, int], int | None], note: Note) -> Callable[[Frame, int], int | None]:
    def given(frame: Frame, asked: int) -> int | None:
        gas = genuine(frame, asked)
        if not gas or gas == asked:
            return gas
        note()
        return gas - 1

    return given


MACHINE_FAULTS: Final[tuple[MachineFault, ...]] = (
    MachineFault(
        "static-flag-lost",
        "a frame entered by STATICCALL, or from a static one, may write",
        (Seam(calls, "_call_message", _static_lost),),
        _static_halts,
    ),
    MachineFault(
        "return-data-of-another-call",
        "after a second call the return data are still those of the first, unless it gave none",
        (Seam(driver, "resume", _data_of_another),),
    ),
    MachineFault(
        "undo-left-out",
        "a call that reverts keeps its effects, where it is a transaction's own",
        (Seam(driver, "_end", _undo_left_out(_reverted_call)),),
        lambda result: any(each.status == "revert" for each in result.calls),
    ),
    MachineFault(
        "nested-undo-left-out",
        "a frame below the transaction's own that fails keeps its effects",
        (Seam(driver, "_end", _undo_left_out(_nested_failed)),),
        _nested_failure,
    ),
    MachineFault(
        "one-64th-off-by-one",
        "a create, or a call that asks for more than all but one 64th of the gas, gets one less than that",
        (Seam(calls, "_given", _one_less),),
    ),
)
"""What goes wrong between frames, where no rewriting of a program reaches."""
