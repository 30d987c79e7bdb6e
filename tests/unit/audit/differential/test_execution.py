"""The library answers an executor that asks for programs of code that it meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from audit.differential import execution
from audit.differential.execution import Library, Stuck, Translator
from transpiler.store import Store
from zkvm.errors import InputError, InternalError, Unsupported
from zkvm.program import Program
from zkvm.word import keccak256

OUTER, INNER = bytes.fromhex("6001600055"), bytes.fromhex("6002600055")
ADDRESS = "0x" + "0" * 38 + "aa"


def request() -> dict[str, Any]:
    account = {"balance": "0x0", "nonce": "0x1", "code": "0x" + OUTER.hex(), "storage": {}}
    return {"fork": "Osaka", "state": {ADDRESS: account}, "calls": [{"create": False, "to": ADDRESS}]}


class Asking:
    """An executor that meets two codes. Shape: `given` and `answers` are the code hashes of the last run's programs."""

    def __init__(self) -> None:
        self.given: list[bytes] = []
        self.answers: list[Program | None] = []

    def __call__(self, request: Mapping[str, Any], programs: Iterable[Program], *, translate: Translator) -> dict[str, Any]:
        self.given = [each.code_hash for each in programs]
        self.answers = [translate(code, "runtime") for code in (OUTER, INNER) if keccak256(code) not in self.given]
        missing = {"code": "0x" + INNER.hex(), "kind": "runtime"} if None in self.answers else None
        return {"calls": [], "unsupported": None, "missing_code": missing}


def library(executor: Any, store: Store | None = None) -> Library:
    return Library(None, executor, store=store or Store(None))


def test_each_code_is_translated_once_and_known_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = Asking()
    asked = library(executor)
    asked.run(request())
    assert executor.given == []
    assert [each.code for each in executor.answers if each] == [OUTER, INNER]
    monkeypatch.setattr(execution, "translate", None)
    asked.run(request())
    assert executor.given == [keccak256(OUTER)], "the request holds it, so it is given at once"
    assert [each.code for each in executor.answers if each] == [INNER]
    assert [each.code for each in asked.programs("Osaka")] == [OUTER, INNER]
    assert asked.programs("Cancun") == []


def test_programs_come_from_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library(Asking(), Store(tmp_path)).run(request())
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.setattr(execution, "translate", None)
    other = library(Asking(), Store(tmp_path))
    other.run(request())
    assert [each.code for each in other.programs("Osaka")] == [OUTER, INNER]
    assert other.translations == {}


def test_what_a_bug_made_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a strict run at another time would find the program, and no bug."""

    def broken(*_args: object, **_options: object) -> None:
        raise KeyError("as if")

    monkeypatch.setattr("transpiler.translate.lower", broken)
    monkeypatch.setattr("transpiler.translate._strict", False)
    library(Asking(), Store(tmp_path)).run(request())
    assert list(tmp_path.iterdir()) == []


def test_answers_are_rewritten_and_what_is_kept_is_not(tmp_path: Path) -> None:
    bent = Program("Osaka", "runtime", b"", bytes(32), (), 0, (), ())
    executor = Asking()
    honest = library(executor, Store(tmp_path))
    honest.with_rewrite(lambda _: bent).run(request())
    assert executor.answers == [bent, bent]
    honest.run(request())
    assert bent not in executor.answers
    assert bent not in honest.programs("Osaka")


def test_what_translating_raises_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(code: bytes, *_: Any) -> None:
        raise Unsupported("S2Z-LOWER-SIZE", "too large")

    monkeypatch.setattr(execution, "translate", refuse)
    with pytest.raises(Unsupported, match="too large"):
        library(Asking()).run(request())


def test_an_executor_that_does_not_ask_is_at_fault() -> None:
    def deaf(request: Mapping[str, Any], programs: Iterable[Program], *, translate: Translator) -> dict[str, Any]:
        return {"calls": [], "unsupported": None, "missing_code": {"code": "0x00", "kind": "runtime"}}

    with pytest.raises(InternalError, match="did not ask"):
        library(deaf).run(request())


def test_a_stuck_program_says_where() -> None:
    def stuck(request: Mapping[str, Any], programs: Iterable[Program], *, translate: Translator) -> dict[str, Any]:
        raise InputError("request-refused", "program: call 3, identifier 17: a wire that was not given")

    with pytest.raises(Stuck) as caught:
        library(stuck).run(request())
    assert caught.value.call == 3
