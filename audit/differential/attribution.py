"""Whose function a message runs: a message counts for the contract under check wherever it comes from and at whatever depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from audit.differential.interface import CONSTRUCTOR, OTHER
from audit.differential.subject import Target
from audit.inputs.pins import alike
from zkvm.errors import InternalError
from zkvm.host.request import Request
from zkvm.host.result import CallResult, Message, Result

NO_CODE: Final = "no code there"
__all__ = ["NO_CODE", "OTHER", "functions", "homes"]
CREATES: Final = ("create", "create2")
REFUSED: Final = "refused"


def homes(target: Target, request: Request, result: Result) -> frozenset[str]:
    """The accounts that have the target's code, but for its immutables and library addresses, before the run, in it or after.

    Shape: `contract` is one only if it ever has code: calls of an account without code succeed, and run nothing.
    """
    code, subject = target.runtime, target.subject
    known = subject.runtime is not None or subject.creation is not None
    held = {
        address
        for state in (request.state, result.state)
        for address, account in state.items()
        if account.code and ((known and address == request.contract) or (code is not None and alike(account.code, code)))
    }
    born = {
        message.to
        for call in result.calls
        for message in call.messages or ()
        if message.kind in CREATES
        and message.status == "success"
        and ((known and message.to == request.contract) or _own(target, message))
    }
    return frozenset(held | born)


def _own(target: Target, message: Message) -> bool:
    """Whether a create runs the target's creation code."""
    return target.creation is not None and message.input.startswith(target.creation.code)


def functions(target: Target, where: frozenset[str], outcome: CallResult) -> Iterator[tuple[str, str]]:
    """(function of the target, outcome) of each message of a transaction that runs the target's code.

    Raises: InternalError if the request did not ask for messages: then nothing could be told from the result.
    """
    if outcome.messages is None:
        raise InternalError("messages-not-asked", "functions are counted by message, and the result lists none")
    for message in outcome.messages:
        name = _name(target, where, message)
        if name is not None and message.status != REFUSED:
            yield name, message.status


def _name(target: Target, where: frozenset[str], message: Message) -> str | None:
    """The function of the target that a message runs, if it runs any."""
    if message.kind in CREATES:
        return CONSTRUCTOR if message.to in where or _own(target, message) else None
    if message.to not in where:
        return None
    return target.interface.name(message.input, create=False)
