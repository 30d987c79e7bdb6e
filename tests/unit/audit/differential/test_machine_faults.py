"""Faults of an executor: they are there while a request runs, and gone after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.differential.execution import Library
from audit.differential.faults import CATALOGUE, faulty, places
from audit.differential.machine_faults import MACHINE_FAULTS, FaultyMachine, MachineFault, Seam, injected
from audit.inputs.calls import Call, CallFile
from audit.inputs.request import build_request
from audit.differential.subject import Target
from tests.targets import target
from zkvm import proof
from zkvm.machine import calls


def members(fault: MachineFault) -> list[Any]:
    return [getattr(seam.owner, seam.name) for seam in fault.seams]


@pytest.mark.parametrize("fault", MACHINE_FAULTS, ids=lambda each: each.name)
def test_a_fault_replaces_what_it_names_and_puts_it_back(fault: MachineFault) -> None:
    before = members(fault)
    with injected(fault):
        assert all(now is not old for now, old in zip(members(fault), before, strict=True))
    assert members(fault) == before
    with pytest.raises(ZeroDivisionError), injected(fault):
        raise ZeroDivisionError
    assert members(fault) == before


def test_a_seam_that_is_not_there_is_an_error_and_changes_nothing() -> None:
    stipend = Seam(calls, "CALL_STIPEND", lambda genuine, _: genuine + 1)
    fault = MachineFault("two", "the second is not there", (stipend, replace(stipend, name="NO_SUCH_NAME")))
    before = calls.CALL_STIPEND
    with pytest.raises(AttributeError), injected(fault):
        pass
    assert before == calls.CALL_STIPEND


def request(caller: str, callee: str) -> dict[str, Any]:
    """A call of an account with the code `caller`, which may call 0xc0de with the code `callee`."""
    account = {"balance": "0x64", "nonce": "0x1", "storage": {}}
    state = {address(0xCA11): {**account, "code": caller}, address(0xC0DE): {**account, "code": callee}}
    call = Call(to=address(0xCA11), data=b"")
    base = build_request(CallFile((call,), "Osaka"), None)
    return {**base, "state": {**base["state"], **state}, "messages": True}


def address(number: int) -> str:
    return f"0x{number:040x}"
