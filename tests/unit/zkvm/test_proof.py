"""The wrapper of the extension: typed errors at its edge."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from zkvm import proof
from zkvm.errors import InputError, InternalError
from zkvm.host.result import CallResult, MissingCode, Result, Unsupported
from zkvm.isa.encode import ISA_DIGEST


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """The cached extension does not outlive a test."""
    proof.extension.cache_clear()
    yield
    proof.extension.cache_clear()


def install(monkeypatch: pytest.MonkeyPatch, digest: bytes = ISA_DIGEST, **functions: Callable[..., Any]) -> None:
    native = ModuleType("zkvm._native")
    native.ISA_DIGEST = digest  # type: ignore[attr-defined]
    for name, function in functions.items():
        setattr(native, name, function)
    monkeypatch.setattr(importlib, "import_module", lambda _name: native)


def test_a_missing_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> ModuleType:
        raise ImportError("no such module")

    monkeypatch.setattr(importlib, "import_module", missing)
    assert not proof.available()
    with pytest.raises(InternalError, match="not built"):
        proof.execute({}, [])


def test_a_stale_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, bytes(32))
    with pytest.raises(InternalError, match="another instruction set"):
        proof.extension()


def test_refusals_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> str:
        raise ValueError("request: fork: missing")

    def panic(*_arguments: object) -> str:
        raise RuntimeError("internal error: index")

    install(monkeypatch, execute=refuse, prove=panic, verify=refuse, measure=refuse)
    with pytest.raises(InputError, match="fork"):
        proof.execute({}, [])
    with pytest.raises(InternalError, match="index"):
        proof.prove({}, [])
    with pytest.raises(InputError):
        proof.verify(b"", proof.Expectations())
    with pytest.raises(InputError):
        proof.measure({}, [])


def test_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def verify(_receipt: bytes, expectations: str) -> str:
        seen.append(expectations)
        return '{"valid": true}'

    made = json.dumps({"result": Result((), {}).as_json(), "cost": {"tables": []}, "unsupported": None})
    install(monkeypatch, prove=lambda *_: (b"receipt", made), verify=verify)
    assert proof.prove({}, []) == proof.Proof(b"receipt", Result((), {}), {"tables": []}, None)
    assert proof.verify(b"receipt", proof.Expectations(code_hashes=(b"\1" * 32,))) == {"valid": True}
    assert '"code_hashes": ["0x0101' in seen[0]


def test_a_batch_with_a_refused_transaction_has_no_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the prover made of it: a receipt lists frames, and would leave the transaction out."""
    fine = CallResult("success", b"", 0, 0, (), (), 1)
    result = Result((fine, replace(fine, status="refused", reason="funds")), {}).as_json()
    install(monkeypatch, prove=lambda *_: (b"receipt", json.dumps({"result": result, "cost": {}, "unsupported": None})))
    made = proof.prove({}, [])
    assert made.receipt is None
    assert made.unsupported is not None
    assert (made.unsupported.code, made.unsupported.call) == ("transaction-refused", 1)
    assert made.unsupported.what.endswith("funds")


def test_why_there_is_no_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stopped the run comes first; it alone knows the call."""
    stopped = Result((), {}, unsupported=Unsupported("step-limit", "JUMP", 2, None, 9))
    missing = Result((), {}, missing_code=MissingCode(b"\0", "runtime"))
    lacking = {"code": "no-chip", "call": 1, "what": "BALANCE", "id": 4}
    for result, unsupported, expected in (
        (stopped, None, proof.Obstacle("step-limit", "JUMP", 2)),
        (missing, None, proof.Obstacle("missing-code", "a code object has no program")),
        (Result((), {}), lacking, proof.Obstacle("no-chip", "BALANCE")),
    ):
        made = json.dumps({"result": result.as_json(), "cost": None, "unsupported": unsupported})
        install(monkeypatch, prove=lambda *_, made=made: (None, made))
        proof.extension.cache_clear()
        assert proof.prove({}, []).obstacle == expected


@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
def test_the_root_of_a_state() -> None:
    assert proof.state_root({}).hex() == "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
    with pytest.raises(InputError, match="not an address"):
        proof.state_root({"0x12": {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}})
