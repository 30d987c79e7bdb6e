"""Every error has its exit status and a text without a traceback."""

from __future__ import annotations

import click
import pytest

from audit.cli.failure import as_json, report_failure
from transpiler.errors import CompileError, InputError, InternalError, Place, Unsupported
from zkvm.errors import Rejected


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("a", "b"), 2),
        (CompileError("a", "b"), 3),
        (Unsupported("a", "b"), 4),
        (Rejected("a", "b"), 5),
        (InternalError("a", "b"), 70),
        (ValueError("surprise"), 70),
        (RecursionError(), 70),
        (OSError(28, "No space left on device", "x"), 2),
        (click.UsageError("no"), 2),
        (click.exceptions.Exit(0), 0),
        (KeyboardInterrupt(), 130),
    ],
)
def test_status(error: BaseException, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_failure(error) == status
    assert "Traceback" not in capsys.readouterr().err


def test_text_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    error = InputError("odd-thing", "it is \x1b odd", Place("f.sol", 2, 3, "abc"), "make it even")
    report_failure(error)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["error[odd-thing]: it is \ufffd odd", "  --> f.sol:2:3", "   | abc", "   |   ^", "  help: make it even"]
    assert as_json(error) == {
        "code": "odd-thing",
        "message": "it is \x1b odd",
        "place": "f.sol:2:3",
        "hint": "make it even",
        "exit_code": 2,
    }


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SOL2ZK_DEBUG", "1")
    report_failure(ValueError("surprise"))
    assert "ValueError: surprise" in capsys.readouterr().err
