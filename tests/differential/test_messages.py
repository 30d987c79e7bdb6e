"""Random contracts that call one another and create: both tiers observe what revm observes, gas included."""

from __future__ import annotations

from random import Random

import pytest

from audit.differential import oracle
from audit.differential.compare import judge
from audit.differential.execution import Library
from audit.inputs.calls import CONTRACT_ADDRESS, AccountState, Call, CallFile
from audit.inputs.request import Subject, build_request
from tests.unit.transpiler.lower.call_contracts import Messenger
from transpiler.store import Store
from transpiler.translate import Tier, translate
from zkvm import proof
from zkvm.word import keccak256

OTHERS = ("0x" + "00" * 18 + "a001", "0x" + "00" * 18 + "a002")
TARGETS = (int(CONTRACT_ADDRESS, 16), *(int(each, 16) for each in OTHERS), 4, 0xDEAD)
CASES = 25

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


def scene(seed: int, fork: str) -> tuple[CallFile, Subject, tuple[bytes, ...]]:
    """Three contracts with some value and a few calls to the first; the codes."""
    rng = Random(seed)
    codes = tuple(Messenger(rng, TARGETS).write() for _ in range(3))
    calls = tuple(
        Call(
            data=rng.randbytes(rng.randrange(100)),
            value=rng.randrange(3),
            gas=rng.choice((10**6, 200_000, rng.randrange(60_000))),
        )
        for _ in range(3)
    )
    state = [(CONTRACT_ADDRESS, AccountState(balance=5, storage=((0, 1),)))]
    state += [
        (place, AccountState(balance=5, code=code, storage=((1, 7),))) for place, code in zip(OTHERS, codes[1:], strict=True)
    ]
    return CallFile(calls, fork, state=tuple(sorted(state))), Subject("messenger", codes[0], None), codes


@pytest.mark.parametrize("fork", ["Osaka", "Cancun", "Berlin", "Istanbul"])
@pytest.mark.parametrize("tier", ["optimised", "generic"])
def test_messages_agree(fork: str, tier: Tier) -> None:
    compared = ended = inner = 0
    for seed in range(CASES):
        file, subject, codes = scene(seed, fork)
        library = Library(store=Store(None))
        for code in codes:
            library.translations[keccak256(code), "runtime", fork] = translate(code, fork, "runtime", tier=tier)
        request = {**build_request(file, subject), "messages": True}
        verdict = judge(request, library.result, oracle.result)
        assert verdict.mismatch is None, f"{fork}, {tier}, seed {seed}: {verdict.mismatch}"
        compared += verdict.calls
        theirs = oracle.run(request)["calls"]
        ended += sum(call["status"] != "halt" for call in theirs)
        inner += sum(message["depth"] != "0x0" for call in theirs for message in call["messages"])
    assert compared == 3 * CASES
    assert ended >= CASES
    assert inner >= 4 * CASES
