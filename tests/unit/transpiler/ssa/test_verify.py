"""What the verifier refuses."""

from __future__ import annotations

import pytest

from tests.unit.transpiler.passes.pieces import function
from transpiler.errors import InternalError
from transpiler.ssa.verify import verify, verify_gas

BAD = {
    "no result": "b0:\n  ADD 0x1 0x2\n  STOP",
    "arity": "b0:\n  v1 = ADD 0x1\n  STOP",
    "topics": "b0:\n  LOG.2 0x0 0x0 0x1\n  STOP",
    "gas on a pure operation": "b0:\n  v1 = ADD 0x1 0x2 +3\n  STOP",
    "not defined": "b0:\n  SSTORE 0x0 v9\n  STOP",
    "used before": "b0:\n  SSTORE 0x0 v1\n  v1 = ENV.CALLER\n  STOP",
    "two definitions": "b0:\n  v1 = ENV.CALLER\n  v1 = ENV.CALLER\n  STOP",
    "no dominance": "b0:\n  v1 = ENV.CALLER\n  BRANCH v1 b1 b2\nb1:\n  v2 = ENV.ORIGIN\n  JUMP b2\nb2:\n  SSTORE 0x0 v2\n  STOP",
    "arguments": "b0:\n  JUMP b1(0x1)\nb1:\n  STOP",
    "no block": "b0:\n  JUMP b7",
    "unreached": "b0:\n  STOP\nb1:\n  STOP",
    "edges": "b0:\n  BRANCH 0x1 b1\nb1:\n  STOP",
    "operands": "b0:\n  RETURN 0x0",
    "unnamed": "b0:\n  INVOKE b1 resumes b2\nb1:\n  STOP\nb2:\n  STOP",
    "a value of the callee": "b0:\n  INVOKE b1(&b2) resumes b2\nb1(v1):\n  v2 = ENV.CALLER\n  RETURNTO v1 b2\nb2:\n  SSTORE 0x0 v2\n  STOP",
    "entry": "b0(v1):\n  STOP",
}


@pytest.mark.parametrize("name", BAD)
def test_refused(name: str) -> None:
    with pytest.raises(InternalError):
        verify(function(BAD[name]))


def test_parked_values_are_visible_where_shared_code_returns() -> None:
    verify(
        function("b0:\n  v2 = ENV.CALLER\n  INVOKE b1(&b2) resumes b2\nb1(v1):\n  RETURNTO v1 b2\nb2:\n  SSTORE 0x0 v2\n  STOP")
    )


def test_gas_is_kept() -> None:
    before = function("b0:\n  MGROW 0x0 0x20 +3\n  JUMP b1 +8\nb1:\n  STOP +1")
    verify_gas(before, function("b0:\n  MGROW 0x0 0x20 +3\n  STOP +9"))
    verify_gas(before, function("b0:\n  STOP +12"))
    for text in ("b0:\n  MGROW 0x0 0x20 +3\n  STOP +8", "b0:\n  STOP +13", "b0:\n  JUMP b1 +11\nb1:\n  STOP"):
        with pytest.raises(InternalError):
            verify_gas(before, function(text))


def test_gas_of_hashes_becomes_static() -> None:
    before = function("b0:\n  v1 = SHA3 0x0 0x40 +30 @0x5\n  SSTORE 0x0 v1\n  STOP")
    verify_gas(before, function("b0:\n  v1 = HASH2 0x1 0x2 @0x5\n  SSTORE 0x0 v1 +42\n  STOP"))
    with pytest.raises(InternalError):
        verify_gas(before, function("b0:\n  v1 = HASH2 0x1 0x2 @0x5\n  SSTORE 0x0 v1 +30\n  STOP"))
