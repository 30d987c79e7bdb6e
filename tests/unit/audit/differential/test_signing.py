"""Functions that want a signature get one that ecrecover accepts, whatever the scheme is."""

from __future__ import annotations

import pytest

from audit.differential.campaign import Effort, check
from audit.differential.keys import Key
from audit.differential.signing import R, S, fill
from audit.differential.subject import target_of
from audit.inputs.job import open_job
from transpiler.settings import Settings


def test_a_signature_goes_where_the_placeholder_stands() -> None:
    word = (27).to_bytes(32, "big")
    signature = (1, 5, 7)
    assert (
        fill(b"\xaa" * 4 + word + R + S, *signature)
        == b"\xaa" * 4 + (28).to_bytes(32, "big") + bytes(31) + b"\5" + bytes(31) + b"\7"
    )
    assert fill(bytes(36) + R + S + b"\x1b", *signature) == bytes(36) + bytes(31) + b"\5" + bytes(31) + b"\7" + b"\x1c"
    assert fill(bytes(100), *signature) is None


def test_a_key_signs_the_same_each_time_and_low() -> None:
    parity, r, s = Key("a").sign(b"\1" * 32)
    assert Key("a").sign(b"\1" * 32) == (parity, r, s)
    assert s <= 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
    assert Key("a").address != Key("b").address


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "contract", "functions"),
    [
        ("contracts/governance/VoteToken.sol", "VoteToken", ("permit", "delegateBySig")),
        ("node_modules/@uniswap/v2-core/build/UniswapV2ERC20.json", None, ("permit",)),
    ],
)
def test_signed_functions_succeed(root, path: str, contract: str | None, functions: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    job = open_job(root / path, Settings(contract=contract, offline=True))
    target = target_of(job.artifact, job.contract, job.subject, job.fork)
    result = check(target, Effort(sequences=120))
    succeeded = {name.partition("(")[0] for name, counts in result.outcomes.items() if counts["success"]}
    assert set(functions) <= succeeded, result.outcomes
