"""Errors: what they say and where they point."""

from __future__ import annotations

import pytest

from zkvm.errors import InputError, InternalError, Place, Rejected, Sol2zkError, Unsupported


def test_render() -> None:
    error = InputError("odd-hex", "half a byte", Place("a.hex", 1, 3, "0x600"), "add a digit")
    assert str(error) == "a.hex:1:3: half a byte [odd-hex]"
    assert error.render().split("\n") == [
        "error[odd-hex]: half a byte",
        "  --> a.hex:1:3",
        "   | 0x600",
        "   |   ^",
        "  help: add a digit",
    ]
    assert Unsupported("call", "CALL").render() == "unsupported[call]: CALL"
    assert str(Rejected("bad", "no", "receipt")) == "receipt: no [bad]"


@pytest.mark.parametrize(("kind", "code"), [(InputError, 2), (Unsupported, 4), (Rejected, 5), (InternalError, 70)])
def test_exit_codes(kind: type[Sol2zkError], code: int) -> None:
    assert kind("a", "b").exit_code == code
