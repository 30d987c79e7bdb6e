"""Faults of an executor: they are there while a request runs, and gone after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.compare import judge
from audit.differential.execution import Library
from audit.differential.faults import CATALOGUE, fault_of, faulty, places
from audit.differential.machine_faults import MACHINE_FAULTS, FaultyMachine, MachineFault, Seam, injected
from tests.unit.zkvm.machine.tree import A, B, C, account, call, keep, request
from zkvm import proof
from zkvm.errors import InputError
from zkvm.machine import calls

REVERT = "0 0 REVERT"
TWICE = call(B) + "POP " + call(C) + "POP "
SHOWN: dict[str, tuple[dict[int, dict[str, Any]], str]] = {
    "static-flag-lost": (
        {A: account(call(B, kind="STATICCALL") + "STOP"), B: account(call(C) + "STOP"), C: account("1 " + keep(0) + "STOP")},
        "messages.status",
    ),
    "return-data-of-another-call": (
        {
            A: account(TWICE + "32 0 0 RETURNDATACOPY 32 0 RETURN"),
            B: account("1 0 MSTORE 32 0 RETURN"),
            C: account("2 0 MSTORE 32 0 RETURN"),
        },
        "return_data",
    ),
    "undo-left-out": ({A: account("1 " + keep(0) + REVERT)}, "storage"),
    "nested-undo-left-out": ({A: account(call(B) + "STOP"), B: account("1 " + keep(0) + REVERT)}, "storage"),
    "one-64th-off-by-one": ({A: account(call(B) + "STOP"), B: account("STOP")}, "messages.gas"),
}
"""By fault: accounts whose run shows it, and where."""
HARMLESS = {A: account("1 " + keep(0) + call(B, gas="1000") + "POP 0 0 RETURN"), B: account("1 0 MSTORE 32 0 RETURN")}
"""Accounts whose run none of the faults changes: it writes, makes one call with gas to spare, succeeds."""


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
    before = members(MachineFault("one", "it is there", (stipend,)))
    with pytest.raises(AttributeError), injected(fault):
        pass
    assert members(MachineFault("one", "it is there", (stipend,))) == before


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
@pytest.mark.parametrize("fault", MACHINE_FAULTS, ids=lambda each: each.name)
def test_a_fault_shows_where_it_is_meant_to_and_nowhere_else(fault: MachineFault) -> None:
    honest = Library()
    accounts, field = SHOWN[fault.name]
    used = faulty(honest, fault)
    mismatch = judge(request("Osaka", accounts), used.result, oracle.result).mismatch
    assert mismatch is not None
    assert mismatch.field == field
    assert places(fault, honest, used) > 0
    assert fault.needs(oracle.result(request("Osaka", accounts)))
    assert judge(request("Osaka", accounts), honest.result, oracle.result).mismatch is None
    unhurt = faulty(honest, fault)
    assert judge(request("Osaka", HARMLESS), unhurt.result, oracle.result).mismatch is None
    assert places(fault, honest, unhurt) == 0


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
def test_an_undo_left_out_changes_nothing_else() -> None:
    """Outcome and messages are those of the revert, also where a frame below reverts first: only what was written stays."""
    fault = next(each for each in MACHINE_FAULTS if each.name == "undo-left-out")
    failing = "7 0 MSTORE 32 0 REVERT"
    asked = request("Osaka", {A: account("1 " + keep(0) + call(B) + keep(1) + failing), B: account("1 " + keep(0) + failing)})
    honest, wrong = Library().result(asked), faulty(Library(), fault).result(asked)
    assert wrong.calls == honest.calls
    kept = {address for address in wrong.state if wrong.account(address) != honest.account(address)}
    assert kept == {asked["contract"]}
    assert wrong.account(asked["contract"]).storage == {0: 1}, "slot 1 has what the call of B gave: 0, since it reverted"
    assert fault.needs(honest)


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
@pytest.mark.parametrize("create", ["0 0 0 CREATE", "0 0 0 0 CREATE2"])
def test_a_64th_is_off_by_one_in_creates_too(create: str) -> None:
    fault = next(each for each in MACHINE_FAULTS if each.name == "one-64th-off-by-one")
    asked = request("Osaka", {A: account(create + " STOP")})
    honest = Library()
    used = faulty(honest, fault)
    mismatch = judge(asked, used.result, oracle.result).mismatch
    assert mismatch is not None
    assert mismatch.field == "messages.gas"
    assert places(fault, honest, used) > 0
    assert fault.needs(oracle.result(asked))


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
@pytest.mark.parametrize(("kind", "needed"), [("STATICCALL", True), ("CALL", False)])
def test_a_lost_static_flag_needs_a_static_frame_that_halts(kind: str, needed: bool) -> None:
    fault = next(each for each in MACHINE_FAULTS if each.name == "static-flag-lost")
    accounts = {A: account(call(B, kind="STATICCALL") + call(C, kind=kind) + "STOP"), B: account("STOP"), C: account("INVALID")}
    assert fault.needs(oracle.result(request("Osaka", accounts))) is needed
    assert not fault.needs(oracle.result(request("Osaka", {A: account("INVALID")})))


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
@pytest.mark.parametrize(("end", "needed"), [("STOP", True), (REVERT, False), ("INVALID", False)])
def test_a_nested_undo_needs_a_failure_within_success(end: str, needed: bool) -> None:
    fault = next(each for each in MACHINE_FAULTS if each.name == "nested-undo-left-out")
    accounts = {A: account(call(B) + "STOP"), B: account(call(C) + end), C: account("STOP" if end != "STOP" else REVERT)}
    outer = {A: account(call(B) + end), B: account(call(C) + "STOP"), C: account(REVERT)}
    assert fault.needs(oracle.result(request("Osaka", outer))) is needed
    assert fault.needs(oracle.result(request("Osaka", accounts)))


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
def test_a_run_of_too_many_steps_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.differential.machine_faults.STEPS", 3)
    used = Library(executor=FaultyMachine(MACHINE_FAULTS[0]))
    verdict = judge(request("Osaka", HARMLESS), used.result, oracle.result)
    assert (verdict.calls, verdict.mismatch) == (0, None)
    assert verdict.stop is not None
    assert verdict.stop.code == "step-limit"


def test_vectors_name_it_without_a_site() -> None:
    for each in MACHINE_FAULTS:
        assert each in CATALOGUE
        assert fault_of(each.as_json()) is each
        with pytest.raises(InputError, match="no site"):
            fault_of({"name": each.name, "site": 0})
